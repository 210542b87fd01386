import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { oldSpaceBytes, openFilesIn, readFile, surroundingsOfProcess } from '../src/config/surroundings.ts';
import { errnoOf } from '../src/wal/platform.ts';

const directory = mkdtempSync(join(tmpdir(), 'concave-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

test.each([0o600, 0o644, 0o440])('a file is read with its mode %o', (mode) => {
  const path = join(directory, mode.toString(8));
  writeFileSync(path, 'maxBlocks: 1\n');
  chmodSync(path, mode);
  expect(readFile(path)).toEqual({ text: 'maxBlocks: 1\n', mode });
});

test('what is not there has the code ENOENT', () => {
  let error: unknown;
  try {
    readFile(join(directory, 'no'));
  } catch (thrown) {
    error = thrown;
  }
  expect(errnoOf(error)).toBe('ENOENT');
});

test('a directory and bytes that are not UTF-8 are refused', () => {
  const path = join(directory, 'latin1');
  writeFileSync(path, Buffer.from([0x61, 0xff]));
  expect(() => readFile(path)).toThrow(/utf-8/i);
  expect(() => readFile(directory)).toThrow();
});

test('the soft limit of open files is read from the words of Linux', () => {
  const limits = (soft: string) => `Limit                     Soft Limit           Hard Limit           Units
Max processes             127000               127000               processes
Max open files            ${soft}                 20000                files
Max locked memory         65536                65536                bytes
`;
  expect(openFilesIn(limits('1024'))).toBe(1024);
  expect(openFilesIn(limits('unlimited'))).toBeUndefined();
  expect(openFilesIn('')).toBeUndefined();
});

test('S29: the young generation is no room for keys and values', () => {
  const MiB = 1024 * 1024;
  expect(oldSpaceBytes(160 * MiB, [])).toBe(64 * MiB);
  expect(oldSpaceBytes(256 * MiB, ['--inspect', '--max-semi-space-size=64'])).toBe(64 * MiB);
  expect(oldSpaceBytes(256 * MiB, ['--max_semi_space_size=16', '--max-semi-space-size=64'])).toBe(64 * MiB);
  expect(oldSpaceBytes(100 * MiB, [])).toBe(25 * MiB);
});

test.runIf(process.platform === 'linux')('a process knows its own limits', () => {
  const { machine } = surroundingsOfProcess();
  // `node` may have raised its soft limit to the hard one, and the shell inherits what it has now.
  expect(machine.openFilesMax).toBe(Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' })));
  expect(machine.cores).toBe(availableParallelism());
  expect(machine.heapBytesMax).toBeGreaterThan(64 * 1024 * 1024);
  expect(machine.workingDirectory).toBe(process.cwd());
});
