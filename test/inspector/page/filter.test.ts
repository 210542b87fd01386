import { expect, test } from 'vitest';
import { durationOf, isFiltering, matcher, NO_FILTER, toggled } from '../../../src/inspector/page/filter.ts';
import { transaction } from './samples.ts';

const id = '5c1fb1a1e4b1f2f3000000000000cart';
const put = transaction(id, {
  outcome: 'stale',
  startedMs: 100,
  endedMs: 102,
  keys: [
    { key: 'Cart:42', expected: 1 },
    { key: 'pears', expected: 1 },
  ],
});

test('without a filter, everything fits', () => {
  expect(isFiltering(NO_FILTER)).toBe(false);
  expect(matcher(NO_FILTER, 1000)(put)).toBe(true);
});

test.each([
  ['a part of any of its keys, in any case', { text: 'cart:4' }, true],
  ['a part of another of its keys', { text: 'ear' }, true],
  ['no part of a key', { text: 'apples' }, false],
  ['the beginning of its id', { text: '5c1fb1' }, true],
  ['the end of its id', { text: '0000cart' }, true],
  ['a letter that is in its id only', { text: '5c' }, false],
  ['its outcome', { outcomes: new Set(['stale', 'inFlight'] as const) }, true],
  ['another outcome', { outcomes: new Set(['committed'] as const) }, false],
  ['as long as it took', { durationMsMin: 2 }, true],
  ['longer than it took', { durationMsMin: 2.1 }, false],
])('%s', (_, changes, fits) => {
  expect(matcher({ ...NO_FILTER, ...changes }, 1000)(put)).toBe(fits);
});

test('what is under way has lasted until the moment that is shown', () => {
  const underWay = transaction(id, { startedMs: 100 });
  expect(durationOf(underWay, 130)).toBe(30);
  expect(durationOf(underWay, 90)).toBe(0);
  expect(matcher({ ...NO_FILTER, durationMsMin: 40 }, 130)(underWay)).toBe(false);
  expect(matcher({ ...NO_FILTER, durationMsMin: 40 }, 140)(underWay)).toBe(true);
});

test('an outcome is chosen and given up', () => {
  const chosen = toggled(new Set(), 'stale');
  expect([...chosen]).toEqual(['stale']);
  expect([...toggled(chosen, 'stale')]).toEqual([]);
});
