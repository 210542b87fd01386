import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { logBlockName } from '../../src/wal/block-name.ts';
import { BlockReader } from '../../src/wal/block-reader.ts';
import { BATCH_BYTES_MAX, PAGE_BYTES } from '../../src/wal/format.ts';
import { nodeFileSystem } from '../../src/wal/node-platform.ts';
import { encodeTx } from '../../src/wal/tx-codec.ts';
import { newStore, SMALL_BLOCK, type StoreFixture, TX_ID } from '../support/store-fixture.ts';

/** Every batch of a log block: `8192: 3-4 durable 2` is one at 8192 with transactions 3 and 4; and how it ends. */
async function batchesOf(store: StoreFixture, block: number): Promise<string[]> {
  const reader = await BlockReader.open(nodeFileSystem, store.path(block), logBlockName(block), store.opened.uuid);
  try {
    const lines: string[] = [];
    for (;;) {
      const batch = await reader.next();
      if (batch.kind !== 'batch') return [...lines, `${batch.offset}: ${batch.kind}`];
      const { firstSeq, txCount, durableSeq } = batch.head;
      const seqs = txCount === 0 ? 'mark' : `${firstSeq}-${firstSeq + txCount - 1}`;
      lines.push(`${batch.offset}: ${seqs} durable ${durableSeq}`);
    }
  } finally {
    await reader.close();
  }
}

const wide = (bytes: number) => ({ wide: 'x'.repeat(bytes) });

test('puts get dense seqs, in the order in which they were handed over', async () => {
  const store = await newStore();
  expect(store.writer.isEmpty).toBe(true);
  expect(await store.append({ a: 1 }, { b: 2 }, { a: 3 })).toBe(1);
  expect(await store.append({ c: 4 })).toBe(4);
  expect(store.writer.lastSeq).toBe(4);
  expect(store.writer.isEmpty).toBe(false);
  await store.crash();
  expect(await batchesOf(store, 1)).toEqual(['4096: 1-3 durable 0', '8192: 4-4 durable 3', '12288: unsealed']);
  await store.start();
  expect(store.state).toEqual({ a: [2, 3], b: [1, 2], c: [1, 4] });
});

test('a batch is not told to be durable while it is on its way to the disk', async () => {
  const store = await newStore();
  const letThrough = store.files.hold('appendDurably');
  let isTold = false;
  const told = store.append({ a: 1 }).then(() => {
    isTold = true;
  });
  // The disk is the only thing left to wait for: whatever does not wait for it is done after a turn of the loop.
  await setImmediate();
  expect(isTold).toBe(false);
  letThrough();
  await told;
});

test('a batch is one durable append of whole pages', async () => {
  const store = await newStore({ maxBlockSize: 64 * 1024 });
  const calls = store.files.calls.length;
  await store.append({ a: 1 });
  await store.append(wide(5000));
  await store.mark();
  expect(store.files.changes(calls)).toEqual([
    'appendDurably 0000000000000001.log 4096+4096',
    'appendDurably 0000000000000001.log 8192+8192',
    'appendDurably 0000000000000001.log 16384+4096',
  ]);
});

test('a mark says that the last batch is durable and takes no seq', async () => {
  const store = await newStore({ maxBlockSize: 64 * 1024 });
  await store.append({ a: 1 }, { b: 1 });
  await store.mark();
  expect(await store.append({ a: 2 })).toBe(3);
  expect(await batchesOf(store, 1)).toEqual([
    '4096: 1-2 durable 0',
    '8192: mark durable 2',
    '12288: 3-3 durable 2',
    '16384: unsealed',
  ]);
});

