import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseRun, MERGE_INPUTS_MAX } from '../../src/wal/compaction-policy.ts';

const blocks = (...sizes: number[]) => sizes.map((bytes, index) => ({ bytes, number: index + 1 }));
const chosen = (sizes: number[], maxBlocks: number) => chooseRun(blocks(...sizes), maxBlocks).map(({ bytes }) => bytes);

/** Merges until nothing is left to do; returns what was written. */
function rest(sizes: number[], maxBlocks: number): number {
  let written = 0;
  for (;;) {
    const run = chooseRun(blocks(...sizes), maxBlocks);
    if (run.length === 0) return written;
    const merged = run.reduce((sum, { bytes }) => sum + bytes, 0);
    sizes.splice(run[0]!.number - 1, run.length, merged);
    written += merged;
  }
}

test('up to maxBlocks nothing is merged', () => {
  expect(chosen([], 1)).toEqual([]);
  expect(chosen([1], 1)).toEqual([]);
  expect(chosen([1, 1, 1], 3)).toEqual([]);
  // A run of one block would be merged with nothing.
  expect(chosen([1], 0)).toEqual([]);
});

test('over it, the two newest and each older one that is no larger than what is gathered', () => {
  expect(chosen([9, 1, 1], 2)).toEqual([1, 1]);
  expect(chosen([5, 2, 1, 1], 3)).toEqual([2, 1, 1]);
  expect(chosen([4, 2, 1, 1], 3)).toEqual([4, 2, 1, 1]);
  expect(chosen([1, 8, 1, 1], 3)).toEqual([1, 1]);
  // The two newest always, whatever their sizes.
  expect(chosen([8, 9, 1], 2)).toEqual([8, 9, 1]);
  expect(chosen([100, 9, 1], 2)).toEqual([9, 1]);
});

test('write amplification with 10 blocks stays below log2(n) + 1 at every n up to 10,000 blocks of live data', () => {
  const sizes: number[] = [];
  let written = 0;
  for (let n = 1; n <= 10_000; n += 1) {
    sizes.push(1);
    written += rest(sizes, 10);
    expect(sizes.length).toBeLessThanOrEqual(10);
    // Without the log's own write: with it, 1 more, it is still below.
    expect(written / n, `after ${n} blocks`).toBeLessThan(Math.log2(n) + 1);
    if (n > 1) expect(1 + written / n, `after ${n} blocks, the log's write included`).toBeLessThan(Math.log2(n) + 1);
  }
  expect(written / 10_000).toBeCloseTo(6.09, 2);
});

test('whatever the sizes, the run is made of neighbours, is never too long, and comes to rest at maxBlocks', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { maxLength: 200 }), fc.integer({ min: 1, max: 20 }), (sizes, maxBlocks) => {
      const run = chooseRun(blocks(...sizes), maxBlocks);
      if (sizes.length <= maxBlocks) return run.length === 0;
      expect(run.length).toBeGreaterThanOrEqual(2);
      expect(run.length).toBeLessThanOrEqual(MERGE_INPUTS_MAX);
      expect(run.map(({ number }) => number)).toEqual(run.map((_, index) => run[0]!.number + index));
      rest(sizes, maxBlocks);
      expect(sizes.length).toBeLessThanOrEqual(maxBlocks);
      return true;
    }),
  );
});

test('a run that is too long for one merge: the cheapest neighbours in it, the oldest of equal ones', () => {
  const ones = Array.from({ length: MERGE_INPUTS_MAX }, () => 1);
  expect(chooseRun(blocks(1, ...ones), 10).map(({ number }) => number)).toEqual(ones.map((_, index) => index + 1));
  expect(chooseRun(blocks(2, 2, ...ones, 3, 3), 10).map(({ number }) => number)).toEqual(
    ones.map((_, index) => index + 3),
  );
  // The newest neighbours are among those that are looked at.
  expect(chooseRun(blocks(3, ...ones), 10).map(({ number }) => number)).toEqual(ones.map((_, index) => index + 2));
});

test('a backlog of 10,000 blocks is worked off by writing each about three times', () => {
  const sizes = Array.from({ length: 10_000 }, () => 1);
  const written = rest(sizes, 10);
  expect(sizes.length).toBeLessThanOrEqual(10);
  expect(written / 10_000).toBeLessThan(3.1);
});
