import { expect, test } from 'vitest';
import { GiB, KiB, MiB } from '../src/config/kinds.ts';
import { flagOf, type SettingName, settingNames } from '../src/config/settings.ts';
import { mustLoad, refusal, yaml } from './support/load-config.ts';

// Written out by hand: what is asked for, not what the table says.
/** Lowest and highest value, the step between values, and what else must be set for those to be allowed together. */
const bounds: Partial<Record<SettingName, { min: number; max: number; step?: number; with?: string[] }>> = {
  batchTime: { min: 0, max: 1000 },
  maxBatchSize: { min: 1, max: 16 * MiB },
  maxBlockSize: { min: 16 * KiB, max: 64 * MiB, step: 4096 },
  maxBlocks: { min: 1, max: 1000 },
  idleMarkMs: { min: 10, max: 60_000 },
  putTimeoutMs: { min: 100, max: 300_000 },
  maxConnections: { min: 1, max: 1_000_000 },
  pipelinedRequestsMax: { min: 1, max: 1000 },
  headersTimeoutMs: { min: 100, max: 60_000, with: ['--request-timeout-ms', '600000'] },
  requestTimeoutMs: { min: 100, max: 600_000, with: ['--headers-timeout-ms', '100'] },
  keepAliveTimeoutMs: { min: 100, max: 600_000 },
  keyBytesMax: { min: 1, max: 64 * KiB },
  valueBytesMax: { min: 1, max: 8 * MiB },
  arrayLengthMax: { min: 1, max: 1_000_000 },
  operationsMax: { min: 1, max: 1_000_000 },
  bodyBytesMax: { min: KiB, max: 64 * MiB, with: ['--value-bytes-max', '1', '--queued-bytes-max', '64MiB'] },
  threads: { min: 1, max: 64 },
  queuedPutsMax: { min: 1, max: 1_000_000 },
  queuedBytesMax: {
    min: KiB,
    max: 4 * GiB,
    with: ['--body-bytes-max', '1024', '--value-bytes-max', '1', '--key-bytes-max', '1'],
  },
  memoryMax: { min: MiB, max: 4096 * MiB },
  maxKeys: { min: 1, max: 16_000_000 },
};

const bounded = Object.entries(bounds) as [SettingName, NonNullable<(typeof bounds)[SettingName]>][];

test.each(bounded)(
  '%s is taken at both its bounds and refused beyond',
  (name, { min, max, step = 1, with: others = [] }) => {
    const machine = { openFilesMax: undefined };
    for (const value of [min, max]) {
      expect(mustLoad({ ...machine, argv: [...others, flagOf(name), String(value)] }).config[name]).toBe(value);
    }
    for (const value of [min - step, max + step]) {
      const message = refusal({ ...machine, argv: [...others, flagOf(name), String(value)] });
      expect(message).toMatch(new RegExp(`^${name} \\(${flagOf(name)}\\): given "${value}", allowed is `));
    }
  },
);

test('every setting with a number has bounds here', () => {
  const { config } = mustLoad();
  const numbers = settingNames.filter((name) => typeof config[name] === 'number');
  expect(Object.keys(bounds).sort()).toEqual(numbers.sort());
});

test.each([
  ['8192', 8192],
  ['8192 B', 8192],
  ['8 KiB', 8192],
  ['8KiB', 8192],
  ['4MiB', 4 * MiB],
])('the size %j', (text, bytes) => {
  expect(mustLoad({ argv: ['--max-batch-size', text] }).config.maxBatchSize).toBe(bytes);
  expect(mustLoad({ env: { CONCAVE_MAX_BATCH_SIZE: text } }).config.maxBatchSize).toBe(bytes);
  expect(mustLoad(yaml(`maxBatchSize: ${text}`)).config.maxBatchSize).toBe(bytes);
});

test.each(['8kb', '8 kib', '1.5 MiB', '-1', '1e3', '0x10', '', ' 8', '8  KiB', 'KiB', '9007199254740993'])(
  'no size: %j',
  (text) => {
    expect(refusal({ env: { CONCAVE_MAX_BATCH_SIZE: text } })).toContain('allowed is 1 B to 16 MiB');
  },
);