test('S6: rotation writes the new header, names it, syncs the directory, writes the footer, and only then the batch', async () => {
  const store = await newStore();
  await store.append({ a: 1 });
  await store.append({ a: 2 });
  const calls = store.files.calls.length;
  expect(await store.append({ a: 3 })).toBe(3);
  const changes = store.files.changes(calls).filter((change) => !change.includes('blank-2'));
  expect(changes).toEqual([
    'openToAppend blank-1.tmp create',
    'write blank-1.tmp 0+16384',
    'sync blank-1.tmp',
    'appendDurably blank-1.tmp 0+4096',
    'rename blank-1.tmp to 0000000000000002.log',
    expect.stringMatching(/^syncDirectory /),
    'appendDurably 0000000000000001.log 12288+4096',
    'appendDurably 0000000000000002.log 4096+4096',
  ]);
  expect(store.sealed).toEqual([{ name: logBlockName(1), bytes: SMALL_BLOCK }]);
  await store.crash();
  expect(await batchesOf(store, 1)).toEqual(['4096: 1-1 durable 0', '8192: 2-2 durable 1', '12288: sealed']);
  expect(await batchesOf(store, 2)).toEqual(['4096: 3-3 durable 2', '8192: unsealed']);
});

test('the footer and the next header carry the digest of everything before them', async () => {
  const store = await newStore();
  await store.append({ a: 1 });
  await store.append({ a: 2 });
  await store.restart();
  const digest = createHash('sha256').update(store.read(1).subarray(0, 12288)).digest();
  expect(store.read(1).subarray(12288 + 48, 12288 + 80)).toEqual(digest);
  expect(store.read(2).subarray(96, 128)).toEqual(digest);
});

test('a spare is made ahead, taken by the next rotation, and the one after it begun', async () => {
  const store = await newStore();
  store.writer.prepareSpare();
  store.writer.prepareSpare(); // one is enough
  await store.writer.makeRoom();
  expect(store.list()).toEqual(['0000000000000001.log', 'IDENTITY', 'blank-1.tmp']);
  await store.append({ a: 1 });
  await store.append({ a: 2 });
  const calls = store.files.calls.length;
  await store.append({ a: 3 });
  await store.writer.makeRoom();
  expect(store.files.changes(calls).filter((change) => /blank-1/.test(change))).toEqual([
    'appendDurably blank-1.tmp 0+4096',
    'rename blank-1.tmp to 0000000000000002.log',
  ]);
  expect(store.list()).toEqual(['0000000000000001.log', '0000000000000002.log', 'IDENTITY', 'blank-2.tmp']);
});

test('a spare is all zeros and on stable storage before it is used', async () => {
  const store = await newStore({ maxBlockSize: 2 * 1024 * 1024 + PAGE_BYTES });
  await store.writer.makeRoom();
  expect(store.read('blank-1.tmp')).toEqual(Buffer.alloc(2 * 1024 * 1024 + PAGE_BYTES));
  expect(store.files.changes().filter((change) => change.includes('blank-1'))).toEqual([
    'openToAppend blank-1.tmp create',
    'write blank-1.tmp 0+1048576',
    'write blank-1.tmp 1048576+1048576',
    'write blank-1.tmp 2097152+4096',
    'sync blank-1.tmp',
  ]);
});

test('a batch that is larger than a block gets one of its size, and the spare waits for the next', async () => {
  const store = await newStore();
  await store.writer.makeRoom();
  await store.append({ a: 1 });
  await store.append(wide(100_000));
  await store.append({ a: 2 });
  expect(store.read(2).length).toBe(PAGE_BYTES + 102_400 + PAGE_BYTES);
  expect(store.read(3).length).toBe(SMALL_BLOCK);
  expect(store.files.changes()).toContain('rename blank-1.tmp to 0000000000000003.log');
  await store.crash();
  expect(await batchesOf(store, 2)).toEqual(['4096: 2-2 durable 1', `${4096 + 102_400}: sealed`]);
  const { state } = store;
  await store.start();
  expect(store.state).toEqual(state);
});

