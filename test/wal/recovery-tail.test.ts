/** The recovery table, third part: what lies behind the last valid batch of the newest block. */
import { expect, test } from 'vitest';
import { logBlockName } from '../../src/wal/block-name.ts';
import { BATCH_BYTES_MAX, blockSeed, PAGE_BYTES, writeBatchHead } from '../../src/wal/format.ts';
import { newStore, type StoreFixture } from '../support/store-fixture.ts';
import { bytesField, fixed64Field } from './support/protobuf.ts';
import { record } from './support/raw-block.ts';
import { expectDamage, stateAfter, storeOf, threeBlocks } from './support/three-blocks.ts';

/** One block: transaction 1 at 4096, 2 and 3 at 8192, a mark at 12288, transaction 4 at 16384. */
async function oneBlock(): Promise<StoreFixture> {
  const store = await newStore({ maxBlockSize: 64 * 1024 });
  await store.append({ k: 1 });
  await store.append({ k: 2 }, { k: 3 });
  await store.mark();
  await store.append({ k: 4 });
  await store.crash();
  return store;
}

const page = (at: number) => at * PAGE_BYTES;
const put = (seq: number, version = seq) => record(seq, { key: 'k', version, value: `value ${seq}` });
const durableRow =
  'row "newest block: bad batch at X, and later a valid head, mark or footer of this block": refuse: X was durable: ';

test.each([
  ['S17: a flipped bit in a transaction before a batch', page(1) + 60, page(1), 1, 1, 'batch', page(2)],
  ['S17: a flipped bit in a head before a batch', page(1) + 8, page(1), 1, 1, 'batch', page(2)],
  ['S18: a flipped bit in a batch before a mark', page(2) + 60, page(2), 2, 3, 'mark', page(3)],
  ['S18: a flipped bit in a head before a mark', page(2), page(2), 2, 3, 'mark', page(3)],
  ['a flipped bit in a mark before a batch', page(3), page(3), 4, 3, 'batch', page(4)],
])(`${durableRow}%s`, async (_, flipped, offset, first, last, proof, at) => {
  const store = await oneBlock();
  store.flipBit(1, flipped);
  const what = `a bad batch, and a valid ${proof} behind it at offset ${at} proves that it was durable`;
  await expectDamage(store, { file: 1, offset, seqs: { first, last }, what });
});

test(`${durableRow}two bad batches before a good one`, async () => {
  const store = await oneBlock();
  store.overwrite(1, page(1), Buffer.alloc(page(2)));
  const what = 'a bad batch, and a valid mark behind it at offset 12288 proves that it was durable';
  await expectDamage(store, { file: 1, offset: page(1), seqs: { first: 1, last: 3 }, what });
});

test(`${durableRow}a bad batch before the footer of a block whose successor is missing`, async () => {
  const store = await storeOf(() => ({ batches: [{ payloads: [put(1)] }, { payloads: [put(2)] }] }));
  store.flipBit(1, page(2) + 60);
  const what = 'a bad batch, and a valid footer behind it at offset 12288 proves that it was durable';
  await expectDamage(store, { file: 1, offset: page(2), seqs: { first: 2, last: 2 }, what });
});

test(`${durableRow}S17: in a newest block behind sealed ones`, async () => {
  const store = await threeBlocks();
  await store.start(); // writes a mark behind transaction 5
  await store.crash();
  store.flipBit(3, page(1) + 60);
  const what = 'a bad batch, and a valid mark behind it at offset 8192 proves that it was durable';
  await expectDamage(store, { file: 3, offset: page(1), seqs: { first: 5, last: 5 }, what });
});

const tornRow = 'row "newest block: bad batch at X, nothing valid after": torn tail: cut the whole batch, warn: ';

function cut(block: number, bytes: number, offset: number): string {
  return `000000000000000${block}.log: cut ${bytes} bytes of a batch that was being written when the last run ended, at offset ${offset}; nobody was told that it succeeded`;
}

test(`${tornRow}the byte count is in the warning, and the store goes on behind the batch before`, async () => {
  const store = await oneBlock();
  store.flipBit(1, page(4) + 40);
  const bytes = store.read(1).findLastIndex((byte) => byte !== 0) + 1 - page(4);
  await store.start();
  expect(store.state).toEqual({ k: [3, 3] });
  expect(store.warnings).toEqual([cut(1, bytes, page(4))]);
  expect(await store.append({ k: 'again' })).toBe(4);
  await store.reopen();
  expect(store.state).toEqual({ k: [4, 'again'] });
});