test('a block is whole pages', () => {
  expect(refusal({ argv: ['--max-block-size', '20000'] })).toBe(
    'maxBlockSize (--max-block-size): given "20000", allowed is 16 KiB to 64 MiB, a multiple of 4 KiB',
  );
});

test('a time may carry its unit', () => {
  expect(mustLoad(yaml('idleMarkMs: 250 ms')).config.idleMarkMs).toBe(250);
  expect(refusal(yaml('idleMarkMs: 250 s'))).toContain('given "250 s"');
});

test.each([
  [1, 1],
  [2, 1],
  [4, 3],
  [200, 64],
])('threads: of %i cores auto takes %i, so that one is left to the store', (cores, threads) => {
  expect(mustLoad({ cores }).config.threads).toBe(threads);
  expect(mustLoad({ cores, argv: ['--threads', 'auto'] }).config.threads).toBe(threads);
  expect(mustLoad({ cores, argv: ['--threads', '5'] }).config.threads).toBe(5);
});

test('memoryMax is a size or a share of the heap limit, and never beyond it', () => {
  const heapBytesMax = 1000 * MiB;
  const memoryMax = (text: string) => mustLoad({ heapBytesMax, argv: ['--memory-max', text] }).config.memoryMax;
  expect(mustLoad({ heapBytesMax }).config.memoryMax).toBe(600 * MiB);
  expect(memoryMax('25 %')).toBe(250 * MiB);
  expect(memoryMax('100%')).toBe(1000 * MiB);
  expect(memoryMax('1000MiB')).toBe(1000 * MiB);
  for (const text of ['1001MiB', '101%', '0%', '%', '-5%', '1.5 %']) {
    expect(refusal({ heapBytesMax, argv: ['--memory-max', text] })).toContain('to the V8 heap limit');
  }
});

test.each([
  ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
  ['[::1]:65535', { host: '::1', port: 65_535 }],
  ['localhost:80', { host: 'localhost', port: 80 }],
])('the address %s', (text, address) => {
  expect(mustLoad({ argv: ['--listen', text] }).config.listen).toEqual(address);
});

test.each([
  '8080',
  ':8080',
  '127.0.0.1',
  '127.0.0.1:',
  '127.0.0.1:65536',
  '::1:80',
  '[::1]',
  '[x]:80',
  'a b:80',
  'http://h:80',
  '127.0.0.1:-1',
])('no address: %s', (text) => {
  expect(refusal({ argv: [`--listen=${text}`] })).toMatch(/^listen \(--listen\): given .* allowed is HOST:PORT/);
});

test('lists are written with commas, or as a sequence in YAML', () => {
  const hosts = ['a.example', 'b.example:8443', '[::1]:80'];
  expect(mustLoad({ env: { CONCAVE_HOSTS: hosts.join(', ') } }).config.hosts).toEqual(hosts);
  expect(mustLoad(yaml('hosts:\n  - a.example\n  - b.example:8443\n  - "[::1]:80"\n')).config.hosts).toEqual(hosts);
  expect(mustLoad(yaml('hosts: []')).config.hosts).toEqual([]);
  expect(mustLoad({ argv: ['--hosts='] }).config.hosts).toEqual([]);
});

test.each(['A.example', 'a.example/', 'http://a.example', 'a,,b', 'a,a', 'a b', '*', 'a:x'])(
  'no list of hosts: %s',
  (text) => {
    expect(refusal({ argv: ['--hosts', text] })).toContain('allowed is host names');
  },
);

test.each(['https://a.example', 'http://localhost:3000', 'https://[::1]:8443'])('the origin %s', (text) => {
  expect(mustLoad({ argv: ['--origins', text] }).config.origins).toEqual([text]);
});

test.each(['https://a.example/', 'https://a.example:443', 'HTTPS://a.example', 'a.example', 'null', '*', 'file:///'])(
  'no origin: %s',
  (text) => {
    expect(refusal({ argv: ['--origins', text] })).toContain('allowed is origins');
  },
);

test('paths are absolute or start at the working directory', () => {
  expect(mustLoad({ argv: ['--data-dir', '../x'] }).config.dataDir).toBe('/x');
  expect(mustLoad({ argv: ['--data-dir', '/var/x'] }).config.dataDir).toBe('/var/x');
  expect(refusal({ argv: ['--data-dir='] })).toBe('dataDir (--data-dir): given nothing, allowed is a path');
});
