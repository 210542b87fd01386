import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeyBytes, compareKeys, type KeySlice } from '../../src/wal/key-order.ts';
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

test('keys that lie in records are in the same order, wherever they lie', () => {
  const unit = fc.constantFrom('a', 'b', '\0', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}');
  const key = fc.string({ unit });
  const sliceOf = (text: string, before: number): KeySlice => {
    const bytes = Buffer.concat([Buffer.alloc(before, 0x61), Buffer.from(text), Buffer.from('zz')]);
    return { bytes, keyStart: before, keyEnd: bytes.length - 2 };
  };
  holds([key, key, fc.nat(3), fc.nat(3)], (a, b, beforeA, beforeB) => {
    const order = compareKeyBytes(sliceOf(a, beforeA), sliceOf(b, beforeB));
    expect(Math.sign(order)).toBe(Math.sign(compareKeys(a, b)));
  });
});
