/** A newest block with anything behind its header is written anew before the store serves, with a mark at the end. */
import { expect, test } from 'vitest';
import { NoRoom } from '../../src/wal/blank-block.ts';
import { PAGE_BYTES } from '../../src/wal/format.ts';
import type { Fault } from '../support/faulty-files.ts';
import { newStore, SMALL_BLOCK, type StoreFixture } from '../support/store-fixture.ts';
import { expectDamage, stateAfter, threeBlocks } from './support/three-blocks.ts';

const newest = '0000000000000003.log';
const temporary = `${newest}.tmp`;

test('an unclean newest block is copied with a mark behind it, synced, and renamed over the old one', async () => {
  const store = await threeBlocks();
  const before = store.read(3);
  await store.start();
  expect(store.files.changes().filter((change) => change.includes(newest) || change.startsWith('sync'))).toEqual([
    expect.stringMatching(/^syncDirectory /),
    `openToAppend ${temporary} create`,
    `write ${temporary} 0+16384`,
    `sync ${temporary}`,
    `write ${temporary} 0+4096`,
    `write ${temporary} 4096+4096`,
    `write ${temporary} 8192+4096`,
    `sync ${temporary}`,
    `rename ${temporary} to ${newest}`,
    expect.stringMatching(/^syncDirectory /),
  ]);
  const after = store.read(3);
  expect(after.subarray(0, 8192)).toEqual(before.subarray(0, 8192));
  expect(after.subarray(8192, 8196).toString('hex')).toBe('0c4d7cba'); // the head of the mark
  expect(after.subarray(8192 + 32)).toEqual(Buffer.alloc(4096 - 32 + 4096));
  expect(store.warnings).toEqual([]);
});

test('the rewritten block is appended to through the descriptor that wrote it', async () => {
  const store = await threeBlocks();
  await store.start();
  expect(store.files.openFiles).toEqual([newest]);
  expect(await store.append({ k: 6 })).toBe(6);
  await store.reopen();
  expect(store.state).toMatchObject({ k: [6, 6] });
});

test('S18: after an unclean start, rot in the last batch is damage and no torn tail', async () => {
  const store = await threeBlocks();
  const unmarked = store.snapshot();
  store.flipBit(3, 4096 + 60);
  await store.start();
  expect(store.events).toContain('warn torn_tail'); // without a mark nothing tells it from a torn batch
  await store.crash();

  store.restore(unmarked);
  await store.start();
  await store.crash();
  store.flipBit(3, 4096 + 60);
  const what = 'a bad batch, and a valid mark behind it at offset 8192 proves that it was durable';
  await expectDamage(store, { file: 3, offset: 4096, seqs: { first: 5, last: 5 }, what });
});

test('a newest block with nothing behind its header is left as it is', async () => {
  const store = await threeBlocks();
  await store.start();
  await store.restart();
  const before = store.snapshot();
  await store.reopen();
  expect(store.snapshot()).toEqual(before);
  expect(store.notices).toEqual([]);
});

test('crash after crash, the block grows by a mark each time and goes on in the next one when it is full', async () => {
  const store = await newStore();
  await store.append({ k: 1 });
  for (let round = 0; round < 6; round += 1) {
    await store.reopen();
    expect(store.state).toEqual({ k: [1, 1] });
    expect(store.warnings).toEqual([]);
  }
  expect(await store.append({ k: 2 })).toBe(2);
  expect(store.list()).toContain('0000000000000002.log');
  await store.reopen();
  expect(store.state).toEqual({ k: [2, 2] });
});

test.each([
  ['smaller', 256 * 1024, SMALL_BLOCK],
  ['larger', SMALL_BLOCK, 256 * 1024],
])('a block survives a start with a %s maxBlockSize', async (_, before, after) => {
  const first = await newStore({ maxBlockSize: before });
  for (let seq = 1; seq <= 3; seq += 1) await first.append({ k: seq, text: 'x'.repeat(seq * 3000) });
  const { state } = first;
  await first.crash();
  const second = await newStore({ maxBlockSize: after, directory: first.directory });
  expect(second.state).toEqual(state);
  expect(await second.append({ k: 4 })).toBe(4);
  await second.restart();
  expect(second.state).toMatchObject({ k: [4, 4] });
});

