/** D1, D3 to D12, D18: what keys, values and versions may be, and what they may not. */
import { type CorpusEntry, put, putOf, refused } from './request.ts';

const refusedValues = (row: string, code: 'BAD_VALUE' | 'BAD_JSON', values: readonly string[]): CorpusEntry[] =>
  refused(
    row,
    400,
    code,
    values.map((value) => [`value ${value}`, putOf({ value })]),
  );

const refusedKeys = (row: string, keys: readonly string[]): CorpusEntry[] =>
  refused(
    row,
    400,
    'BAD_KEY',
    keys.map((key) => [`key ${key}`, putOf({ key })]),
  );

const refusedVersions = (row: string, code: 'BAD_VERSION' | 'BAD_JSON', versions: readonly string[]): CorpusEntry[] =>
  refused(
    row,
    400,
    code,
    versions.map((version) => [`version ${version}`, putOf({ version })]),
  );

/** Each has a key of its own, and is read back as `read`, or as it was written. */
const stored = (row: string, values: readonly (readonly [written: string, read?: string])[]): CorpusEntry[] =>
  values.map(([written, read = written], index) => {
    const key = `${row}-${index}`;
    const bytes = putOf({ key: JSON.stringify(key), value: written });
    return { row, what: `value ${written} is kept as ${read}`, bytes, status: 200, stores: { key, value: read } };
  });

const storedKeys = (row: string, keys: readonly string[]): CorpusEntry[] =>
  keys.map((key) => {
    const bytes = putOf({ key: JSON.stringify(key), value: '1' });
    return { row, what: `key ${JSON.stringify(key)}`, bytes, status: 200, stores: { key, value: '1' } };
  });

const sameKeyTwice: readonly (readonly [string, string])[] = [
  ['"k"', '"k"'],
  ['"k"', String.raw`"\u006b"`],
  [String.raw`"\u0000"`, String.raw`"\u0000"`],
  ['"é"', String.raw`"\u00e9"`],
];

export const keysAndValues: readonly CorpusEntry[] = [
  ...refused(
    'D1',
    400,
    'DUPLICATE_KEY',
    sameKeyTwice.map(([one, two]) => [
      `keys ${one} and ${two}`,
      put(`[{"key":${one},"value":1,"version":0},{"key":${two},"value":2,"version":0}]`),
    ]),
  ),

  ...storedKeys('D3', ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype', 'length']),
  ...storedKeys('D4', ['\0', 'a\0b', '\x07', '\r\n', '\t', ' ', '\x7f', '"', '\\', '/', '&', '+', '%', '#', '?', '=']),
  ...storedKeys('D6', ['\u00e9', 'e\u0301', '\u212b', '\u00c5', 'A\u030a', '\ufb01', 'fi', '\uac00', '\u1100\u1161']),
  ...storedKeys('D5', ['😀', '\ufffd', '\ufeff', '\u2028', '\u{10ffff}', '\ud7ff', '\ue000']),
  ...refusedKeys('D4', ['""', '1', '1.5', 'null', 'true', '["k"]', '{}']),
  ...refusedKeys('D5', [
    String.raw`"\ud800"`,
    String.raw`"\udfff"`,
    String.raw`"a\ud800b"`,
    String.raw`"\udc00\ud800"`,
    String.raw`"\ud83d"`,
  ]),

  ...stored('D8', [
    ['9007199254740991'],
    ['9007199254740992'],
    ['9007199254740993'],
    ['-9007199254740993'],
    ['9223372036854775807'],
    ['-9223372036854775808'],
    ['[9007199254740993,1]'],
  ]),
  ...stored('D9', [
    ['1.0'],
    ['1e3', '1000.0'],
    ['1E+3', '1000.0'],
    ['-0', '0'],
    ['-0.0'],
    ['0e0', '0.0'],
    ['1e-400', '0.0'],
    ['9007199254740993.0', '9007199254740992.0'],
    ['1e20', '100000000000000000000.0'],
    ['1e21', '1e+21'],
  ]),
  ...stored('D12', [
    ['true'],
    ['false'],
    ['""'],
    ['"text"'],
    ['[]'],
    ['[1,2.0,-3,0.5]'],
    ['2'],
    ['2.0'],
    ['1.7976931348623157e+308'],
    ['5e-324'],
  ]),
  ...refusedValues('D5', 'BAD_VALUE', [String.raw`"\ud800"`, String.raw`"\ude00\ud83d"`, String.raw`"x\udbff"`]),
  ...refusedValues('D9', 'BAD_VALUE', [
    '9223372036854775808',
    '-9223372036854775809',
    '[0,9223372036854775808]',
    '1000000000000000000000000000000',
    '-99999999999999999999',
  ]),
  ...refusedValues('D10', 'BAD_VALUE', ['1e400', '-1e400', '[-1e400]', '1.8e308', '1e999999999']),
  ...refusedValues('D11', 'BAD_JSON', [
    'NaN',
    'Infinity',
    '-Infinity',
    'undefined',
    '01',
    '-01',
    '00',
    '1.',
    '.5',
    '+1',
    '-',
    '0x1',
    '1n',
    '1_000',
    '1e',
    "'v'",
    '"\n"',
    '"\t"',
    String.raw`"\x41"`,
    String.raw`"\u12"`,
    'TRUE',
    'tru',
    '"open',
  ]),
  ...refusedValues('D12', 'BAD_VALUE', ['null', '{}', '{"a":1}', '["1"]', '[true]', '[null]', '[[1]]', '[1,{}]']),

  ...refusedVersions('D9', 'BAD_VERSION', ['1.0', '0.0', '1.5', '1e3', '0e0', '1E0', '-0', '-0.0', '-1', '1e400']),
  ...refusedVersions('D8', 'BAD_VERSION', ['9007199254740992', '9007199254740993', '99999999999999999999']),
  ...refusedVersions('D12', 'BAD_VERSION', ['"0"', 'null', 'true', '[0]', '{}']),
  ...refusedVersions('D11', 'BAD_JSON', ['NaN', '00', '01', '+0', '0x0', '']),
  ...refused('D18', 412, 'STALE_VERSION', [
    ['version 2^53 - 1 of a new key', putOf({ version: '9007199254740991' })],
    ['version 1 of a new key', putOf({ version: '1' })],
  ]),
];
