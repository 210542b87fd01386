/** The recovery table, last part: what cannot be read is never taken for the end of the log. */
import { expect, test } from 'vitest';
import type { CallKind, FaultyFiles } from '../support/faulty-files.ts';
import { newStore, type StoreFixture } from '../support/store-fixture.ts';
import { stateAfter, threeBlocks } from './support/three-blocks.ts';

const row = 'row "read error": refuse, file and offset; never taken for the end: ';

async function expectUnreadable(
  store: StoreFixture,
  fault: (files: FaultyFiles) => void,
  file: string | number,
  offset: number,
  why: string,
): Promise<void> {
  const refusal = await store.refusal(fault);
  expect(refusal.message).toBe(`cannot read ${store.path(file)} at offset ${offset}: ${why}`);
  expect(refusal.exitCode).toBe(74);
}

test.each([
  ['IDENTITY', 'openToRead', 'EACCES'],
  ['IDENTITY', 'read', 'EIO'],
  ['0000000000000001.log', 'openToRead', 'EMFILE'],
  ['0000000000000001.log', 'read', 'EIO'],
  ['0000000000000002.log', 'fstat', 'EIO'],
  ['0000000000000003.log', 'openToRead', 'EIO'],
  ['0000000000000003.log', 'read', 'EIO'],
] as const)(`${row}S15: %s, %s fails with %s`, async (file, kind, errno) => {
  const store = await threeBlocks();
  await expectUnreadable(store, (files) => files.fail({ kind, file, errno }), file, 0, errno);
  await store.start();
  expect(store.state).toEqual(stateAfter(5));
});

test(`${row}S15: every single read of a start`, async () => {
  const store = await newStore({ maxBlockSize: 3 * 1024 * 1024 });
  for (let put = 0; put < 5; put += 1) await store.append({ [`k${put}`]: 'x'.repeat(700_000) });
  await store.crash();
  const whole = store.snapshot();
  await store.start();
  const reads = store.files.calls.filter(({ kind }) => kind === 'read');
  await store.crash();
  expect(reads.length).toBeGreaterThan(5);
  for (const [index, read] of reads.entries()) {
    store.restore(whole);
    const offset = Number(read.what.split('+')[0]);
    await expectUnreadable(
      store,
      (files) => files.fail({ kind: 'read', errno: 'EIO', nth: index + 1 }),
      read.file,
      offset,
      'EIO',
    );
  }
});

test(`${row}a file that ends before the length that it was said to have`, async () => {
  const store = await threeBlocks();
  const shrinks = (files: FaultyFiles) => files.fail({ kind: 'read', file: '0000000000000003.log', afterBytes: 100 });
  const why = 'it ended after 100 of 4096 bytes';
  await expectUnreadable(store, shrinks, 3, 0, why);
});

test.each<[string, CallKind]>([
  ['the directory', 'list'],
  ['the sync of the directory', 'syncDirectory'],
  ['the length of a block', 'stat'],
])(`${row}%s`, async (_, kind) => {
  const store = await threeBlocks();
  await expect(store.start((files) => files.fail({ kind, errno: 'EIO' }))).rejects.toMatchObject({ code: 'EIO' });
  await store.start();
  expect(store.state).toEqual(stateAfter(5));
});
