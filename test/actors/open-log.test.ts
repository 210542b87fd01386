import path from 'node:path';
import { expect, test } from 'vitest';
import { type OpenLogInput, openLog } from '../../src/actors/open-log.ts';
import { nodePlatform } from '../../src/wal/node-platform.ts';
import { StartRefusal } from '../../src/wal/refusal.ts';
import { FaultyFiles } from '../support/faulty-files.ts';
import { SMALL_BLOCK, temporaryDirectory } from '../support/store-fixture.ts';

function input(files: FaultyFiles, dataDir = path.join(temporaryDirectory(), 'data')): OpenLogInput {
  return {
    platform: { ...nodePlatform(), files },
    dataDir,
    maxBlockSize: SMALL_BLOCK,
    limits: { memoryMax: 100_000, maxKeys: 100 },
    onNotice: () => {},
    onProgress: () => {},
    onSealed: () => {},
  };
}

/** What opening rejects with. The lock must be free again by then. */
async function failureOf(opening: OpenLogInput): Promise<unknown> {
  const error = await openLog(opening).then(
    () => 'opened',
    (error: unknown) => error,
  );
  const { files } = nodePlatform();
  const lock = await files.lock(path.join(opening.dataDir, 'LOCK'));
  expect(lock).toBeDefined();
  await lock!.release();
  return error;
}

test.each(['ENOSPC', 'EDQUOT', 'EMFILE'])(
  'S11: a start that meets %s is refused in words, with exit code 74',
  async (errno) => {
    const files = new FaultyFiles();
    files.fail({ kind: 'openToAppend', errno });
    const opening = input(files);
    const error = await failureOf(opening);
    expect(error).toBeInstanceOf(StartRefusal);
    expect(error).toMatchObject({ exitCode: 74 });
    expect(String(error)).toContain(
      `no room in data directory ${opening.dataDir} for the log block that a start needs`,
    );
  },
);

test('S11: a start that has no descriptor for the directory itself is refused in the same words', async () => {
  const files = new FaultyFiles();
  files.fail({ kind: 'list', errno: 'EMFILE' });
  expect(String(await failureOf(input(files)))).toContain('no room in data directory');
});

test('S33: a directory that cannot be used is refused with its name and the error of the system', async () => {
  const files = new FaultyFiles();
  files.fail({ kind: 'list', errno: 'EACCES' });
  const opening = input(files);
  const error = await failureOf(opening);
  expect(error).toMatchObject({ name: 'StartRefusal', exitCode: 74 });
  expect(String(error)).toContain(`cannot use data directory ${opening.dataDir}: EACCES`);
});

test('S32: a bug at start comes out as it is, for it is no refusal', async () => {
  const files = new FaultyFiles();
  const bug = new TypeError('a bug');
  const opening = input(files);
  const random = {
    bytes: () => {
      throw bug;
    },
  };
  expect(await failureOf({ ...opening, platform: { ...opening.platform, random } })).toBe(bug);
});
