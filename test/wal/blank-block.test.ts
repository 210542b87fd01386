import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeBlank, NoRoom } from '../../src/wal/blank-block.ts';
import { FaultyFiles } from '../support/faulty-files.ts';
import { temporaryDirectory } from '../support/store-fixture.ts';

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
