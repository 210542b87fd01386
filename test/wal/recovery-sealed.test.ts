/** The recovery table, second part: what a sealed block holds, and how blocks follow one another. */
import { expect, test } from 'vitest';
import { CHAIN_START } from '../../src/wal/format.ts';
import { TX_ID } from '../support/store-fixture.ts';
import { bytesField, fixed64Field } from './support/protobuf.ts';
import { record } from './support/raw-block.ts';
import { expectDamage, stateAfter, storeOf, threeBlocks } from './support/three-blocks.ts';

const put = (seq: number, version = seq) => record(seq, { key: 'k', version, value: `value ${seq}` });
const sealedRow = 'row "sealed block: digest, crc, seq, version or protobuf wrong": refuse: ';

test(`${sealedRow}S16: a flipped bit in the padding of a batch fails the digest`, async () => {
  const store = await threeBlocks();
  store.flipBit(1, 8191, 7);
  const what = 'its content fails the digest in its footer';
  await expectDamage(store, { file: 1, offset: 0, seqs: { first: 1, last: 2 }, what });
});

test(`${sealedRow}S16: a flipped bit in a transaction`, async () => {
  const store = await threeBlocks();
  store.flipBit(2, 4096 + 60);
  const what = 'a bad batch, and a valid batch behind it at offset 8192 proves that it was durable';
  await expectDamage(store, { file: 2, offset: 4096, seqs: { first: 3, last: 3 }, what });
});

test(`${sealedRow}S16: a flipped bit in the last transaction of a block`, async () => {
  const store = await threeBlocks();
  store.flipBit(2, 8192 + 60);
  const what = 'a bad batch, and a valid footer behind it at offset 12288 proves that it was durable';
  await expectDamage(store, { file: 2, offset: 8192, seqs: { first: 4, last: 4 }, what });
});

test(`${sealedRow}S16: a flipped bit in the head of a batch`, async () => {
  const store = await threeBlocks();
  store.flipBit(1, 4096 + 16);
  const what = 'a bad batch, and a valid batch behind it at offset 8192 proves that it was durable';
  await expectDamage(store, { file: 1, offset: 4096, seqs: { first: 1, last: 1 }, what });
});

test(`${sealedRow}S16: a bad batch and a bad footer`, async () => {
  const store = await threeBlocks();
  store.flipBit(2, 8192 + 60);
  store.flipBit(2, 12288 + 60);
  const what = 'a bad batch, and 0000000000000003.log proves that it was durable';
  await expectDamage(store, { file: 2, offset: 8192, seqs: { first: 4, last: 4 }, what });
});

test(`${sealedRow}a page that was lost`, async () => {
  const store = await threeBlocks();
  store.overwrite(1, 8192, Buffer.alloc(4096));
  const what = 'a bad batch, and a valid footer behind it at offset 12288 proves that it was durable';
  await expectDamage(store, { file: 1, offset: 8192, seqs: { first: 2, last: 2 }, what });
});

test(`${sealedRow}a page that was written to the wrong place`, async () => {
  const store = await threeBlocks();
  store.overwrite(1, 8192, store.read(1).subarray(4096, 8192));
  const what = 'a bad batch, and a valid footer behind it at offset 12288 proves that it was durable';
  await expectDamage(store, { file: 1, offset: 8192, seqs: { first: 2, last: 2 }, what });
});

test(`${sealedRow}the seq of a transaction`, async () => {
  const store = await storeOf(
    () => ({ batches: [{ payloads: [put(1), put(3)] }] }),
    () => ({ footer: false }),
  );
  const what = 'transaction 3 in the place of 2';
  await expectDamage(store, { file: 1, offset: 4096, seqs: { first: 1, last: 2 }, what });
});

test(`${sealedRow}a batch that is there twice`, async () => {
  const again = { firstSeq: 1, durableSeq: 0 };
  const batches = [{ payloads: [put(1)] }, { payloads: [put(1)], head: again }];
  const store = await storeOf(
    () => ({ batches }),
    () => ({ footer: false }),
  );
  const what = 'a batch from transaction 1 on where 2 should follow';
  await expectDamage(store, { file: 1, offset: 8192, seqs: { first: 2, last: undefined }, what });
});

test(`${sealedRow}S19: fewer transactions than the head of their batch says`, async () => {
  const batches = [{ payloads: [put(1)], head: { txCount: 2 } }];
  const store = await storeOf(
    () => ({ batches }),
    () => ({ footer: false }),
  );
  const what = 'a batch of 1 frames whose head says 2';
  await expectDamage(store, { file: 1, offset: 4096, seqs: { first: 1, last: undefined }, what });
});

test.each([
  ['a version that is skipped', 3, 'version 3 of key "k" follows version 1'],
  ['a version that was there before', 1, 'version 1 of key "k" follows version 1'],
])(`${sealedRow}%s`, async (_, version, what) => {
  const batches = [
    { payloads: [put(1)] },
    { payloads: [put(2, version), record(3, { key: 'x', version: 1, value: 0 })] },
  ];
  const store = await storeOf(
    () => ({ batches }),
    () => ({ footer: false }),
  );
  await expectDamage(store, { file: 1, offset: 8192, seqs: { first: 2, last: 3 }, what });
});

