import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/http/failures.ts';
import { decodePut, type PutLimits } from '../../src/http/put-body.ts';
import type { Value } from '../../src/wal/value.ts';
import { WholeFloat } from '../../src/wal/value.ts';
import { defaultSettings } from './support/http-fixture.ts';

const decode = (body: string | Buffer, limits: Partial<PutLimits> = {}) =>
  decodePut(Buffer.from(body as string), { ...defaultSettings, ...limits });
const withValue = (value: string) => `[{"key":"k","value":${value},"version":0}]`;
const withVersion = (version: string) => `[{"key":"k","value":"v","version":${version}}]`;
const withKey = (key: string) => `[{"key":${key},"value":"v","version":0}]`;

describe('values and their types', () => {
  test.each<[row: string, text: string, value: Value]>([
    ['', '"v"', 'v'],
    ['', '""', ''],
    ['', 'true', true],
    ['', 'false', false],
    ['', '[]', []],
    ['', '[1,2.0,-3,0.5]', [1, new WholeFloat(2), -3, 0.5]],
    ['D4', String.raw`"\u0000\u0001"`, '\0\x01'],
    ['D5', String.raw`"\ud83d\ude00"`, '😀'],
    ['D8', '9007199254740991', 9007199254740991],
    ['D8', '9007199254740992', 9007199254740992n],
    ['D8', '9007199254740993', 9007199254740993n],
    ['D8', '-9007199254740993', -9007199254740993n],
    ['D8', '9223372036854775807', 9223372036854775807n],
    ['D8', '-9223372036854775808', -9223372036854775808n],
    ['D8', '[1,9007199254740993,2]', [1, 9007199254740993n, 2]],
    ['D9', '1.0', new WholeFloat(1)],
    ['D9', '1e3', new WholeFloat(1000)],
    ['D9', '1E+3', new WholeFloat(1000)],
    ['D9', '-0', 0],
    ['D9', '[-0,1]', [0, 1]],
    ['D9', '[-0,1.5]', [0, 1.5]],
    ['D9', '-0.0', new WholeFloat(-0)],
    ['D9', '0e0', new WholeFloat(0)],
    ['D9', '1e-1', 0.1],
    ['D9', '1e-400', new WholeFloat(0)],
    ['D9', '9007199254740993.0', new WholeFloat(9007199254740992)],
    ['D10', '1.7976931348623157e308', new WholeFloat(Number.MAX_VALUE)],
  ])('%s %s is read exactly', (_row, text, value) => {
    expect(decode(withValue(text))).toStrictEqual([{ key: 'k', value, version: 0 }]);
  });

  test.each<[row: string, text: string, code: ErrorCode]>([
    ['D5', String.raw`"\ud800"`, 'BAD_VALUE'],
    ['D5', String.raw`"\ude00\ud83d"`, 'BAD_VALUE'],
    ['D9', '9223372036854775808', 'BAD_VALUE'],
    ['D9', '-9223372036854775809', 'BAD_VALUE'],
    ['D9', '[0,9223372036854775808]', 'BAD_VALUE'],
    ['D9', '1000000000000000000000000000000', 'BAD_VALUE'],
    ['D10', '1e400', 'BAD_VALUE'],
    ['D10', '[-1e400]', 'BAD_VALUE'],
    ['D11', 'NaN', 'BAD_JSON'],
    ['D11', 'Infinity', 'BAD_JSON'],
    ['D11', '-Infinity', 'BAD_JSON'],
    ['D11', '01', 'BAD_JSON'],
    ['D11', '1.', 'BAD_JSON'],
    ['D11', '.5', 'BAD_JSON'],
    ['D11', '+1', 'BAD_JSON'],
    ['D11', '0x1', 'BAD_JSON'],
    ['D11', '1n', 'BAD_JSON'],
    ['D11', "'v'", 'BAD_JSON'],
    ['D11', '"\n"', 'BAD_JSON'],
    ['', 'null', 'BAD_VALUE'],
    ['', '{}', 'BAD_VALUE'],
    ['', '{"a":1,"a":1}', 'BAD_VALUE'],
    ['', '["1"]', 'BAD_VALUE'],
    ['', '[true]', 'BAD_VALUE'],
    ['', '[null]', 'BAD_VALUE'],
    ['', '[[1]]', 'BAD_VALUE'],
    ['', '[1,{}]', 'BAD_VALUE'],
  ])('%s value %s is refused', (_row, text, code) => {
    expect(decode(withValue(text))).toMatchObject({ failure: code });
  });
});

