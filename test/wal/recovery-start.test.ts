/** The recovery table, first part: what lies in the directory, and whether each file is the block that its name says. */
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { logBlockName } from '../../src/wal/block-name.ts';
import { lockDirectory } from '../../src/wal/data-directory.ts';
import { blockSeed, encodeIdentity } from '../../src/wal/format.ts';
import { nodeFileSystem } from '../../src/wal/node-platform.ts';
import type { StoreFixture } from '../support/store-fixture.ts';
import { expectDamage, stateAfter, threeBlocks } from './support/three-blocks.ts';

test('row "`*.tmp`": delete, info', async () => {
  const store = await threeBlocks();
  const names = ['0000000000000003.log.tmp', 'IDENTITY.tmp', 'anything.tmp', 'blank-7.tmp'];
  for (const name of names) store.write(name, 'unfinished');
  await store.start();
  expect(store.state).toEqual(stateAfter(5));
  expect(store.list().filter((name) => name.endsWith('.tmp'))).toEqual([]);
  const notices = names.map((name) => ({
    level: 'info',
    event: 'temporary_deleted',
    message: `deleted ${name}, unfinished when the last run ended`,
  }));
  expect(store.notices).toEqual(expect.arrayContaining(notices));
  expect(store.warnings).toEqual([]);
});

test('row "lock held": refuse, exit 75', async () => {
  const store = await threeBlocks();
  const held = await lockDirectory(nodeFileSystem, store.directory);
  const refused = lockDirectory(nodeFileSystem, store.directory);
  await expect(refused).rejects.toMatchObject({ name: 'StartRefusal', exitCode: 75 });
  await expect(refused).rejects.toThrow(`data directory ${store.directory} is in use by another concave server`);
  await held.release();
  const mine = await lockDirectory(nodeFileSystem, store.directory);
  await store.start();
  expect(store.state).toEqual(stateAfter(5));
  expect(store.warnings).toEqual([]); // LOCK is a file of ours
  await mine.release();
});

test('unknown names: warn, never touch', async () => {
  const store = await threeBlocks();
  const foreign = ['notes.txt', '0000000000000001.log.bak', '0000000000000000.log', 'identity', ' \n'];
  const quarantined = '0000000000000001-0000000000000002.00000001.cmp.quarantined';
  for (const name of [...foreign, quarantined]) store.write(name, `content of ${name}`);
  await store.start();
  expect(store.state).toEqual(stateAfter(5));
  for (const name of [...foreign, quarantined]) expect(store.read(name).toString()).toBe(`content of ${name}`);
  expect(new Set(store.warnings)).toEqual(
    new Set([
      ...foreign.map((name) => `${JSON.stringify(name)} is not a file of concave; left alone`),
      `${quarantined} was set aside as damaged by an earlier start; it is never read and can be deleted`,
    ]),
  );
});

const wrongFile = 'row "UUID, name against header, or header crc wrong; unknown major or incompatible bit": refuse: ';

test(`${wrongFile}a block of another store`, async () => {
  const [store, other] = [await threeBlocks(), await threeBlocks()];
  store.write(2, other.read(2));
  await expectDamage(store, { file: 2, offset: 0, seqs: { first: 3, last: 4 }, what: 'it belongs to another store' });
});

test(`${wrongFile}the identity of another store`, async () => {
  const [store, other] = [await threeBlocks(), await threeBlocks()];
  store.write('IDENTITY', other.read('IDENTITY'));
  const seqs = { first: 1, last: undefined };
  await expectDamage(store, { file: 1, offset: 0, seqs, what: 'it belongs to another store' });
});

test(`${wrongFile}S21: a block under the name of another`, async () => {
  const store = await threeBlocks();
  store.write(2, store.read(1));
  const what = 'its header says that it is 0000000000000001.log';
  await expectDamage(store, { file: 2, offset: 0, seqs: { first: 3, last: 4 }, what });
});

test(`${wrongFile}S21: two blocks that have changed names`, async () => {
  const store = await threeBlocks();
  const [first, second] = [store.read(1), store.read(2)];
  store.write(1, second);
  store.write(2, first);
  const what = 'its header says that it is 0000000000000002.log';
  await expectDamage(store, { file: 1, offset: 0, seqs: { first: 1, last: undefined }, what });
});

