import { expect, test } from 'vitest';
import { TransactionIndex } from '../../../src/inspector/page/transaction-index.ts';
import { frame, transaction } from './samples.ts';

const all = () => true;

test('a transaction is shown as it was known at the moment', () => {
  const index = new TransactionIndex();
  index.add(0, frame(1, { transactions: [transaction('a')] }));
  index.add(1, frame(2, { transactions: [transaction('b', { startedMs: 150 })] }));
  index.add(2, frame(3, { transactions: [transaction('a', { outcome: 'committed', endedMs: 250 })] }));
  expect(index.find('a', 1)!.outcome).toBe('underWay');
  expect(index.find('a', 2)!.outcome).toBe('committed');
  expect(index.find('b', 0)).toBeUndefined();
  expect(index.newest(0, all, 10).map(({ id }) => id)).toEqual(['a']);
  expect(index.newest(2, all, 10).map(({ id }) => id)).toEqual(['b', 'a']);
});

test('of an id that comes twice in a frame, the last holds', () => {
  const index = new TransactionIndex();
  index.add(0, frame(1, { transactions: [transaction('a'), transaction('a', { outcome: 'stale' })] }));
  expect(index.find('a', 0)!.outcome).toBe('stale');
});

test('the newest come first, also within a frame, and no more than are wanted', () => {
  const index = new TransactionIndex();
  const [early, late] = [transaction('early', { startedMs: 10 }), transaction('late', { startedMs: 20 })];
  index.add(0, frame(1, { transactions: [late, early] }));
  expect(index.newest(0, all, 10).map(({ id }) => id)).toEqual(['late', 'early']);
  expect(index.newest(0, all, 1)).toHaveLength(1);
});

test('what no kept frame tells of is forgotten', () => {
  const index = new TransactionIndex();
  for (let i = 0; i < 10_000; i++) {
    index.add(i, frame(i + 1, { transactions: [transaction(`t${i}`, { startedMs: i })] }));
    index.dropBefore(i - 99);
  }
  expect(index.size).toBe(100);
  expect(index.newest(9999, all, 1000)).toHaveLength(100);
  expect(index.find('t9899', 9999)).toBeUndefined();
  expect(index.find('t9900', 9999)).toBeDefined();
});

test('one that was under way and is not told of again after a gap is not shown as if it still were', () => {
  const index = new TransactionIndex();
  const both = [transaction('ended unseen'), transaction('still there')];
  index.add(0, frame(1, { transactions: both }));
  index.add(1, frame(2, {}));
  index.add(2, frame(9, { transactions: [transaction('still there')] }));
  for (let at = 3; at <= 20; at++) index.add(at, frame(at + 7, {}));
  expect(index.find('ended unseen', 1)).toBeDefined();
  expect(index.find('ended unseen', 20)).toBeUndefined();
  expect(index.find('still there', 20)).toBeDefined();
  expect(index.newest(20, all, 10).map(({ id }) => id)).toEqual(['still there']);
});