describe('versions', () => {
  test.each(['0', '1', '10', '9007199254740990', '9007199254740991'])('D18 %s is one', (text) => {
    expect(decode(withVersion(text))).toStrictEqual([{ key: 'k', value: 'v', version: Number(text) }]);
  });

  test.each(['1.0', '1.5', '0.0', '1e3', '0e0', '1E0', '-0', '-0.0', '-1', '1e400'])('D9 %s is none', (text) => {
    expect(decode(withVersion(text))).toMatchObject({ failure: 'BAD_VERSION', error: expect.stringContaining(text) });
  });

  test.each(['9007199254740992', '9007199254740993', '99999999999999999999', '"0"', 'null', 'true', '[0]', '{}'])(
    'D8 %s is none',
    (text) => {
      expect(decode(withVersion(text))).toMatchObject({ failure: 'BAD_VERSION' });
    },
  );

  test('D9 a float beside it does not make an integer of it, whatever stands first', () => {
    for (const members of ['"version":1.0,"value":2.5,"key":"k"', '"value":2.5,"key":"k","version":1.0']) {
      expect(decode(`[{${members}}]`)).toMatchObject({ failure: 'BAD_VERSION' });
    }
    const operation = { key: 'k', value: new WholeFloat(1), version: 1 };
    for (const members of ['"version":1,"value":1.0,"key":"k"', '"value":1.0,"key":"k","version":1']) {
      expect(decode(`[{${members}}]`)).toStrictEqual([operation]);
    }
  });
});

describe('keys', () => {
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '\0', 'a\u0007b', ' ', '"', '0'])(
    'D3 D4 %j is an ordinary key',
    (key) => {
      expect(decode(withKey(JSON.stringify(key)))).toStrictEqual([{ key, value: 'v', version: 0 }]);
    },
  );

  test('D6 composed and decomposed forms are two keys', () => {
    const result = decode('[{"key":"\u00e9","value":1,"version":0},{"key":"e\u0301","value":2,"version":0}]');
    expect(result).toStrictEqual([
      { key: '\u00e9', value: 1, version: 0 },
      { key: 'e\u0301', value: 2, version: 0 },
    ]);
  });

  test.each([
    ['D4', '""'],
    ['D5', String.raw`"\ud800"`],
    ['D5', String.raw`"a\udfffb"`],
    ['', '1'],
    ['', '1.5'],
    ['', 'null'],
    ['', '["k"]'],
    ['', '{}'],
  ])('%s %s is none', (_row, key) => {
    expect(decode(withKey(key))).toMatchObject({ failure: 'BAD_KEY' });
  });

  test.each([
    ['"k"', '"k"'],
    ['"k"', String.raw`"\u006b"`],
    [String.raw`"\u0000"`, String.raw`"\u0000"`],
  ])('D1 %s and %s are the same key', (first, second) => {
    const body = `[{"key":${first},"value":1,"version":0},{"key":"other","value":1,"version":0},{"key":${second},"value":2,"version":0}]`;
    expect(decode(body)).toMatchObject({
      failure: 'DUPLICATE_KEY',
      error: expect.stringMatching(/^operation 2: .* operation 0 /),
    });
  });
});

