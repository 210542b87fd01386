import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { Backlog, MergePace, workShare } from '../../src/wal/merge-pace.ts';

describe('the part of the time that a merge may work', () => {
  test('a quarter while eight blocks wait at most, all of it from sixteen on, and in between in equal steps', () => {
    expect([-3, 0, 1, 8].map(workShare)).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect([10, 12, 14].map(workShare)).toEqual([0.4375, 0.625, 0.8125]);
    expect([16, 17, 1000].map(workShare)).toEqual([1, 1, 1]);
  });
});

test('the backlog is one number in two threads', () => {
  const here = new Backlog();
  const there = new Backlog(structuredClone(here.shared));
  expect(there.blocks).toBe(0);
  here.blocks = 5;
  expect(there.blocks).toBe(5);
});

describe('rests', () => {
  let nowMs: number;
  let slept: number[];
  let backlog: { blocks: number };
  /** What happens during a rest, and how much longer than asked for it is. */
  let whileResting: () => number;
  let pace: MergePace;

  beforeEach(() => {
    nowMs = 1000;
    slept = [];
    backlog = { blocks: 0 };
    whileResting = () => 0;
    pace = new MergePace(backlog, { now: () => nowMs }, async (ms) => {
      slept.push(ms);
      nowMs += ms + whileResting();
    });
  });

  const work = (ms: number) => {
    nowMs += ms;
    return pace.rest();
  };

  test('three times as long as was worked, and only for what was worked since the last', async () => {
    await work(5);
    await work(10);
    expect(slept).toEqual([15, 30]);
  });

  test('not for less than a millisecond, which is owed then', async () => {
    await work(0.25);
    expect(slept).toEqual([]);
    await work(0.25);
    expect(slept).toEqual([1.5]);
  });

  test('what a timer takes too long is taken off the next rests', async () => {
    whileResting = () => 6;
    await work(1);
    expect(slept).toEqual([3]);
    // Two milliseconds of work were rested for in advance.
    await work(1);
    await work(1);
    expect(slept).toEqual([3]);
    await work(1);
    expect(slept).toEqual([3, 3]);
  });

  test('none while the backlog is large', async () => {
    backlog.blocks = 16;
    await work(1000);
    expect(slept).toEqual([]);
    // What was worked in a hurry is not owed afterwards.
    backlog.blocks = 0;
    await work(2);
    expect(slept).toEqual([6]);
  });

  test('a step that hung is not all work, and a rest that hung is not all rest', async () => {
    await work(3_600_000);
    expect(nowMs - 3_601_000).toBeCloseTo(3000);
    slept = [];
    whileResting = () => 3_600_000;
    await work(10);
    expect(slept.map(Math.round)).toEqual([30]);
    whileResting = () => 0;
    // 100 of it are rest: 30 for what was worked, and 70 for two steps more and a third of another.
    await work(10);
    await work(10);
    expect(slept.map(Math.round)).toEqual([30]);
    await work(10);
    expect(slept.map(Math.round)).toEqual([30, 20]);
  });

  test('a long rest is taken in parts, and ends when the backlog has grown', async () => {
    whileResting = () => {
      if (slept.length === 3) backlog.blocks = 16;
      return 0;
    };
    await work(1000);
    expect(slept).toEqual([50, 50, 50]);
    expect(nowMs).toBe(1000 + 1000 + 150);
  });

  test('a rest gets shorter when the backlog grows', async () => {
    whileResting = () => {
      backlog.blocks = 12;
      return 0;
    };
    await work(20);
    // 50 of 60 ms at a quarter; what is left of the work is worth three fifths of it at five eighths.
    expect(slept).toEqual([50, expect.closeTo((20 - 50 / 3) * 0.6, 9)]);
  });

  test('whatever the steps: over a merge the work is its share of the time, to a millisecond of rest', async () => {
    const steps = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: -2, max: 15 }), async (worked, blocks) => {
        let now = 0;
        let restedMs = 0;
        const one = new MergePace({ blocks }, { now: () => now }, async (ms) => {
          restedMs += ms;
          now += ms;
        });
        for (const ms of worked) {
          now += ms;
          await one.rest();
        }
        const workedMs = worked.reduce((sum, ms) => sum + ms, 0);
        const owedMs = workedMs * (1 / workShare(blocks) - 1);
        expect(restedMs).toBeGreaterThan(owedMs - 1.001);
        expect(restedMs).toBeLessThan(owedMs + 0.001);
      }),
    );
  });
});