test(`${tornRow}S1: a batch of three transactions, written up to any byte`, async () => {
  const store = await newStore();
  await store.append({ before: 1 });
  await store.append({ a: 1, b: 2 }, { a: 3 }, { c: 'text' });
  const { state } = store;
  await store.crash();
  const whole = store.snapshot();
  const batch = store.read(1).subarray(page(2), page(3));
  const used = batch.findLastIndex((byte) => byte !== 0) + 1;
  expect(used).toBeGreaterThan(100);
  for (let written = 0; written <= used; written += 1) {
    store.restore(whole);
    store.overwrite(1, page(2) + written, Buffer.alloc(page(1) - written));
    await store.start();
    const isWhole = written === used;
    expect(store.state, `${written} bytes`).toEqual(isWhole ? state : { before: [1, 1] });
    expect(store.warnings.length, `${written} bytes`).toBe(isWhole || written === 0 ? 0 : 1);
    expect(store.writer.lastSeq).toBe(isWhole ? 4 : 1);
    await store.crash();
  }
});

test(`${tornRow}S4: any set of the pages of a batch is missing`, async () => {
  const store = await newStore({ maxBlockSize: 64 * 1024 });
  await store.append({ before: 1 });
  await store.append({ text: 'x'.repeat(10_000) }, { more: 'y'.repeat(5000) });
  const { state } = store;
  await store.crash();
  const whole = store.snapshot();
  for (let kept = 0; kept < 16; kept += 1) {
    store.restore(whole);
    for (let lost = 0; lost < 4; lost += 1)
      if ((kept & (1 << lost)) === 0) store.overwrite(1, page(2 + lost), Buffer.alloc(PAGE_BYTES));
    await store.start();
    expect(store.state, `pages kept: ${kept.toString(2)}`).toEqual(kept === 15 ? state : { before: [1, 1] });
    expect(store.events.includes('warn torn_tail')).toBe(kept !== 15 && kept !== 0);
    await store.crash();
  }
});

test(`${tornRow}S3: sectors of its only page are missing or garbage`, async () => {
  const store = await newStore();
  await store.append({ before: 1 });
  await store.append({ text: 'x'.repeat(4000) });
  const { state } = store;
  await store.crash();
  const whole = store.snapshot();
  for (let kept = 0; kept < 256; kept += 1) {
    store.restore(whole);
    for (let lost = 0; lost < 8; lost += 1)
      if ((kept & (1 << lost)) === 0) store.overwrite(1, page(2) + lost * 512, Buffer.alloc(512, kept % 2 ? 0 : 0xa5));
    await store.start();
    expect(store.state, `sectors kept: ${kept.toString(2)}`).toEqual(kept === 255 ? state : { before: [1, 1] });
    await store.crash();
  }
});

test(`${tornRow}a torn mark takes nothing with it`, async () => {
  const store = await newStore({ maxBlockSize: 64 * 1024 });
  await store.append({ k: 1 });
  await store.mark();
  await store.crash();
  store.flipBit(1, page(2) + 20);
  await store.start();
  expect(store.state).toEqual({ k: [1, 1] });
  expect(store.warnings).toEqual([cut(1, 25, page(2))]);
});

test(`${tornRow}the only batch of a block, which is empty then`, async () => {
  const store = await threeBlocks();
  store.overwrite(3, page(1), Buffer.from('garbage'));
  await store.start();
  expect(store.state).toEqual(stateAfter(4));
  expect(store.warnings).toHaveLength(1);
  expect(store.read(3).subarray(PAGE_BYTES)).toEqual(Buffer.alloc(3 * PAGE_BYTES));
  expect(store.writer.isEmpty).toBe(true);
  expect(await store.append({ k: 5 })).toBe(5);
  await store.reopen();
  expect(store.warnings).toEqual([]);
  expect(store.state).toMatchObject({ k: [5, 5] });
});

test(`${tornRow}garbage where no batch ever was`, async () => {
  const store = await oneBlock();
  store.overwrite(1, page(9) + 17, Buffer.from('garbage'));
  await store.start();
  expect(store.state).toEqual({ k: [4, 4] });
  expect(store.warnings).toEqual([cut(1, page(4) + 17 + 7, page(5))]);
});

