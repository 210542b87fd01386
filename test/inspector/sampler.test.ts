import { describe, expect, test } from 'vitest';
import { Sampler } from '../../src/inspector/sampler.ts';

const RATES = { autoPerS: 100, mostPerS: 200 };
const keys = (...names: string[]) => names.map((key) => ({ key }));
/** The first of every so many is chosen: as if the random numbers came in order. */
const inOrder = (steps: number) => {
  let at = 0;
  return () => (at++ % steps) / steps;
};

/** Puts of one interval of 100 ms; how many of them were chosen. */
function interval(sampler: Sampler, puts: number, key = 'k'): number {
  let chosen = 0;
  for (let put = 0; put < puts; put += 1) if (sampler.chooses(keys(key))) chosen += 1;
  expect(sampler.takeInterval(100)).toEqual({ seen: puts, chosen });
  return chosen;
}

describe('left to itself', () => {
  test('it shows every put of a quiet server', () => {
    const sampler = new Sampler(RATES);
    sampler.takeInterval(0);
    expect(interval(sampler, 5)).toBe(5);
    expect(sampler.oneIn).toBe(1);
  });

  test('it takes a round number that keeps a busy server within its rate', () => {
    const sampler = new Sampler(RATES, inOrder(1000));
    sampler.takeInterval(0);
    interval(sampler, 1000);
    expect(sampler.oneIn).toBe(100);
    interval(sampler, 1700);
    expect(sampler.oneIn).toBe(200);
  });

  test('it comes back from a burst within some seconds', () => {
    const sampler = new Sampler(RATES);
    sampler.takeInterval(0);
    interval(sampler, 1000);
    for (let tenth = 0; tenth < 50; tenth += 1) interval(sampler, 1);
    expect(sampler.oneIn).toBe(1);
  });
});

describe('asked for a number', () => {
  test('it keeps to it', () => {
    const sampler = new Sampler(RATES, inOrder(10));
    sampler.takeInterval(0);
    sampler.ask(10);
    expect(interval(sampler, 30)).toBe(3);
    expect(sampler).toMatchObject({ oneIn: 10, asked: 10 });
  });

  test('it takes a larger one where that would be too many', () => {
    const sampler = new Sampler(RATES, inOrder(1000));
    sampler.takeInterval(0);
    sampler.ask(1);
    interval(sampler, 1000);
    expect(sampler).toMatchObject({ oneIn: 50, asked: 1 });
  });
});

test('no interval shows more than its budget, whatever comes', () => {
  const sampler = new Sampler(RATES, () => 0);
  sampler.takeInterval(100);
  expect(interval(sampler, 10_000)).toBe(20);
});

test('a key that is followed is always chosen, and others are as before', () => {
  const sampler = new Sampler(RATES, () => 0.999);
  sampler.takeInterval(0);
  sampler.ask(1000, new Set(['mine', 'yours']));
  expect(sampler.chooses(keys('other', 'mine'))).toBe(true);
  expect(sampler.chooses(keys('other'))).toBe(false);
  sampler.ask(1000);
  expect(sampler.chooses(keys('mine'))).toBe(false);
});

test('a put for which there is no room is seen all the same', () => {
  const sampler = new Sampler(RATES, () => 0);
  sampler.takeInterval(0);
  expect(sampler.chooses(keys('k'), false)).toBe(false);
  expect(sampler.chooses(keys('k'), true)).toBe(true);
  expect(sampler.takeInterval(100)).toEqual({ seen: 2, chosen: 1 });
});
