import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KiB, MiB } from '../src/config/kinds.ts';
import { flagOf, type SettingName, settingNames, variableOf } from '../src/config/settings.ts';
import { type Config, ConfigError } from '../src/config.ts';
import { load, mustLoad, refusal, yaml } from './support/load-config.ts';

// Written out by hand: what the issue asks for, not what the table says.
const defaults: Config = {
  dataDir: '/here/data',
  batchTime: 0,
  maxBatchSize: 8 * KiB,
  maxBlockSize: 4 * MiB,
  maxBlocks: 10,
  idleMarkMs: 100,
  putTimeoutMs: 10_000,
  listen: { host: '127.0.0.1', port: 8080 },
  hosts: [],
  origins: [],
  tokenFile: undefined,
  token: undefined,
  maxConnections: 1000,
  pipelinedRequestsMax: 16,
  headersTimeoutMs: 5000,
  requestTimeoutMs: 10_000,
  keepAliveTimeoutMs: 5000,
  keyBytesMax: 1 * KiB,
  valueBytesMax: 1 * MiB,
  arrayLengthMax: 10_000,
  operationsMax: 10_000,
  bodyBytesMax: 8 * MiB,
  threads: 1,
  queuedPutsMax: 10_000,
  queuedBytesMax: 64 * MiB,
  memoryMax: Math.floor(4096 * MiB * 0.6),
  maxKeys: 16_000_000,
  inspector: false,
  inspectorKeys: 'shown',
  inspectorValues: 'hidden',
  inspectUrl: undefined,
  logLevel: 'info',
};

describe('defaults', () => {
  test('without any source every setting has its default', () => {
    const { config, sources, notes } = mustLoad();
    expect(config).toEqual(defaults);
    expect(new Set(Object.values(sources))).toEqual(new Set(['default']));
    expect(notes).toEqual([]);
  });
});

describe('sources', () => {
  const file = { '/here/concave.yaml': 'maxBlocks: 2\n' };
  const env = { CONCAVE_MAX_BLOCKS: '3' };
  const argv = ['--max-blocks', '4'];

  test.each([
    [{ files: file }, 2, 'concave.yaml line 1'],
    [{ files: file, env }, 3, 'CONCAVE_MAX_BLOCKS'],
    [{ files: file, env, argv }, 4, '--max-blocks'],
    [{ files: file, argv }, 4, '--max-blocks'],
  ])('the strongest source wins: %j', (process, value, source) => {
    const { config, sources } = mustLoad(process);
    expect(config.maxBlocks).toBe(value);
    expect(sources.maxBlocks).toBe(source);
  });

  test('a flag may carry its value behind an equals sign', () => {
    expect(mustLoad({ argv: ['--max-blocks=7', '--data-dir=a=b'] }).config).toMatchObject({
      maxBlocks: 7,
      dataDir: '/here/a=b',
    });
  });

  test('a wrong value is refused even where a stronger source gives a right one', () => {
    expect(refusal({ files: { '/here/concave.yaml': 'maxBlocks: none' }, argv })).toContain('concave.yaml line 1');
  });

  test('variables of others are none of ours', () => {
    expect(mustLoad({ env: { PATH: '/bin', npm_config_x: '1', CONCAVEX: '1' } }).config).toEqual(defaults);
  });

  test('the file is what --config names, else CONCAVE_CONFIG, else ./concave.yaml', () => {
    const files = {
      '/here/concave.yaml': 'maxBlocks: 2',
      '/etc/b.yaml': 'maxBlocks: 3',
      '/here/sub/c.yaml': 'maxBlocks: 4',
    };
    const env = { CONCAVE_CONFIG: '/etc/b.yaml' };
    expect(mustLoad({ files }).config.maxBlocks).toBe(2);
    expect(mustLoad({ files, env }).config.maxBlocks).toBe(3);
    expect(mustLoad({ files, env, argv: ['--config', 'sub/c.yaml'] }).sources.maxBlocks).toBe('sub/c.yaml line 1');
  });

  test('a file that was named must be there', () => {
    expect(refusal({ argv: ['--config', 'no.yaml'] })).toBe('cannot read the settings in no.yaml (--config): ENOENT');
    expect(refusal({ env: { CONCAVE_CONFIG: '/no' } })).toBe(
      'cannot read the settings in /no (CONCAVE_CONFIG): ENOENT',
    );
  });

  test('--help and --version win over everything, mistakes included', () => {
    expect(load({ argv: ['--bogus', '--help'] })).toBe('help');
    expect(load({ argv: ['--version'], env: { CONCAVE_MAX_BLOCKS: 'x' } })).toBe('version');
  });
});