describe('members and shape', () => {
  test.each<[row: string, body: string, code: ErrorCode, error: string]>([
    ['D2', '[{"key":"a","key":"b","value":1,"version":0}]', 'BAD_MEMBER', 'operation 0: member "key"'],
    ['D2', '[{"key":"a","value":1,"version":0,"version":0}]', 'BAD_MEMBER', 'operation 0: member "version"'],
    ['D2', String.raw`[{"key":"a","value":1,"version":0,"\u006bey":"b"}]`, 'BAD_MEMBER', 'operation 0: member "key"'],
    ['D2', '[{"key":"a","value":1.5,"value":2,"version":0},{"key":"b","version":0}]', 'BAD_MEMBER', 'operation 1'],
    ['D3', '[{"key":"a","value":1,"version":0,"__proto__":{}}]', 'BAD_MEMBER', '"__proto__" is unknown'],
    ['D3', '[{"__proto__":{"key":"a","value":1,"version":0}}]', 'BAD_MEMBER', '"__proto__" is unknown'],
    ['D3', '[{"key":"a","value":1,"version":0,"constructor":1}]', 'BAD_MEMBER', '"constructor" is unknown'],
    ['D19', '[{"key":"a","value":1,"version":0,"extra":1}]', 'BAD_MEMBER', '"extra" is unknown'],
    ['D19', '[{"key":"a","value":1,"version":0,"0":1}]', 'BAD_MEMBER', '"0" is unknown'],
    ['D19', '[{"Key":"a","value":1,"version":0}]', 'BAD_MEMBER', '"Key" is unknown'],
    ['D19', '[{"key ":"a","value":1,"version":0}]', 'BAD_MEMBER', '"key " is unknown'],
    ['D19', String.raw`[{"key":"a","value":1,"\\":0}]`, 'BAD_MEMBER', 'is unknown'],
    ['D19', '[{"value":1,"version":0}]', 'BAD_MEMBER', '"key" is missing'],
    ['D19', '[{"key":"a","version":0}]', 'BAD_MEMBER', '"value" is missing'],
    ['D19', '[{"key":"a","value":1,"version":0},{"key":"b","value":1}]', 'BAD_MEMBER', 'operation 1: member "version"'],
    ['D19', '[{}]', 'BAD_MEMBER', 'missing'],
    ['', '[]', 'BAD_BODY', 'no operation'],
    ['', '{}', 'BAD_BODY', 'not an array'],
    ['', '{"key":"a","value":1,"version":0}', 'BAD_BODY', 'not an array'],
    ['', 'null', 'BAD_BODY', 'not an array'],
    ['', '"a"', 'BAD_BODY', 'not an array'],
    ['', '1.5', 'BAD_BODY', 'not an array'],
    ['', '[1]', 'BAD_BODY', 'operation 0'],
    ['', '[null]', 'BAD_BODY', 'operation 0'],
    ['', '[[]]', 'BAD_BODY', 'operation 0'],
    ['', '["a"]', 'BAD_BODY', 'operation 0'],
    ['', '[{"key":"a","value":1,"version":0},2]', 'BAD_BODY', 'operation 1'],
    ['', '', 'BAD_JSON', 'empty'],
    ['', ' ', 'BAD_JSON', 'JSON'],
    ['', '[', 'BAD_JSON', 'JSON'],
    ['', '[{"key":"a","value":1,"version":0}', 'BAD_JSON', 'JSON'],
    ['', '[{"key":"a","value":1,"version":0},]', 'BAD_JSON', 'JSON'],
    ['', '[{"key":"a","value":1,"version":0}]]', 'BAD_JSON', 'JSON'],
    ['', '[{"key":"a","value":1,"version":0}]\0', 'BAD_JSON', 'JSON'],
    ['', '[{"key":"a","value":1,"version":0}] // no', 'BAD_JSON', 'JSON'],
    ['', "[{'key':'a','value':1,'version':0}]", 'BAD_JSON', 'JSON'],
    ['D7', '\ufeff[{"key":"a","value":1,"version":0}]', 'BAD_ENCODING', 'byte order mark'],
  ])('%s %j is refused', (_row, body, code, error) => {
    expect(decode(body)).toMatchObject({ failure: code, error: expect.stringContaining(error) });
  });

  test.each([
    ['a lone continuation byte', [0x80]],
    ['a sequence that is cut short', [0xe2, 0x82]],
    ['an overlong sequence', [0xc0, 0xaf]],
    ['half a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a code point beyond the last', [0xf4, 0x90, 0x80, 0x80]],
    ['Latin-1', [0xe9]],
  ])('D7 %s is not UTF-8', (_name, bytes) => {
    const body = Buffer.concat([
      Buffer.from('[{"key":"a'),
      Buffer.from(bytes),
      Buffer.from('","value":1,"version":0}]'),
    ]);
    expect(decode(body)).toMatchObject({ failure: 'BAD_ENCODING' });
  });

  test('D7 UTF-16 is not UTF-8', () => {
    expect(decode(Buffer.from('\ufeff[]', 'utf16le'))).toMatchObject({ failure: 'BAD_ENCODING' });
  });
});

