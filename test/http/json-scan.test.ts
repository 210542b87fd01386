import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  elementStarts,
  findDoubledMember,
  float,
  longInteger,
  NumberTexts,
  plainInteger,
  scanJson,
} from '../../src/http/json-scan.ts';
import { jsonText } from './support/json-texts.ts';

describe('scan', () => {
  test.each([
    ['[]', { members: 0, objects: 0, arrays: 1, depth: 1 }],
    ['"a"', { members: 0, objects: 0, arrays: 0, depth: 0 }],
    ['[{"a":1,"b":[2]},{}]', { members: 2, objects: 2, arrays: 2, depth: 3 }],
    ['{"a":1,"a":2}', { members: 2, objects: 1, arrays: 0, depth: 1 }],
    ['{":{[,]}":":"}', { members: 1, objects: 1, arrays: 0, depth: 1 }],
    [String.raw`["\":", "\\", {"\\\"":"\\\\"}]`, { members: 1, objects: 1, arrays: 1, depth: 2 }],
    ['[[[]],[]]', { members: 0, objects: 0, arrays: 4, depth: 3 }],
  ])('%s is counted outside its strings', (text, counts) => {
    expect(scanJson(text)).toMatchObject(counts);
  });

  test.each([
    '0',
    '-1',
    '999999999999999',
    '[true,false,null]',
    '["1.5","1e3"]',
    '[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]',
  ])('%s has only numbers that are what their double is', (text) => {
    expect(scanJson(text).hasSpecialNumbers).toBe(false);
  });

  test.each(['1.5', '-0.0', '1e3', '1E3', '[1,2e0]', '1000000000000000', '[0,-9007199254740993]'])(
    '%s has a number that is more than its double',
    (text) => {
      expect(scanJson(text).hasSpecialNumbers).toBe(true);
    },
  );

  test.each(['"', '"\\', '["a', '"\\"', '{"a":"\\\\\\"', ']]]', '\\"'])('%s is no JSON, and the scan ends', (text) => {
    expect(scanJson(text).depth).toBeLessThanOrEqual(1);
  });

  test('counts what JSON.parse finds, in any JSON text', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const { members, objects, arrays, depth } = scanJson(text);
        expect({ members, objects, arrays, depth }).toEqual(countParsed(JSON.parse(text)));
      }),
    );
  });
});

describe('texts of numbers', () => {
  test('come in text order, with their kind', () => {
    const texts = new NumberTexts('[ 1,-2.5 , {"3":"4","k":-0}, 1E+2,12345678901234567]');
    const read = () => [texts.next(), texts.text()];
    expect([read(), read(), read(), read(), read()]).toEqual([
      [plainInteger, '1'],
      [float, '-2.5'],
      [plainInteger, '-0'],
      [float, '1E+2'],
      [longInteger, '12345678901234567'],
    ]);
  });

  test('there are no more than the text has', () => {
    const texts = new NumberTexts('["1"]');
    expect(() => texts.next()).toThrow(RangeError);
  });

  test('are those of which JSON.parse gives the doubles', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const texts = new NumberTexts(text);
        for (const number of numbersIn(text)) {
          texts.next();
          expect(texts.text()).toBe(number);
        }
        expect(() => texts.next()).toThrow(RangeError);
      }),
    );
  });
});

describe('the beginnings of elements', () => {
  test('are behind the bracket and the commas between them, in any array', () => {
    fc.assert(
      fc.property(fc.array(jsonText, { minLength: 1, maxLength: 5 }), (elements) => {
        const starts = elements.map((_, index) => 2 + elements.slice(0, index).join().length + Math.min(index, 1));
        expect(elementStarts(` [${elements.join()}]`)).toEqual(starts);
      }),
    );
  });

  test('texts of numbers go on there', () => {
    const text = '[[1,2.5],3,["4",{"5":[-6e7]}]]';
    const texts = new NumberTexts(text);
    const [, , third] = elementStarts(text);
    texts.next();
    texts.goTo(third!);
    expect([texts.next(), texts.text()]).toEqual([float, '-6e7']);
  });
});

describe('the doubled member', () => {
  test.each([
    ['[{"a":1,"a":2}]', { path: [0], name: 'a' }],
    ['[{"a":1},{"b":1,"a":2,"b":3}]', { path: [1], name: 'b' }],
    ['[0,"{",[],{"a":[1,2],"a":2}]', { path: [3], name: 'a' }],
    [String.raw`[{"a":1,"\u0061":2}]`, { path: [0], name: 'a' }],
    [String.raw`[{"\"":1,"\\":2,"\"":3}]`, { path: [0], name: '"' }],
    ['[{"a":{"b":1,"b":2}}]', undefined],
    ['[{"a":1},{"a":2}]', undefined],
  ])('at depth 2: %s', (text, doubled) => {
    expect(findDoubledMember(text, 2)).toEqual(doubled);
  });

  test.each([
    ['{"a":1,"a":2}', { path: [], name: 'a' }],
    ['[{"a":{"b":1,"b":2}}]', { path: [0, 0], name: 'b' }],
    ['[{"a":{"b":1},"b":2},{"a":[0,{},{"a":0,"c":[],"c":0}]}]', { path: [1, 0, 2], name: 'c' }],
    ['[{"a":[{"a":{"a":1}},{"a":[{"a":1}]}]}]', undefined],
  ])('anywhere: %s', (text, doubled) => {
    expect(findDoubledMember(text, 64)).toEqual(doubled);
  });

  test('is found in any JSON text that has one, and in no other', () => {
    fc.assert(
      fc.property(jsonText, jsonText, (text, other) => {
        expect(findDoubledMember(text, 64)).toBeUndefined();
        expect(findDoubledMember(`[${text},{"a":[${text}],"b":${other},"a":${other}}]`, 64)).toEqual({
          path: [1],
          name: 'a',
        });
      }),
    );
  });
});

/** What the scan should see in a text without doubled members. */
function countParsed(value: unknown): { members: number; objects: number; arrays: number; depth: number } {
  if (typeof value !== 'object' || value === null) return { members: 0, objects: 0, arrays: 0, depth: 0 };
  const inner = Object.values(value).map(countParsed);
  const sum = (count: 'members' | 'objects' | 'arrays') => inner.reduce((total, counts) => total + counts[count], 0);
  const isArray = Array.isArray(value);
  return {
    members: sum('members') + (isArray ? 0 : Object.keys(value).length),
    objects: sum('objects') + (isArray ? 0 : 1),
    arrays: sum('arrays') + (isArray ? 1 : 0),
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
  };
}

/** The numbers of a JSON text as they are written, found in another way: whatever is left between strings. */
function numbersIn(text: string): readonly string[] {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"/g, ' ').match(/-?\d[\d.eE+-]*/g) ?? [];
}