describe('mistakes in names', () => {
  test.each([
    [{ argv: ['--max-blokcs', '1'] }, 'unknown setting --max-blokcs; did you mean --max-blocks?'],
    [{ argv: ['--maxBlocks', '1'] }, 'unknown setting --maxBlocks; did you mean --max-blocks?'],
    [{ argv: ['--hepl'] }, 'unknown setting --hepl; did you mean --help?'],
    [{ argv: ['--nothing-like-it'] }, 'unknown setting --nothing-like-it; --help lists all'],
    [{ env: { CONCAVE_MAXBLOCKS: '1' } }, 'unknown setting CONCAVE_MAXBLOCKS; did you mean CONCAVE_MAX_BLOCKS?'],
    [{ env: { CONCAVE_BOGUS: '1' } }, 'unknown setting CONCAVE_BOGUS; --help lists all'],
    [yaml('a: 1'), 'unknown setting "a" in concave.yaml line 1; --help lists all'],
    [yaml('\nmax-blocks: 1'), 'unknown setting "max-blocks" in concave.yaml line 2; did you mean maxBlocks?'],
    [yaml('<<: {maxBlocks: 1}'), 'unknown setting "<<" in concave.yaml line 1; --help lists all'],
    [{ argv: ['start'] }, 'unexpected argument "start"; --help lists all'],
    [{ argv: ['-h'] }, 'unexpected argument "-h"; --help lists all'],
    [{ argv: ['--'] }, 'unexpected argument "--"; --help lists all'],
    [{ argv: ['--max-blocks'] }, '--max-blocks needs a value; one that starts with -- is written --max-blocks=VALUE'],
    [
      { argv: ['--data-dir', '--max-blocks', '1'] },
      '--data-dir needs a value; one that starts with -- is written --data-dir=VALUE',
    ],
    [{ argv: ['--max-blocks', '1', '--max-blocks=1'] }, '--max-blocks is given twice'],
    [{ argv: ['--config', 'a', '--config', 'b'] }, '--config is given twice'],
  ])('%j', (process, message) => {
    expect(refusal(process)).toBe(message);
  });

  test('what was given for an unknown setting is not shown', () => {
    const secret = 'a-secret-that-must-not-be-shown';
    expect(refusal({ argv: [`--tokn=${secret}`] })).not.toContain(secret);
    expect(refusal({ env: { CONCAVE_TOKN: secret } })).not.toContain(secret);
    expect(refusal(yaml(`tokn: ${secret}`))).not.toContain(secret);
  });
});