describe('limits: n - 1, n and n + 1', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  const put = (count: number) =>
    JSON.stringify(Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: [index], version: 0 })));

  test.each<[setting: string, limit: number, body: (n: number) => string]>([
    ['keyBytesMax', 8, (n) => withKey(JSON.stringify('k'.repeat(n)))],
    ['keyBytesMax', 8, (n) => withKey(JSON.stringify(`${'é'.repeat(3)}${'k'.repeat(n - 6)}`))],
    ['valueBytesMax', 16, (n) => withValue(JSON.stringify('v'.repeat(n)))],
    ['valueBytesMax', 16, (n) => withValue(JSON.stringify(`😀${'v'.repeat(n - 4)}`))],
    ['arrayLengthMax', 5, (n) => withValue(JSON.stringify(Array(n).fill(1)))],
    ['arrayLengthMax', 5, (n) => withValue(JSON.stringify(Array(n).fill(1.5)))],
    ['operationsMax', 5, put],
  ])('D14 %s %i', (setting, limit, body) => {
    for (const n of [limit - 1, limit]) expect(decode(body(n), { [setting]: limit })).toBeInstanceOf(Array);
    const { failure, error } = decode(body(limit + 1), { [setting]: limit }) as { failure: string; error: string };
    expect(failure).toBe('LIMIT_EXCEEDED');
    expect(error).toContain(`${setting}, ${limit}`);
    expect(error).toContain(`${limit + 1} `);
  });

  test('D14 characters of three bytes count as three', () => {
    expect(decode(withKey('"€€€"'), { keyBytesMax: 8 })).toMatchObject({ failure: 'LIMIT_EXCEEDED' });
    expect(decode(withValue('"€€€"'), { valueBytesMax: 8 })).toMatchObject({ failure: 'LIMIT_EXCEEDED' });
  });

  test.each([
    ['1', 8],
    ['1.5', 8],
    ['true', 1],
    ['[1,2]', 16],
  ])('D14 %s takes %i bytes', (value, bytes) => {
    expect(decode(withValue(value), { valueBytesMax: bytes })).toBeInstanceOf(Array);
    expect(decode(withValue(value), { valueBytesMax: bytes - 1 })).toMatchObject({ failure: 'LIMIT_EXCEEDED' });
  });

  test('D13 nesting', () => {
    for (const depth of [63, 64]) expect(decode(nested(depth))).toMatchObject({ failure: 'BAD_BODY' });
    for (const depth of [65, 1_000_000]) {
      expect(decode(nested(depth))).toMatchObject({
        failure: 'LIMIT_EXCEEDED',
        error: expect.stringContaining(`${depth} deep, more than 64`),
      });
    }
  });

  test.each([
    ['objects', '[{},{},{},{}]', '4 objects'],
    ['members', '[{"a":0,"b":0,"c":0,"d":0,"e":0,"f":0,"g":0,"h":0,"i":0,"j":0}]', '10 members'],
    ['arrays', '[[],[],[],[]]', '5 arrays'],
    ['elements', '[0,0,0,0]', '4 operations'],
  ])('N13 more %s than operationsMax allows are counted, not looked at', (_what, body, error) => {
    expect(decode(body, { operationsMax: 3 })).toMatchObject({
      failure: 'LIMIT_EXCEEDED',
      error: expect.stringContaining(error),
    });
  });
});

describe('what errors say', () => {
  test('N8 no part of a value', () => {
    for (const body of [
      withValue('{"secret":1}'),
      withValue('"secret'),
      withValue('"secret\\ud800"'),
      '[{"key":"a","value":secret}]',
    ]) {
      expect((decode(body) as { error: string }).error).not.toContain('secret');
    }
  });

  test('N9 of a key or member name a piece, escaped', () => {
    const long = `<script>"\u0007${'x'.repeat(500)}`;
    for (const body of [withKey(JSON.stringify(long + 'y'.repeat(2000))), JSON.stringify([{ [long]: 1 }])]) {
      const { error } = decode(body) as { error: string };
      expect(error).toContain(String.raw`"<script>\"\u0007xxx`);
      expect(error.length).toBeLessThan(200);
    }
  });
});
