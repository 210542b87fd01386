import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeGetQuery } from '../../src/http/get-query.ts';

const decode = (query: string | undefined, keyBytesMax = 1024) => decodeGetQuery(query, keyBytesMax);

describe('a key', () => {
  test.each([
    ['key=a', 'a'],
    ['key=a+b', 'a b'],
    ['key=a%20b', 'a b'],
    ['key=a%2Bb', 'a+b'],
    ['key=a%2bb', 'a+b'],
    ['key=a=b', 'a=b'],
    ['key==', '='],
    ['key=a%26b', 'a&b'],
    ['key=a%23', 'a#'],
    ['key=a?b', 'a?b'],
    ['key=a;b', 'a;b'],
    ['key=%00', '\0'],
    ['key=%C3%A9', '\u00e9'],
    ['key=e%CC%81', 'e\u0301'],
    ['key=%F0%9F%98%80', '😀'],
    ['key=%EF%BB%BFa', '\ufeffa'],
    ['key=%EF%BF%BD', '\ufffd'],
    ['key=__proto__', '__proto__'],
    ['key=%25zz', '%zz'],
  ])('%s is %j', (query, key) => {
    expect(decode(query)).toBe(key);
  });

  test('of any characters comes through as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
        expect(decode(`key=${encodeURIComponent(key)}`)).toBe(key);
        expect(decode(new URLSearchParams({ key }).toString())).toBe(key);
      }),
    );
  });
});

describe('a query that is refused', () => {
  test.each([
    ['D19', undefined],
    ['D19', ''],
    ['D19', 'key'],
    ['D19', 'a=b'],
    ['D19', 'Key=a'],
    ['D19', '%6bey=a'],
    ['D19', 'key[]=a'],
    ['D19', 'key=a&key=b'],
    ['D19', 'key=a&key=a'],
    ['D19', 'key=a&other=b'],
    ['D19', 'other=b&key=a'],
    ['D19', 'key=a&'],
    ['D19', '&key=a'],
    ['D7', 'key=%FF'],
    ['D7', 'key=%C3'],
    ['D7', 'key=%C0%AF'],
    ['D7', 'key=\xe9'],
    ['D7', 'key=\xc3\xa9'],
    ['D5', 'key=%ED%A0%80'],
    ['', 'key=%'],
    ['', 'key=%4'],
    ['', 'key=%zz'],
    ['', 'key=%u0041'],
    ['', 'key=a#b'],
    ['', 'key=\x7f'],
    ['', 'key=a\tb'],
  ])('%s %s', (_row, query) => {
    expect(decode(query)).toMatchObject({ failure: 'BAD_QUERY' });
  });

  test('D4 an empty key', () => {
    expect(decode('key=')).toMatchObject({ failure: 'BAD_KEY' });
  });

  test('D14 keyBytesMax: n - 1, n and n + 1, counted decoded', () => {
    for (const key of ['%C3%A9a', 'aaa', '%61%61%61', '%C3%A9%C3%A9', 'aaaa'])
      expect(decode(`key=${key}`, 4)).toBeTypeOf('string');
    for (const key of ['%C3%A9%C3%A9a', 'aaaaa', '%61%61%61%61%61']) {
      expect(decode(`key=${key}`, 4)).toMatchObject({
        failure: 'LIMIT_EXCEEDED',
        error: expect.stringMatching(/has 5 bytes, more than keyBytesMax, 4/),
      });
    }
  });
});
