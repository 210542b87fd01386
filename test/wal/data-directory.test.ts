import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { lockDirectory } from '../../src/wal/data-directory.ts';
import { FaultyFiles } from '../support/faulty-files.ts';
import { temporaryDirectory } from '../support/store-fixture.ts';

test('a data directory is made with all its parents, each for its owner only and synced into the one above', async () => {
  const outer = temporaryDirectory();
  const directory = join(outer, 'a', 'b', 'store');
  const files = new FaultyFiles();
  const lock = await lockDirectory(files, directory);
  expect(files.changes()).toEqual([
    'makeDirectory a',
    `syncDirectory ${basename(outer)}`,
    'makeDirectory b',
    'syncDirectory a',
    'makeDirectory store',
    'syncDirectory b',
    'lock LOCK',
  ]);
  for (const made of ['a', 'a/b', 'a/b/store']) expect(statSync(join(outer, made)).mode & 0o777).toBe(0o700);
  await lock.release();
});

test('a data directory that is there is taken as it is', async () => {
  const directory = temporaryDirectory();
  const files = new FaultyFiles();
  const lock = await lockDirectory(files, `${directory}/`);
  expect(files.changes()).toEqual(['lock LOCK']);
  await lock.release();
});

test('two servers that make the same directory at once do not trip over each other', async () => {
  const directory = join(temporaryDirectory(), 'store');
  const files = new FaultyFiles();
  const makeDirectory = files.makeDirectory.bind(files);
  files.makeDirectory = async (path) => {
    mkdirSync(path); // the other one is a moment faster
    await makeDirectory(path);
  };
  const lock = await lockDirectory(files, directory);
  expect(files.changes()).toEqual(['makeDirectory store', expect.stringMatching(/^syncDirectory/), 'lock LOCK']);
  await lock.release();
});

test('S33: what is no directory is refused with exit code 74 and its name', async () => {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  const message = `data directory ${file} is not a directory`;
  await expect(lockDirectory(new FaultyFiles(), file)).rejects.toMatchObject({ exitCode: 74, message });
  await expect(lockDirectory(new FaultyFiles(), join(file, 'deeper'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test.each(['EACCES', 'EROFS', 'ENOSPC', 'ENAMETOOLONG'])(
  'S33: a directory that cannot be made is told: %s',
  async (errno) => {
    const files = new FaultyFiles();
    files.fail({ kind: 'makeDirectory', errno });
    const directory = join(temporaryDirectory(), 'store');
    await expect(lockDirectory(files, directory)).rejects.toMatchObject({ code: errno });
  },
);
