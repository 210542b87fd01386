import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeBlank, NoRoom } from '../../src/wal/blank-block.ts';
import { FaultyFiles } from '../support/faulty-files.ts';
import { temporaryDirectory } from '../support/store-fixture.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

test.each([
  ['write', 'ENOSPC'],
  ['write', 'EIO'],
  ['sync', 'EDQUOT'],
  ['sync', 'EIO'],
] as const)('a blank of which a %s fails with %s leaves no file behind, and none open', async (kind, errno) => {
  const directory = temporaryDirectory();
  const files = new FaultyFiles();
  files.fail({ kind, errno });
  const made = await makeBlank(files, join(directory, 'blank-1.tmp'), 16384).catch((error) => error);
  if (errno === 'EIO') expect(made).toMatchObject({ code: 'EIO' });
  else expect(made).toBeInstanceOf(NoRoom);
  expect(files.openFiles).toEqual([]);
  expect(readdirSync(directory)).toEqual([]);
});

test.each([
  [16 * KiB, 1],
  [4 * MiB, 1],
  [4 * MiB + 4 * KiB, 2],
  [9 * MiB, 3],
])(
  'a blank of %d bytes is synced %d times: often enough not to hold up the disk, and no more',
  async (bytes, syncs) => {
    const files = new FaultyFiles();
    const blank = await makeBlank(files, join(temporaryDirectory(), 'blank-1.tmp'), bytes);
    const kinds = files.calls.map(({ kind }) => kind).filter((kind) => kind === 'write' || kind === 'sync');
    expect(kinds.filter((kind) => kind === 'sync')).toHaveLength(syncs);
    expect(kinds.at(-1)).toBe('sync');
    await blank.file.close();
  },
);