test('a block with one huge batch is rewritten whole', async () => {
  const store = await newStore();
  await store.append({ text: 'x'.repeat(3_000_000) });
  const { state } = store;
  await store.reopen();
  expect(store.state).toEqual(state);
  await store.restart();
  expect(store.state).toEqual(state);
});

/** Everything that a start can find to do: a temporary file, an unsealed block, a torn tail. */
async function muchToDo(): Promise<StoreFixture> {
  const store = await threeBlocks();
  store.write('blank-9.tmp', 'unfinished');
  store.overwrite(2, 12288, Buffer.alloc(4096));
  store.overwrite(3, 8192, Buffer.from('torn'));
  return store;
}

test('S22: a process that dies at any step of a recovery is recovered by the next one', async () => {
  for (let calls = 0; ; calls += 1) {
    const store = await muchToDo();
    const started = await store
      .start((files) => files.dieAfter(calls))
      .then(
        () => true,
        () => false,
      );
    await store.start();
    expect(store.state, `after ${calls} calls`).toEqual(stateAfter(5));
    expect(await store.append({ k: 6 })).toBe(6);
    await store.crash();
    if (started) {
      expect(calls).toBeGreaterThan(10);
      return;
    }
  }
});

const steps: readonly (readonly [string, Fault])[] = [
  ['deleting a temporary file', { kind: 'unlink', errno: 'EIO' }],
  ['finishing a seal', { kind: 'appendDurably', errno: 'EIO', afterBytes: 100 }],
  ['making the new file', { kind: 'openToAppend', file: temporary, errno: 'EIO' }],
  ['filling it with zeros', { kind: 'write', errno: 'EIO' }],
  ['syncing the zeros', { kind: 'sync', errno: 'EIO' }],
  ['copying the header', { kind: 'write', nth: 2, errno: 'EIO' }],
  ['copying the batches', { kind: 'write', nth: 3, errno: 'EIO', afterBytes: 50 }],
  ['writing the mark', { kind: 'write', nth: 4, errno: 'EIO' }],
  ['syncing the copy', { kind: 'sync', nth: 2, errno: 'EIO' }],
  ['renaming it', { kind: 'rename', errno: 'EIO' }],
  ['syncing the directory', { kind: 'syncDirectory', nth: 2, errno: 'EIO' }],
];

test.each(steps)('S8: a start that fails in %s does not serve, and the next one does', async (_, fault) => {
  const store = await muchToDo();
  await expect(store.start((files) => files.fail(fault))).rejects.toMatchObject({ code: 'EIO' });
  await store.start();
  expect(store.state).toEqual(stateAfter(5));
});

test('a start without room for the new file is refused and leaves the old one', async () => {
  const store = await threeBlocks();
  const before = store.snapshot();
  for (const fault of [
    { kind: 'openToAppend', errno: 'EMFILE' },
    { kind: 'write', errno: 'ENOSPC', afterBytes: 5000 },
    { kind: 'sync', errno: 'EDQUOT' },
  ] as const) {
    await expect(store.start((files) => files.fail(fault))).rejects.toBeInstanceOf(NoRoom);
    await store.crash();
    store.restore(new Map([...before, ...store.snapshot()])); // temporary files of the first run are gone by now
    expect(store.read(3)).toEqual(before.get(newest));
    expect(store.list()).not.toContain(temporary);
  }
  await store.start();
  expect(store.state).toEqual(stateAfter(5));
});

test.each([
  ['header', 2],
  ['batches', 3],
  ['mark', 4],
])('S28: a disk that lies about the %s of the new file is found out before the old one is given up', async (_, nth) => {
  const store = await threeBlocks();
  const before = store.read(3);
  const refusal = await store.refusal((files) => files.fail({ kind: 'write', nth }));
  expect(refusal.message).toContain(store.path(temporary));
  expect(store.read(3)).toEqual(before);
  await store.start();
  expect(store.state).toEqual(stateAfter(5));
});

test('the size of a rewritten block leaves room for its mark and its footer', async () => {
  const store = await newStore();
  await store.append({ text: 'x'.repeat(6000) }); // fills the block up to the page of the footer
  await store.reopen();
  expect(store.read(1).length).toBe(5 * PAGE_BYTES);
  await store.restart();
  expect(store.warnings).toEqual([]);
  expect(store.state).toMatchObject({ text: [1, expect.any(String)] });
});
