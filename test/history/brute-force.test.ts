import { describe, expect, it } from 'vitest';
import { hasSerialOrder } from './brute-force.ts';
import { compareWithBruteForce } from './compare.ts';
import type { Operation } from './history.ts';
import { acked, get, logOf, lost, put, refused, stale } from './small-history.ts';

describe('brute force', () => {
  const isRight = (...operations: readonly Operation[]) => hasSerialOrder({ operations });
  const first = put(1, 2, 'a@0=x', acked(1));

  it('knows right from wrong', () => {
    expect(isRight(first, get(3, 4, 'a@1=x'))).toBe(true);
    expect(isRight(first, get(3, 4, 'a@0'))).toBe(false);
    expect(isRight(first, get(3, 4, 'a@1=y'))).toBe(false);
    expect(isRight(put(1, 4, 'a@0=x', acked(1)), get(2, 3, 'a@0'))).toBe(true);
    expect(isRight(first, put(3, 4, 'a@0=y', stale('a@1')))).toBe(true);
    expect(isRight(first, put(3, 4, 'a@0=y', stale('a@2')))).toBe(false);
    expect(isRight(first, put(3, 4, 'a@0=y b@1=y', stale('a@1')))).toBe(false);
    expect(isRight(put(1, 2, 'a@0=x', refused), get(3, 4, 'a@1=x'))).toBe(false);
    expect(isRight(lost(1, 'a@0=x'), get(2, 3, 'a@0'), get(4, 5, 'a@1=x'))).toBe(true);
    expect(isRight(lost(1, 'a@0=x'), get(2, 3, 'a@1=x'), get(4, 5, 'a@0'))).toBe(false);
  });

  it('knows that nothing of before a restart happens after it', () => {
    const operations = [lost(1, 'a@0=x'), get(3, 4, 'a@0'), get(5, 6, 'a@1=x')];
    expect(hasSerialOrder({ operations, restarts: [] })).toBe(true);
    expect(hasSerialOrder({ operations, restarts: [2] })).toBe(false);
  });

  it('knows the log', () => {
    const operations = [put(1, 4, 'a@0=x', acked(1)), put(2, 3, 'b@0=y', acked(2))];
    expect(hasSerialOrder({ operations }, logOf('a@1=x', 'b@1=y'))).toBe(true);
    expect(hasSerialOrder({ operations }, logOf('b@1=y', 'a@1=x'))).toBe(false);
    expect(hasSerialOrder({ operations }, logOf('a@1=x'))).toBe(false);
    expect(hasSerialOrder({ operations }, logOf('a@1=x', 'b@1=y', 'a@2=z'))).toBe(false);
  });
});

it('the checkers say what brute force says, on many histories of both kinds', () => {
  const figures = compareWithBruteForce(0, 5000);
  expect(figures.right).toBeGreaterThan(2500);
  expect(figures.wrong).toBeGreaterThan(500);
  expect(figures.wrongByLog).toBeGreaterThan(1000);
});