test('a batch that fits to the last page does not rotate, and one page more does', async () => {
  const store = await newStore();
  await store.append(wide(6000)); // two pages: with header and footer all four are taken
  expect(store.list()).not.toContain('0000000000000002.log');
  await store.append({ a: 1 });
  expect(store.list()).toContain('0000000000000002.log');

  const other = await newStore();
  await other.append(wide(10_000));
  expect(await batchesOf(other, 1)).toEqual(['4096: sealed']);
});

test('a mark in a full block rotates instead: the new header proves as much', async () => {
  const store = await newStore();
  await store.append({ a: 1 });
  await store.append({ a: 2 });
  await store.mark();
  expect(await batchesOf(store, 1)).toEqual(['4096: 1-1 durable 0', '8192: 2-2 durable 1', '12288: sealed']);
  expect(await batchesOf(store, 2)).toEqual(['4096: unsealed']);
});

test('a clean stop seals the block and removes the spare, and the next start has nothing to do', async () => {
  const store = await newStore();
  store.writer.prepareSpare();
  await store.append({ a: 1 });
  await store.close();
  expect(store.files.openFiles).toEqual([]);
  expect(store.list()).toEqual(['0000000000000001.log', '0000000000000002.log', 'IDENTITY']);
  expect(store.sealed).toEqual([{ name: logBlockName(1), bytes: 3 * PAGE_BYTES }]);
  await store.start();
  expect(store.notices).toEqual([]);
  expect(store.files.changes()).toEqual([
    expect.stringMatching(/^syncDirectory /),
    'openToAppend 0000000000000002.log open',
  ]);
  expect(await store.append({ a: 2 })).toBe(2);
});

test('a clean stop of an empty block removes the spare as well', async () => {
  const store = await newStore();
  store.writer.prepareSpare();
  await store.close();
  expect(store.files.openFiles).toEqual([]);
  expect(store.list()).toEqual(['0000000000000001.log', 'IDENTITY']);
});

test('a clean stop of an empty block seals nothing, however often', async () => {
  const store = await newStore();
  for (let round = 0; round < 3; round += 1) await store.restart();
  await store.append({ a: 1 });
  for (let round = 0; round < 3; round += 1) await store.restart();
  await store.close();
  expect(store.list()).toEqual(['0000000000000001.log', '0000000000000002.log', 'IDENTITY']);
  expect(await batchesOf(store, 2)).toEqual(['4096: unsealed']);
});

test('two calls at once are a bug; the first goes through and the log can be used again', async () => {
  const store = await newStore();
  const first = store.append({ a: 1 });
  for (const second of [store.mark(), store.writer.makeRoom(), store.writer.append([])]) {
    await expect(second).rejects.toThrow('two calls of the block writer at once');
  }
  expect(await first).toBe(1);
  expect(await store.append({ a: 2 })).toBe(2);
});

test('a clean stop waits for what is under way', async () => {
  for (const begin of [(store: StoreFixture) => store.append({ a: 1 }), (store: StoreFixture) => store.mark()]) {
    const store = await newStore();
    const underWay = begin(store);
    await store.close();
    await underWay;
    expect(await batchesOf(store, 1)).toEqual([expect.stringMatching(/^4096: /), '8192: sealed']);
  }
});

test('after a clean stop nothing can be appended', async () => {
  const store = await newStore();
  await store.append({ a: 1 });
  await store.close();
  const calls = store.files.calls.length;
  await expect(store.append({ a: 2 })).rejects.toThrow('the log is closed');
  await expect(store.mark()).rejects.toThrow('the log is closed');
  expect(store.files.calls.slice(calls)).toEqual([]);
});

test('a batch above the bound of the format is a bug and reaches no disk', async () => {
  const store = await newStore();
  const record = () => encodeTx(TX_ID, [{ key: 'k', version: 1, value: 'x'.repeat(BATCH_BYTES_MAX / 2) }]);
  const calls = store.files.calls.length;
  await expect(store.writer.append([record(), record()])).rejects.toThrow(/a batch of \d+ bytes/);
  expect(store.files.calls.slice(calls)).toEqual([]);
});