test(`${sealedRow}the version of a key whose last one is in an earlier block`, async () => {
  const store = await storeOf(
    () => ({ batches: [{ payloads: [put(1), put(2)] }] }),
    () => ({ batches: [{ payloads: [put(3, 4)] }] }),
    () => ({ footer: false }),
  );
  const what = 'version 4 of key "k" follows version 2';
  await expectDamage(store, { file: 2, offset: 4096, seqs: { first: 3, last: 3 }, what });
});

test.each([
  ['that is no protobuf', Buffer.from([0xff, 0xff]), 'not protobuf of this format'],
  ['without a single write', Buffer.concat([fixed64Field(1, 2), bytesField(2, TX_ID)]), 'transaction 2 writes nothing'],
  ['cut short', put(2).subarray(0, -1), 'not protobuf of this format'],
])(`${sealedRow}S19: a record with a good checksum %s`, async (_, bad, what) => {
  const batches = [{ payloads: [put(1), bad, put(3)] }];
  const store = await storeOf(
    () => ({ batches }),
    () => ({ footer: false }),
  );
  const { report } = await store.damage();
  expect(report).toMatchObject({ file: store.path(1), offset: 4096, seqs: { first: 1, last: 3 } });
  expect(report.what).toContain(`a good checksum over a bad record (${what}`);
});

test.each([
  ['last transaction', { lastSeq: 3 }, 'its footer speaks of other content than lies before it', { first: 1, last: 3 }],
  ['count', { txCount: 1 }, 'its footer speaks of other content than lies before it', { first: 1, last: 2 }],
  ['length', { byteLength: 4096 }, 'its footer speaks of other content than lies before it', { first: 1, last: 2 }],
  ['successor', { nextBlock: 7 }, 'its footer names block 7 as its successor', { first: 1, last: 2 }],
])(`${sealedRow}a footer of another %s`, async (_, footer, what, seqs) => {
  const store = await storeOf(
    () => ({ batches: [{ payloads: [put(1), put(2)] }], footer }),
    () => ({ footer: false }),
  );
  await expectDamage(store, { file: 1, offset: 8192, seqs, what });
});

const missingRow =
  'row "gap in seq; predecessor digest mismatch; sealed block without successor; store not beginning at 1": refuse: ';

test.each([
  [1, 'log block 1 (0000000000000001.log)'],
  [2, 'log block 2 (0000000000000002.log)'],
  [3, '0000000000000002.log is sealed, and its successor is not there'],
])(`${missingRow}S20: without block %d`, async (block, what) => {
  const store = await threeBlocks();
  store.remove(block);
  const refusal = await store.refusal();
  expect(refusal.exitCode).toBe(65);
  expect(refusal.message).toBe(`a block is missing in ${store.directory}: ${what}; restore it from a copy`);
});

test(`${missingRow}several blocks are missing`, async () => {
  const store = await storeOf(...Array.from({ length: 5 }, () => () => ({})), () => ({ footer: false }));
  for (const block of [2, 3, 4]) store.remove(block);
  const what = 'log blocks 2 to 4 (0000000000000002.log to 0000000000000004.log)';
  expect((await store.refusal()).message).toContain(`: ${what}; `);
});

test(`${missingRow}IDENTITY and no block at all`, async () => {
  const store = await threeBlocks();
  for (const block of [1, 2, 3]) store.remove(block);
  store.write('blank-1.tmp', 'kept, for the refusal comes first');
  const refusal = await store.refusal();
  expect(refusal.exitCode).toBe(65);
  expect(refusal.message).toContain(`missing in ${store.directory}: the store has its IDENTITY and no block at all`);
  expect(store.list()).toContain('blank-1.tmp');
});

test(`${missingRow}a block that begins with a later transaction than should follow`, async () => {
  const store = await storeOf(
    () => ({ batches: [{ payloads: [put(1)] }] }),
    () => ({ firstSeq: 4, footer: false }),
  );
  const what = 'it begins with transaction 4 where 2 should follow';
  await expectDamage(store, { file: 2, offset: 0, seqs: { first: 2, last: 3 }, what });
});

test(`${missingRow}a gap between two blocks`, async () => {
  const store = await storeOf(
    () => ({ batches: [{ payloads: [put(1)] }] }),
    (_, before) => ({ firstSeq: 4, previous: { ...before!.link, lastSeq: 3 }, footer: false }),
  );
  const what =
    'its header follows block 1 up to transaction 3, and block 1 here ends with transaction 1: one of the two files is an older copy or of another log';
  await expectDamage(store, { file: 2, offset: 0, seqs: { first: 2, last: 3 }, what });
});

test(`${missingRow}S21: an older copy of the last sealed block`, async () => {
  const store = await threeBlocks();
  const now = store.snapshot();
  await store.start();
  await store.restart(); // seals block 3
  await store.append({ k: 6 });
  await store.crash();
  store.write(3, now.get('0000000000000003.log')!);
  const what = '0000000000000004.log';
  expect((await store.damage()).report).toMatchObject({ file: store.path(3), what: expect.stringContaining(what) });
});