test(`${wrongFile}S21: the newest block twice`, async () => {
  const store = await threeBlocks();
  store.write(4, store.read(3));
  const what = 'its header says that it is 0000000000000003.log';
  await expectDamage(store, { file: 4, offset: 0, seqs: { first: 6, last: undefined }, what });
});

test.each([
  [1, { first: 1, last: 2 }],
  [2, { first: 3, last: 4 }],
  [3, { first: 5, last: undefined }],
])(`${wrongFile}a flipped bit in the header of block %d`, async (block, seqs) => {
  const store = await threeBlocks();
  store.flipBit(block, 80);
  await expectDamage(store, { file: block, offset: 0, seqs, what: 'its header fails its checksum' });
});

test(`${wrongFile}S34: a format of a later major version`, async () => {
  const store = await threeBlocks();
  patchHeader(store, 2, 8, 2);
  const what = 'its format is 2, and this concave reads format 1';
  await expectDamage(store, { file: 2, offset: 0, seqs: { first: 3, last: 4 }, what });
});

test(`${wrongFile}S34: a feature that this version does not know`, async () => {
  const store = await threeBlocks();
  patchHeader(store, 3, 12, 4);
  const what = 'it uses features that this concave does not know (bits 0x4)';
  await expectDamage(store, { file: 3, offset: 0, seqs: { first: 5, last: undefined }, what });
});

test.each<[string, (identity: Buffer) => Buffer, string]>([
  ['one of a later major version', laterMajor, 'its format is 2, and this concave reads format 1'],
  ['a flipped bit in it', (identity) => withByte(identity, 20, identity[20]! ^ 1), 'its checksum is wrong'],
  ['one that is cut short', (identity) => identity.subarray(0, 31), 'it has 31 bytes instead of 32'],
  ['one that is empty', () => Buffer.alloc(0), 'it has 0 bytes instead of 32'],
  ['one of zeros', () => Buffer.alloc(32), 'it does not begin with CNCVIDNT'],
  [
    'one with bytes behind it',
    (identity) => Buffer.concat([identity, Buffer.alloc(9)]),
    'it has 33 bytes instead of 32',
  ],
])(`${wrongFile}IDENTITY: %s`, async (_, change, what) => {
  const store = await threeBlocks();
  store.write('IDENTITY', change(store.read('IDENTITY')));
  const refusal = await store.refusal();
  expect(refusal.exitCode).toBe(65);
  expect(refusal.message).toBe(`${store.path('IDENTITY')} is damaged: ${what}; restore this file from a copy`);
});

test.each([
  ['empty', 0, 'it is shorter than a block header'],
  ['shorter than its header', 4095, 'it is shorter than a block header'],
  ['nothing but a header', 4096, 'the file has 4096 bytes and its header says 16384'],
  ['one byte short', 16383, 'the file has 16383 bytes and its header says 16384'],
  ['a page longer', 20480, 'the file has 20480 bytes and its header says 16384'],
])('S1: a block file of another length than its header says is refused: %s', async (_, bytes, what) => {
  for (const [block, seqs] of [
    [2, { first: 3, last: 4 }],
    [3, { first: 5, last: undefined }],
  ] as const) {
    const store = await threeBlocks();
    store.truncate(block, bytes);
    await expectDamage(store, { file: block, offset: 0, seqs, what });
  }
});

/** Changes a byte of a header and mends its checksum. */
function patchHeader(store: StoreFixture, block: number, offset: number, byte: number): void {
  const bytes = store.read(block);
  bytes[offset] = byte;
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 4092), blockSeed(store.opened.uuid, logBlockName(block))), 4092);
  store.write(block, bytes);
}

function withByte(bytes: Buffer, offset: number, byte: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[offset] = byte;
  return changed;
}

function laterMajor(identity: Buffer): Buffer {
  const later = encodeIdentity(identity.subarray(12, 28));
  later.writeUInt16LE(2, 8);
  later.writeUInt32LE(crc32(later.subarray(0, 28)), 28);
  return later;
}
