import { expect, test } from 'vitest';
import * as format from '../../../src/inspector/page/format-numbers.ts';

test.each([
  [0, '0'],
  [7, '7'],
  [999, '999'],
  [999.6, '1000'],
  [1000, '1.00k'],
  [12_345, '12.3k'],
  [999_499, '999k'],
  [999_600, '1.00M'],
  [4_560_000, '4.56M'],
  [7.2e9, '7.20G'],
])('count %d for a badge', (value, text) => {
  expect(format.formatShort(value)).toBe(text);
});

test.each([
  [0, '0 ms'],
  [0.0042, '4.2 µs'],
  [0.038, '38 µs'],
  [0.9996, '1.00 ms'],
  [1.624, '1.62 ms'],
  [12.35, '12.3 ms'],
  [124, '124 ms'],
  [999.6, '1.00 s'],
  [12_400, '12.4 s'],
  [59_960, '1 min'],
  [125_000, '2 min 5 s'],
  [-3, '-3.00 ms'],
])('%d ms', (ms, text) => {
  expect(format.formatDuration(ms)).toBe(text);
});

test.each([
  [12_400, '−12.4 s'],
  [0, '−0.0 s'],
  [-5, '−0.0 s'],
  [83_000, '−1:23 min'],
])('%d ms ago', (ms, text) => {
  expect(format.formatAgo(ms)).toBe(text);
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [4096, '4.0 KiB'],
  [1024 * 1024 - 1, '1.0 MiB'],
  [67_108_864, '64 MiB'],
])('%d bytes', (bytes, text) => {
  expect(format.formatBytes(bytes)).toBe(text);
});

test.each([
  [0, 10, '0 %'],
  [1, 1000, '< 1 %'],
  [999, 1000, '> 99 %'],
  [10, 10, '100 %'],
  [63, 100, '63 %'],
  [0, 0, '0 %'],
])('%d of %d', (part, whole, text) => {
  expect(format.formatShare(part, whole)).toBe(text);
});

test('rates, seconds, ids and counts', () => {
  expect([0, 0.4, 2, 12, 2700].map(format.formatRate)).toEqual(['0/s', '0.4/s', '2/s', '12/s', '2.70k/s']);
  expect([900, 42_900, 300_000, 301_000].map(format.formatSeconds)).toEqual(['0 s', '42 s', '5 min', '5 min 1 s']);
  expect(format.shortId('5c1fb1a1e4b1f2f30000000000000a3e')).toBe('5c1f…0a3e');
  expect(format.shortId('a3e')).toBe('a3e');
  expect([format.plural(1, 'key'), format.plural(1200, 'key')]).toEqual(['1 key', '1,200 keys']);
});

test('the wall clock goes on from the start; where that is no time, the time since then is said', () => {
  expect(format.formatClock('2026-11-30T12:00:00.000Z', 1234)).toMatch(/:01\.2$/);
  expect(format.formatClock('no time', 1234)).toBe('1.23 s');
});

test('what cannot be seen in a key is written out; what belongs to it is left alone', () => {
  expect(format.visibleKey('a\tb\u0000\u202e\u2028')).toBe('a\\tb\\u{0}\\u{202e}\\u{2028}');
  for (const key of ['עגלה', '👩‍👩‍👧', '</script>', 'cart:42']) expect(format.visibleKey(key)).toBe(key);
});