test(`${missingRow}S21: a block of another history of the same store`, async () => {
  const store = await threeBlocks();
  const one = store.snapshot();
  for (const block of [2, 3]) store.remove(block);
  store.write(1, Buffer.from(one.get('0000000000000001.log')!).fill(0, 8192)); // as it was after the first put
  await store.start();
  for (let seq = 2; seq <= 5; seq += 1) await store.append({ k: `another ${seq}` });
  await store.crash();
  const other = store.snapshot();
  store.restore(one);
  store.write(2, other.get('0000000000000002.log')!);
  const what =
    'its header follows block 1 up to transaction 1, and block 1 here ends with transaction 2: one of the two files is an older copy or of another log';
  await expectDamage(store, { file: 2, offset: 0, seqs: { first: 2, last: 2 }, what });
});

test(`${missingRow}S21: the digest of a predecessor that ends with the same transaction`, async () => {
  const store = await storeOf(
    () => ({ batches: [{ payloads: [put(1), put(2)] }] }),
    (_, before) => ({ previous: { ...before!.link, digest: new Uint8Array(32) }, footer: false }),
  );
  const what =
    'its header follows block 1 up to transaction 2, and block 1 here has other content: one of the two files is an older copy or of another log';
  await expectDamage(store, { file: 2, offset: 0, seqs: { first: 1, last: 2 }, what });
});

test(`${missingRow}block 1 begins at another transaction`, async () => {
  const store = await storeOf(() => ({ firstSeq: 4, previous: { ...CHAIN_START, lastSeq: 3 }, footer: false }));
  const { report } = await store.damage();
  expect(report).toMatchObject({ file: store.path(1), offset: 0, seqs: { first: 1, last: 3 } });
});

const unsealedRow = 'row "older block unsealed, or its footer torn": ';
const finished = '0000000000000002.log was not sealed when the last run ended: sealed now, nothing is missing';

test.each([
  ['without footer', Buffer.alloc(4096)],
  ['with a footer of which the first sector is missing', 'first'],
  ['with a footer of which only the first sector is there', 'rest'],
  ['with a footer that is garbage', Buffer.alloc(4096, 0x5a)],
] as const)(`${unsealedRow}its successor vouches for it: finish the seal, warn: %s`, async (_, footer) => {
  for (const successorIsEmpty of [false, true]) {
    const store = await threeBlocks();
    const whole = store.read(2);
    if (footer === 'first') store.overwrite(2, 12288, Buffer.alloc(512));
    else if (footer === 'rest') store.overwrite(2, 12288 + 512, Buffer.alloc(4096 - 512));
    else store.overwrite(2, 12288, footer);
    if (successorIsEmpty) store.overwrite(3, 4096, Buffer.alloc(4096));
    await store.start();
    expect(store.state).toEqual(stateAfter(successorIsEmpty ? 4 : 5));
    expect(store.warnings).toEqual([finished]);
    expect(store.read(2)).toEqual(whole);
    await store.reopen();
    expect(store.warnings).toEqual([]);
  }
});

test(`${unsealedRow}the directory is on disk before the seal that relies on the successor's name`, async () => {
  const store = await threeBlocks();
  store.overwrite(2, 12288, Buffer.alloc(4096));
  await store.start();
  const changes = store.files.changes();
  const sync = changes.findIndex((change) => change.startsWith('syncDirectory'));
  expect(sync).toBeGreaterThanOrEqual(0);
  expect(sync).toBeLessThan(changes.indexOf('appendDurably 0000000000000002.log 12288+4096'));
});

test(`${unsealedRow}with more than a footer can be behind its last batch: refuse`, async () => {
  const store = await storeOf(
    () => ({ batches: [{ payloads: [put(1)] }], footer: false, blockBytes: 20480 }),
    () => ({ footer: false }),
  );
  store.overwrite(1, 8192 + 4096, Buffer.of(1));
  const what = '4097 bytes behind its last batch, where only a footer can lie';
  await expectDamage(store, { file: 1, offset: 8192, seqs: { first: 2, last: 1 }, what });
  store.overwrite(1, 8192 + 4095, Buffer.of(1, 0));
  await store.start();
  expect(store.events).toEqual(['warn seal_finished']);
});

test(`${unsealedRow}with another digest than its successor says: refuse`, async () => {
  const store = await threeBlocks();
  store.overwrite(2, 12288, Buffer.alloc(4096));
  store.flipBit(2, 8191, 3);
  const what = 'its content fails the digest in 0000000000000003.log';
  await expectDamage(store, { file: 2, offset: 0, seqs: { first: 3, last: 4 }, what });
});

test(`${unsealedRow}with fewer transactions than its successor says: refuse`, async () => {
  const store = await threeBlocks();
  store.overwrite(2, 8192, Buffer.alloc(8192));
  const what = 'a bad batch, and 0000000000000003.log proves that it was durable';
  await expectDamage(store, { file: 2, offset: 8192, seqs: { first: 4, last: 4 }, what });
});
