import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys, sortKeys } from '../../src/wal/key-order.ts';
import { holds } from './support/property.ts';

const keys = fc.string({ unit: 'binary', maxLength: 12 });

test('keys sort as their UTF-8 bytes do', () => {
  holds([keys, keys], (a, b) => {
    expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
  });
  // The places where UTF-16 and UTF-8 disagree are rare among random strings: these are nothing else.
  const edges = fc.string({ unit: fc.constantFrom('a', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}') });
  holds([edges, edges], (a, b) => {
    expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
  });
});

test('a character beyond U+FFFF sorts behind U+FFFF, though its UTF-16 units are smaller', () => {
  expect('\u{1f600}' < '\uff5e').toBe(true);
  expect(compareKeys('\u{1f600}', '\uff5e')).toBeGreaterThan(0);
});

test('a key sorts before every longer one that it begins, and equals only itself', () => {
  expect(compareKeys('a', 'ab')).toBeLessThan(0);
  expect(compareKeys('a\0', 'a')).toBeGreaterThan(0);
  expect(compareKeys('', '')).toBe(0);
  expect(compareKeys('e\u0301', '\u00e9')).toBeLessThan(0); // the same to the eye, and two keys
});

test('every surrogate sorts behind every other character that takes one unit', () => {
  for (const surrogate of ['\ud800', '\udbff', '\udc00', '\udfff']) {
    expect(compareKeys(surrogate, '\ue000'), surrogate).toBeGreaterThan(0);
    expect(compareKeys(surrogate, '\uffff'), surrogate).toBeGreaterThan(0);
    expect(compareKeys(surrogate, '\ud7ff'), surrogate).toBeGreaterThan(0);
  }
});

test('a list of keys is sorted in place as its UTF-8 bytes are', () => {
  const key = fc.string({ unit: fc.constantFrom('a', 'b', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}') });
  const bytewise = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  holds([fc.array(key)], (list) => {
    const expected = list.toSorted(bytewise);
    expect(sortKeys(list)).toBe(list);
    expect(list).toEqual(expected);
  });
  expect(sortKeys(['b', 'a', 'ab'])).toEqual(['a', 'ab', 'b']);
  // One such key among many is enough to need the other order.
  expect(sortKeys(['\u{10000}', 'a', '\uffff'])).toEqual(['a', '\uffff', '\u{10000}']);
});
