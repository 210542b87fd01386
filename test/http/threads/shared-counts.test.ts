/** Limits that hold for all threads together. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SharedBudget, SharedCounts } from '../../../src/http/threads/shared-counts.ts';

function budgets(counted: 'puts' | 'bodies', max: number, threads = 3) {
  const counts = new SharedCounts(threads);
  // As another thread sees it.
  const same = new SharedCounts(counts.buffer);
  const all = Array.from({ length: threads }, (_, thread) => new SharedBudget({ counts: same, thread, counted, max }));
  return { counts, all };
}

test('N3: what one has taken is missing to the others, until it is released', () => {
  const { all, counts } = budgets('puts', 2);
  const [first, second, third] = all;
  expect([first!.take(1), second!.take(1), third!.take(1)]).toEqual([true, true, false]);
  expect([first!.isFull, counts.total('puts')]).toEqual([true, 2]);
  second!.release(1);
  expect([first!.isFull, third!.take(1), second!.take(1)]).toEqual([false, true, false]);
});

test('bytes are counted in portions, to the byte within a thread', () => {
  const { all, counts } = budgets('bodies', 1000);
  const [first, second] = all;
  for (let byte = 0; byte < 640; byte++) expect(first!.take(1)).toBe(true);
  expect(counts.total('bodies')).toBe(10);
  expect([second!.take(500), second!.take(360), second!.take(100)]).toEqual([false, true, false]);
  first!.release(640);
  second!.release(360);
  expect(counts.total('bodies')).toBe(0);
});

test('what is alone is let in, however large it is', () => {
  const [first, second] = budgets('bodies', 100).all;
  expect(first!.take(5000)).toBe(true);
  expect([first!.take(1), second!.take(1)]).toEqual([false, false]);
  first!.release(5000);
  expect(second!.take(5000)).toBe(true);
});

test('4 GiB can be counted', () => {
  const [first, second] = budgets('bodies', 4 * 1024 ** 3).all;
  expect([first!.take(4 * 1024 ** 3), second!.take(1)]).toEqual([true, false]);
});

test('a thread that is gone has nothing any more', () => {
  const { counts, all } = budgets('puts', 3);
  const [first, second] = all;
  for (let count = 0; count < 3; count++) first!.take(1);
  expect(second!.take(1)).toBe(false);
  counts.forget(0);
  expect(second!.take(1)).toBe(true);
  expect(counts.total('puts')).toBe(1);
});

test('N3: whatever is taken and released, the total is what is held and never more than the limit', () => {
  const step = fc.record({ thread: fc.nat(2), amount: fc.integer({ min: 1, max: 40 }), takes: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { counts, all } = budgets('puts', 50);
      const held = all.map((): number[] => []);
      for (const { thread, amount, takes } of steps) {
        if (takes && all[thread]!.take(amount)) held[thread]!.push(amount);
        if (!takes && held[thread]!.length > 0) all[thread]!.release(held[thread]!.pop()!);
        const total = held.flat().reduce((sum, one) => sum + one, 0);
        expect(counts.total('puts')).toBe(total);
        expect(total).toBeLessThanOrEqual(50);
      }
    }),
  );
});
