import { expect, test } from 'vitest';
import { FrameRing } from '../../../src/inspector/page/frame-ring.ts';
import { frame, hello } from './samples.ts';

const ring = (keptMsMax: number, keptBytesMax = Number.POSITIVE_INFINITY) =>
  new FrameRing(hello, { keptMsMax, keptBytesMax });

test('the oldest frames make room once the time is full, and the others keep their index', () => {
  const kept = ring(1000);
  for (let number = 1; number <= 2000; number++) kept.push(frame(number), 10);
  expect([kept.first, kept.last]).toEqual([1989, 1999]);
  expect(kept.at(1989)!.number).toBe(1990);
  expect(kept.at(1988)).toBeUndefined();
  expect(kept.at(2000)).toBeUndefined();
  expect(kept.keptMs).toBe(1000);
  expect(kept.bytes).toBe(110);
});

test('the oldest frames make room once the memory is full', () => {
  const kept = ring(Number.POSITIVE_INFINITY, 100);
  for (let number = 1; number <= 50; number++) kept.push(frame(number), 30);
  expect(kept.last - kept.first + 1).toBe(3);
  expect(kept.bytes).toBe(90);
});

test('a frame larger than all the memory is kept alone', () => {
  const kept = ring(Number.POSITIVE_INFINITY, 100);
  kept.push(frame(1), 30);
  kept.push(frame(2), 300);
  expect([kept.first, kept.last]).toEqual([1, 1]);
});

test('a moment that is looked at stays, with what led to it; newer frames are not kept then, and counted', () => {
  const kept = ring(20_000);
  for (let number = 1; number <= 200; number++) kept.push(frame(number), 1);
  for (let number = 201; number <= 400; number++) kept.push(frame(number), 1, 150);
  // 15.1 s is looked at: what is older than 5.1 s was dropped.
  expect(kept.at(150)!.number).toBe(151);
  expect(kept.at(kept.first)!.atMs).toBe(5100);
  expect(kept.at(kept.last)!.atMs).toBe(25_100);
  expect(kept.unkept).toBe(149);
  expect(kept.missing).toBe(0);
});

test('numbers that were left out are counted as missing', () => {
  const kept = ring(60_000);
  for (const number of [5, 6, 9, 10, 20]) kept.push(frame(number), 1);
  expect(kept.missing).toBe(2 + 9);
});

test('the frame of a time is the newest that is not after it', () => {
  const kept = ring(60_000);
  for (let number = 1; number <= 10; number++) kept.push(frame(number), 1);
  expect(kept.indexAt(0)).toBe(0);
  expect(kept.indexAt(100)).toBe(0);
  expect(kept.indexAt(299)).toBe(1);
  expect(kept.indexAt(300)).toBe(2);
  expect(kept.indexAt(99_999)).toBe(9);
});
