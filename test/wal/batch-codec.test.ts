import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeFrames, encodeBatch, payloadBytesOf } from '../../src/wal/batch-codec.ts';
import { blockSeed, PAGE_BYTES, readBatchHead } from '../../src/wal/format.ts';
import { holds } from './support/property.ts';

const seed = blockSeed(Buffer.alloc(16, 5), { first: 3, last: 3, generation: 0 });
const place = { seed, fileOffset: 8192 };
const seqs = { firstSeq: 8, durableSeq: 7 };

/** Encodes into a buffer full of ones, and returns only what the batch takes. */
function encoded(payloads: readonly Buffer[]): Buffer {
  const into = Buffer.alloc(16 * PAGE_BYTES, 0xff);
  return into.subarray(0, encodeBatch(into, payloads, seqs, place));
}

function decoded(batch: Buffer): string[] | undefined {
  const head = readBatchHead(batch, 0, seed, place.fileOffset);
  return head && decodeFrames(batch, 0, head, seed)?.map(String);
}

test('a batch comes back as it was written, with as many frames as its head says', () => {
  const payload = fc.uint8Array({ minLength: 1, maxLength: 3000 }).map((bytes) => Buffer.from(bytes));
  holds([fc.array(payload, { maxLength: 20 })], (payloads) => {
    const batch = encoded(payloads);
    const head = readBatchHead(batch, 0, seed, place.fileOffset)!;
    expect(head).toEqual({ ...seqs, txCount: payloads.length, payloadBytes: payloadBytesOf(payloads) });
    expect(decodeFrames(batch, 0, head, seed)).toEqual(payloads);
    expect(batch.length % PAGE_BYTES).toBe(0);
    expect(batch.length - 32 - head.payloadBytes).toBeLessThan(PAGE_BYTES);
  });
});

test('a batch can be read from the middle of a larger stretch', () => {
  const batch = encoded([Buffer.from('one'), Buffer.from('two')]);
  const stretch = Buffer.concat([Buffer.alloc(100, 1), batch]);
  const head = readBatchHead(stretch, 100, seed, place.fileOffset)!;
  expect(decodeFrames(stretch, 100, head, seed)?.map(String)).toEqual(['one', 'two']);
});

test('a mark is a batch of one page without frames', () => {
  const mark = encoded([]);
  expect(mark.length).toBe(PAGE_BYTES);
  expect(readBatchHead(mark, 0, seed, place.fileOffset)).toEqual({ ...seqs, txCount: 0, payloadBytes: 0 });
  expect(decoded(mark)).toEqual([]);
  expect(mark.subarray(32)).toEqual(Buffer.alloc(PAGE_BYTES - 32));
});

test('what the buffer held before never reaches the disk', () => {
  const batch = encoded([Buffer.from('abc')]);
  expect(batch.subarray(32 + 8 + 3)).toEqual(Buffer.alloc(PAGE_BYTES - 43));
});

test('a batch that fills its pages to the last byte has no padding', () => {
  const full = encoded([Buffer.alloc(4064 - 8, 1)]);
  expect(full.length).toBe(PAGE_BYTES);
  expect(decoded(full)).toHaveLength(1);
  expect(encoded([Buffer.alloc(4064 - 8 + 1, 1)]).length).toBe(2 * PAGE_BYTES);
});

test('one flipped bit in any frame makes the whole batch void', () => {
  const batch = encoded([Buffer.from('one'), Buffer.from('two'), Buffer.from('three')]);
  const used = 32 + payloadBytesOf([Buffer.from('one'), Buffer.from('two'), Buffer.from('three')]);
  for (let bit = 0; bit < used * 8; bit += 1) {
    batch[bit >> 3]! ^= 1 << (bit & 7);
    expect(decoded(batch), `bit ${bit}`).toBeUndefined();
    batch[bit >> 3]! ^= 1 << (bit & 7);
  }
  expect(decoded(batch)).toEqual(['one', 'two', 'three']);
});

test('a batch of which only the first pages reached the disk is void', () => {
  const batch = encoded([Buffer.alloc(3000, 1), Buffer.alloc(3000, 2), Buffer.alloc(3000, 3)]);
  expect(batch.length).toBe(3 * PAGE_BYTES);
  for (const page of [1, 2]) {
    const torn = Buffer.from(batch);
    torn.fill(0, page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
    expect(readBatchHead(torn, 0, seed, place.fileOffset)).toBeDefined();
    expect(decoded(torn)).toBeUndefined();
  }
});

test('frames of another block do not pass in a batch with a good head', () => {
  const batch = encoded([Buffer.from('one')]);
  const head = readBatchHead(batch, 0, seed, place.fileOffset)!;
  expect(decodeFrames(batch, 0, head, seed ^ 1)).toBeUndefined();
});

test('lengths that leave a rest too short for a frame make the batch void', () => {
  const batch = encoded([Buffer.from('one')]);
  const head = readBatchHead(batch, 0, seed, place.fileOffset)!;
  expect(decodeFrames(batch, 0, { ...head, payloadBytes: head.payloadBytes + 7 }, seed)).toBeUndefined();
  expect(decodeFrames(batch, 0, { ...head, payloadBytes: head.payloadBytes - 1 }, seed)).toBeUndefined();
});
