import { expect, test } from 'vitest';
import type { Append } from '../../src/actors/messages.ts';
import { WriteBatch } from '../../src/actors/write-batch.ts';
import { BATCH_BYTES_MAX, BATCH_HEAD_BYTES, FRAME_HEAD_BYTES } from '../../src/wal/format.ts';

/** Settles what is in flight, and returns it. */
function settled(batch: WriteBatch): Append[] {
  const told: Append[] = [];
  batch.settleInFlight((append) => told.push(append));
  return told;
}

const append = (bytes: number): Append => ({
  type: 'append',
  record: Buffer.alloc(bytes),
  replyTo: undefined as never,
});

test('what waits goes out together, in the order in which it came', () => {
  const batch = new WriteBatch();
  const appends = [append(10), append(20), append(30)];
  for (const one of appends) batch.add(one);
  expect(batch.waitingBytes).toBe(60 + 3 * FRAME_HEAD_BYTES);
  expect(batch.close()).toEqual(appends.map((one) => one.record));
  expect(batch.waitingBytes).toBe(0);
  expect(settled(batch)).toEqual(appends);
  expect(settled(batch)).toEqual([]);
});

test('what comes while a batch is in flight waits for the next one', () => {
  const batch = new WriteBatch();
  batch.add(append(1));
  batch.close();
  const late = append(2);
  batch.add(late);
  expect(batch.waitingCount).toBe(1);
  settled(batch);
  expect(batch.close()).toEqual([late.record]);
  expect(settled(batch)).toEqual([late]);
});

test('a batch takes as much as one batch can hold, to the byte, and leaves the rest waiting', () => {
  const room = BATCH_BYTES_MAX - BATCH_HEAD_BYTES - 2 * FRAME_HEAD_BYTES;
  const batch = new WriteBatch();
  for (const one of [append(room - 5), append(5), append(1)]) batch.add(one);
  expect(batch.close().map((record) => record.length)).toEqual([room - 5, 5]);
  expect(batch.waitingBytes).toBe(1 + FRAME_HEAD_BYTES);
  settled(batch);
  expect(batch.close().map((record) => record.length)).toEqual([1]);
});

test('a second batch in flight is a bug', () => {
  const batch = new WriteBatch();
  batch.add(append(1));
  batch.close();
  batch.add(append(1));
  expect(() => batch.close()).toThrow('a second batch in flight');
});

test('all that waits can be settled unwritten', () => {
  const batch = new WriteBatch();
  batch.add(append(1));
  batch.add(append(2));
  const told: Append[] = [];
  batch.settleWaiting((append) => told.push(append));
  expect(told).toHaveLength(2);
  expect(batch.waitingBytes).toBe(0);
  expect(batch.waitingCount).toBe(0);
});
