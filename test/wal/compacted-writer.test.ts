import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { BlockReader, decodeCompactedBatch } from '../../src/wal/block-reader.ts';
import { CompactedWriter } from '../../src/wal/compacted-writer.ts';
import { type EntrySlice, entryBytes, sliceEntries } from '../../src/wal/entry-slice.ts';
import { type BlockHeader, CHAIN_START, encodeHeader, PAGE_BYTES } from '../../src/wal/format.ts';
import { encodeEntries } from '../../src/wal/tx-codec.ts';
import { FaultyFiles } from '../support/faulty-files.ts';
import { temporaryDirectory } from '../support/store-fixture.ts';

const NAME = { first: 1, last: 4, generation: 2 };
const UUID = new Uint8Array(16).fill(9);
const HEADER: BlockHeader = {
  name: NAME,
  uuid: UUID,
  blockBytes: 0,
  firstSeq: 3,
  previous: CHAIN_START,
  lastInput: { number: 4, lastSeq: 90, digest: new Uint8Array(32).fill(4) },
};
const FRAME_BYTES_MAX = 65520;
const BATCH_BYTES = 256 * 1024;

let files: FaultyFiles;
let file: string;
let writer: CompactedWriter;

beforeEach(async () => {
  files = new FaultyFiles();
  file = join(temporaryDirectory(), 'block');
  writer = await CompactedWriter.create(files, file, HEADER);
  return () => files.crash();
});

/** An entry that takes exactly so many bytes of a frame. */
function entryOf(bytes: number, key = 'k'): EntrySlice {
  for (let length = Math.max(0, bytes - 60); ; length += 1) {
    const encoded = encodeEntries([{ key, version: 1, seq: 5, value: 'v'.repeat(length) }]);
    const slice = sliceEntries(encoded, 0, encoded.length)[0]!;
    if (entryBytes(slice) === bytes) return slice;
    if (entryBytes(slice) > bytes) throw new Error(`no entry takes ${bytes} bytes`);
  }
}

/** What the batches hold, read back: for each its bytes and the entries in each of its frames. */
async function batches(): Promise<{ bytes: number; frames: number[]; entries: number }[]> {
  const reader = await BlockReader.open(files, file, NAME, UUID);
  const found: { bytes: number; frames: number[]; entries: number }[] = [];
  for (;;) {
    const before = reader.offset;
    const batch = await reader.next();
    if (batch.kind !== 'batch') {
      expect(batch.kind).toBe('sealed');
      await reader.close();
      return found;
    }
    expect(batch.head).toMatchObject({ firstSeq: 3, durableSeq: 90 });
    const frames = batch.payloads.map(({ length }) => length);
    found.push({ bytes: reader.offset - before, frames, entries: decodeCompactedBatch(reader, batch).length });
  }
}

test('nothing added: header, footer, one sync, and it is a whole block', async () => {
  expect([writer.isFull, writer.gatheredBytes]).toEqual([false, 0]);
  const digest = createHash('sha256').update(encodeHeader(HEADER)).digest();
  expect(await writer.finish()).toEqual({ bytes: 2 * PAGE_BYTES, entries: 0, digest });
  expect(files.changes()).toEqual(['create block', 'write block 0+4096', 'write block 4096+4096', 'sync block']);
  expect(await batches()).toEqual([]);
});

test('entries share a frame up to its last byte, and one byte more begins another', async () => {
  for (const bytes of [40_000, FRAME_BYTES_MAX - 40_000]) writer.add(entryOf(bytes));
  expect(writer.gatheredBytes).toBe(FRAME_BYTES_MAX);
  writer.add(entryOf(100, 'l'));
  writer.add(entryOf(FRAME_BYTES_MAX - 99, 'm'));
  expect(writer.gatheredBytes).toBe(2 * FRAME_BYTES_MAX + 1);
  expect(await writer.finish()).toMatchObject({ entries: 4 });
  expect((await batches()).flatMap(({ frames }) => frames)).toEqual([FRAME_BYTES_MAX, 100, FRAME_BYTES_MAX - 99]);
});