test(`${tornRow}bytes that look like a head inside the extent of a torn batch prove nothing: callers wrote them`, async () => {
  const seed = (uuid: Uint8Array) => blockSeed(uuid, logBlockName(1));
  const store = await storeOf((uuid) => {
    // A record whose bytes are a valid mark where the third page of the block begins.
    const payload = Buffer.alloc(3 * PAGE_BYTES, 'x');
    const at = PAGE_BYTES - 32 - 8;
    writeBatchHead(payload, at, { payloadBytes: 0, txCount: 0, firstSeq: 9, durableSeq: 8 }, seed(uuid), page(2));
    return { batches: [{ payloads: [payload] }], footer: false, blockBytes: 64 * 1024 };
  });
  store.overwrite(1, page(4), Buffer.alloc(10)); // the last page of the batch
  await store.start();
  expect(store.state).toEqual({});
  expect(store.events).toEqual(['warn torn_tail']);
});

const moreRow = 'row "the same, but more bytes than that": refuse: ';

test(`${moreRow}one byte behind the extent of a batch with a good head`, async () => {
  const store = await oneBlock();
  store.flipBit(1, page(4) + 60);
  store.overwrite(1, page(5), Buffer.of(1));
  const what = 'a bad batch and 4097 bytes behind its start, more than the 4096 that it can have';
  await expectDamage(store, { file: 1, offset: page(4), seqs: { first: 4, last: undefined }, what });
});

test(`${moreRow}one byte behind the longest extent of a batch without a head`, async () => {
  const blockBytes = 2 * PAGE_BYTES + BATCH_BYTES_MAX + PAGE_BYTES;
  const store = await storeOf(() => ({ batches: [{ payloads: [put(1)] }], footer: false, blockBytes }));
  store.overwrite(1, page(2), Buffer.of(1));
  store.overwrite(1, page(2) + BATCH_BYTES_MAX, Buffer.of(1));
  const what = `a bad batch and ${BATCH_BYTES_MAX + 1} bytes behind its start, more than the ${BATCH_BYTES_MAX} that it can have`;
  await expectDamage(store, { file: 1, offset: page(2), seqs: { first: 2, last: undefined }, what });
  store.overwrite(1, page(2) + BATCH_BYTES_MAX - 1, Buffer.of(1, 0));
  await store.start();
  expect(store.warnings).toEqual([cut(1, BATCH_BYTES_MAX, page(2))]);
});

const badContentRow = 'row "checksum good, content bad": refuse: a bug or an attack, never a tear: ';

test.each<[string, readonly Buffer[], object, string, number | undefined]>([
  ['a seq that is skipped', [put(2), put(4)], {}, 'transaction 4 in the place of 3', 3],
  ['a version that is skipped', [put(2, 3)], {}, 'version 3 of key "k" follows version 1', 2],
  ['no protobuf', [Buffer.alloc(5, 0xff)], {}, 'a good checksum over a bad record (', 2],
  ['a record without writes', [fixed64Field(1, 2)], {}, 'a good checksum over a bad record (', 2],
  ['a frame of a compacted block', [bytesField(1, fixed64Field(1, 2))], {}, 'a good checksum over a bad record (', 2],
  ['another count of transactions', [put(2)], { txCount: 3 }, 'a batch of 1 frames whose head says 3', undefined],
  ['no transaction where its head says one', [], { txCount: 1 }, 'a batch of 0 frames whose head says 1', undefined],
  ['another first seq', [put(2)], { firstSeq: 3 }, 'a batch from transaction 3 on where 2 should follow', undefined],
  [
    'another durable seq',
    [put(2)],
    { durableSeq: 0 },
    'a batch that calls transaction 0 durable where 1 is',
    undefined,
  ],
  [
    'a length over the end of the block',
    [put(2)],
    { payloadBytes: 9000 },
    'a batch of 9000 bytes, more than',
    undefined,
  ],
  ['a length of 4 GiB', [put(2)], { payloadBytes: 2 ** 32 - 1 }, 'a batch of 4294967295 bytes, more than', undefined],
])(`${badContentRow}S19: %s`, async (_, payloads, head, what, last) => {
  const batches = [{ payloads: [put(1)] }, { payloads, head }];
  const store = await storeOf(() => ({ batches, footer: false }));
  const { report, exitCode } = await store.damage();
  expect(report).toMatchObject({ file: store.path(1), offset: page(2), seqs: { first: 2, last } });
  expect(report.what).toContain(what);
  expect(exitCode).toBe(65);
});

test(`${badContentRow}S19: a batch above the bound of the format, in a block that would hold it`, async () => {
  const head = { payloadBytes: BATCH_BYTES_MAX };
  const blockBytes = BATCH_BYTES_MAX + 8 * PAGE_BYTES;
  const store = await storeOf(() => ({ batches: [{ payloads: [put(1)], head }], footer: false, blockBytes }));
  const what = 'a batch of 16777216 bytes, more than can lie here';
  await expectDamage(store, { file: 1, offset: page(1), seqs: { first: 1, last: undefined }, what });
});