describe('relations', () => {
  const flags = (settings: Record<string, string>) => ({
    argv: Object.entries(settings).map(([name, text]) => `${flagOf(name as SettingName)}=${text}`),
  });

  test.each([
    [{ batchTime: '99', putTimeoutMs: '100' }, { batchTime: '100', putTimeoutMs: '100' }, 'below putTimeoutMs'],
    [
      { headersTimeoutMs: '700', requestTimeoutMs: '700' },
      { headersTimeoutMs: '701', requestTimeoutMs: '700' },
      'at most requestTimeoutMs',
    ],
    [
      { valueBytesMax: '2 KiB', bodyBytesMax: '2 KiB' },
      { valueBytesMax: '2049', bodyBytesMax: '2 KiB' },
      'at most bodyBytesMax',
    ],
    [
      { keyBytesMax: '2 KiB', bodyBytesMax: '2 KiB', valueBytesMax: '1' },
      { keyBytesMax: '2049', bodyBytesMax: '2 KiB', valueBytesMax: '1' },
      'at most bodyBytesMax',
    ],
    [
      { bodyBytesMax: '2 MiB', queuedBytesMax: '2 MiB' },
      { bodyBytesMax: '2 MiB', queuedBytesMax: '2097151' },
      'at most queuedBytesMax',
    ],
  ])('%j holds, %j does not', (right, wrong, words) => {
    mustLoad(flags(right));
    expect(refusal(flags(wrong))).toContain(`allowed is ${words}`);
  });

  test('the refusal names both settings, their values and their sources', () => {
    expect(refusal({ ...yaml('headersTimeoutMs: 20000') })).toBe(
      'headersTimeoutMs (concave.yaml line 1) is 20000 ms, allowed is at most requestTimeoutMs (default), which is 10000 ms',
    );
    expect(refusal({ env: { CONCAVE_BODY_BYTES_MAX: '64 KiB' } })).toBe(
      'valueBytesMax (default) is 1 MiB, allowed is at most bodyBytesMax (CONCAVE_BODY_BYTES_MAX), which is 64 KiB',
    );
  });

  test('connections stay below the open files that the process may have, less 64 (N2)', () => {
    const chosen = (count: number, openFilesMax: number | undefined) => ({
      openFilesMax,
      argv: ['--max-connections', String(count)],
    });
    expect(mustLoad(chosen(935, 1000)).config.maxConnections).toBe(935);
    expect(refusal(chosen(936, 1000))).toBe(
      'maxConnections (--max-connections) is 936, allowed is at most 935: the process may have 1000 files open and needs 64 for itself (see ulimit -n)',
    );
    expect(mustLoad(chosen(1_000_000, undefined)).config.maxConnections).toBe(1_000_000);
    // Threads of HTTP take some as well.
    const threaded = (count: number) => ({
      ...chosen(count, 1000),
      argv: [...chosen(count, 1000).argv, '--threads', '4'],
    });
    expect(mustLoad(threaded(903)).config.maxConnections).toBe(903);
    expect(refusal(threaded(904))).toContain(
      'allowed is at most 903: the process may have 1000 files open and needs 96',
    );
  });

  test('the default of maxConnections gives way, with a note', () => {
    const { config, notes } = mustLoad({ openFilesMax: 256 });
    expect(config.maxConnections).toBe(191);
    expect(notes).toEqual([expect.stringContaining('lowered from 1000 to 191')]);
    expect(refusal({ openFilesMax: 65 })).toContain('none is allowed');
  });
});

describe('whatever is given', () => {
  const name = fc.constantFrom(...settingNames);
  const text = fc.oneof(fc.string(), fc.constantFrom('1', '0', 'a\nb', '[', '-', '9'.repeat(40), '__proto__', '\0'));

  test('is loaded, or refused in one line', () => {
    const process = fc.record({
      argv: fc.array(
        fc.oneof(
          text,
          fc.tuple(name, text).map(([name, text]) => `${flagOf(name)}=${text}`),
        ),
        { maxLength: 4 },
      ),
      env: fc.dictionary(
        fc.oneof(
          name.map(variableOf),
          text.map((text) => `CONCAVE_${text}`),
        ),
        text,
        { maxKeys: 3 },
      ),
      files: fc
        .oneof(
          text,
          fc.tuple(name, text).map((pair) => pair.join(': ')),
        )
        .map((text) => ({ '/here/concave.yaml': text })),
    });
    fc.assert(
      fc.property(process, (process) => {
        const loaded = load(process);
        if (loaded instanceof ConfigError) expect(loaded.message).not.toMatch(/[\r\n]/);
      }),
      { numRuns: 2000 },
    );
  });
});