test('an entry that is larger than a frame has one of its own, and so has the next', async () => {
  writer.add(entryOf(50, 'a'));
  writer.add(entryOf(FRAME_BYTES_MAX + 1, 'b'));
  writer.add(entryOf(60, 'c'));
  await writer.finish();
  expect(await batches()).toEqual([{ bytes: 17 * PAGE_BYTES, frames: [50, FRAME_BYTES_MAX + 1, 60], entries: 3 }]);
});

test('four full frames fill a batch to the last byte, and the fifth begins the next', async () => {
  const keys = ['a', 'b', 'c', 'd', 'e'];
  for (const [index, key] of keys.entries()) {
    expect(writer.isFull).toBe(false); // a frame is closed by the entry behind it
    writer.add(entryOf(FRAME_BYTES_MAX, key));
    expect(writer.isFull).toBe(index === 4);
  }
  await writer.flush();
  expect([writer.isFull, writer.gatheredBytes]).toEqual([false, FRAME_BYTES_MAX]);
  expect(files.changes().slice(1)).toEqual([`write block 4096+${BATCH_BYTES}`]);
  await writer.finish();
  expect(await batches()).toEqual([
    { bytes: BATCH_BYTES, frames: Array(4).fill(FRAME_BYTES_MAX), entries: 4 },
    { bytes: 17 * PAGE_BYTES, frames: [FRAME_BYTES_MAX], entries: 1 },
  ]);
});

test('frames that were not flushed in time go out in batches of the right size', async () => {
  for (let frame = 0; frame < 9; frame += 1) writer.add(entryOf(FRAME_BYTES_MAX, `k${frame}`));
  await writer.finish();
  expect((await batches()).map(({ frames }) => frames.length)).toEqual([4, 4, 1]);
});

test('large entries fill a batch by their bytes, and one that is larger than a batch has one of its own', async () => {
  writer.add(entryOf(BATCH_BYTES - 1, 'a'));
  writer.add(entryOf(100, 'b'));
  expect(writer.isFull).toBe(false); // one byte is missing: the frame of b is not closed yet
  writer.add(entryOf(BATCH_BYTES + 5000, 'c'));
  expect(writer.isFull).toBe(true);
  writer.add(entryOf(100, 'd'));
  await writer.finish();
  expect((await batches()).map(({ frames }) => frames)).toEqual([
    [BATCH_BYTES - 1],
    [100],
    [BATCH_BYTES + 5000],
    [100],
  ]);
});

test('is synced after every MiB, and at the end behind header and footer', async () => {
  for (let frame = 0; frame < 21; frame += 1) {
    writer.add(entryOf(FRAME_BYTES_MAX, `k${frame}`));
    if (writer.isFull) await writer.flush();
  }
  await writer.finish();
  const write = (batch: number) => `write block ${PAGE_BYTES + batch * BATCH_BYTES}+${BATCH_BYTES}`;
  const end = PAGE_BYTES + 5 * BATCH_BYTES + 17 * PAGE_BYTES;
  expect(files.changes()).toEqual([
    'create block',
    ...[0, 1, 2, 3].map(write),
    'sync block',
    write(4),
    `write block ${PAGE_BYTES + 5 * BATCH_BYTES}+${17 * PAGE_BYTES}`,
    'write block 0+4096',
    `write block ${end}+4096`,
    'sync block',
  ]);
});

test('says how long the file is and what its digest covers, and lets go of it', async () => {
  for (const key of ['a', 'b', 'c']) writer.add(entryOf(1000, key));
  const written = await writer.finish();
  const bytes = readFileSync(file);
  const digest = createHash('sha256').update(bytes.subarray(0, -PAGE_BYTES)).digest();
  expect(written).toEqual({ bytes: bytes.length, entries: 3, digest });
  expect(files.openFiles).toEqual(['block']);
  await writer.close();
  expect(files.openFiles).toEqual([]);
});

test('a file that is there is never taken over', async () => {
  await expect(CompactedWriter.create(files, file, HEADER)).rejects.toMatchObject({ code: 'EEXIST' });
});
