import { describe, expect, test } from 'vitest';
import { decodeBatch, RefusedRequest } from '../../src/http/batch-body.ts';
import type { ErrorCode } from '../../src/http/failures.ts';
import { Refusal } from '../../src/http/failures.ts';
import { decodePut, type PutLimits } from '../../src/http/put-body.ts';
import { WholeFloat } from '../../src/wal/value.ts';
import { defaultSettings } from './support/http-fixture.ts';

const decode = (body: string | Buffer, limits: Partial<PutLimits> = {}) =>
  decodeBatch(Buffer.from(body as string), { ...defaultSettings, ...limits });
const operation = (key: string, value = '1', version = '0') => `{"key":"${key}","value":${value},"version":${version}}`;
const put = (...operations: string[]) => `{"put":[${operations.join()}]}`;
const ok = put(operation('ok'));

/** Why the single put would be refused. */
const alone = (body: string) => new RefusedRequest(decodePut(Buffer.from(body), defaultSettings) as Refusal, true);

describe('requests', () => {
  test('are read in their order, each for itself', () => {
    const body = `[{"get":"g"},${put(operation('a'), operation('b', '"v"', '7'))}, { "get" : "\\u00e9" },${put(operation('a'))}]`;
    expect(decode(body)).toStrictEqual([
      'g',
      [
        { key: 'a', value: 1, version: 0 },
        { key: 'b', value: 'v', version: 7 },
      ],
      'é',
      [{ key: 'a', value: 1, version: 0 }],
    ]);
  });

  test('D3 may name any key', () => {
    const keys = ['__proto__', 'constructor', 'put', 'get', '\0', '😀'];
    expect(decode(JSON.stringify(keys.map((get) => ({ get }))))).toStrictEqual(keys);
  });

  test('D8 D9 D12 have exact numbers, in whatever order their members are', () => {
    const body = `[${put(operation('a', '9007199254740993'))},{"get":"g"},{"put":[{"version":2,"value":[1,2.0,-0.0],"key":"b"}]},${put(operation('c', '1e3', '3'))}]`;
    expect(decode(body)).toStrictEqual([
      [{ key: 'a', value: 9007199254740993n, version: 0 }],
      'g',
      [{ key: 'b', value: [1, new WholeFloat(2), new WholeFloat(-0)], version: 2 }],
      [{ key: 'c', value: new WholeFloat(1000), version: 3 }],
    ]);
  });
});

describe('what is wrong with one put', () => {
  test.each([
    ['D19', 'null'],
    ['D19', '{}'],
    ['D19', '"a"'],
    ['D19', '[]'],
    ['D19', '[1]'],
    ['D19', '[null]'],
    ['D19', '[[]]'],
    ['D19', '[{}]'],
    ['D19', `[${operation('a')},2]`],
    ['D19', '[{"key":"a","value":1}]'],
    ['D19', '[{"key":"a","value":1,"version":0,"extra":5.5}]'],
    ['D19', '[{"key":"a","value":1,"version":0,"0":5.5}]'],
    ['D3', '[{"key":"a","value":1,"version":0,"__proto__":{}}]'],
    ['D4', `[${operation('')}]`],
    ['D14', `[${operation('k'.repeat(1025))}]`],
    ['D5', `[${operation('\\ud800')}]`],
    ['D5', `[${operation('a', '"\\ud800"')}]`],
    ['D10', `[${operation('a', '[1.5,1e400,2.5]')}]`],
    ['D9', `[${operation('a', '9223372036854775808')}]`],
    ['D9', `[${operation('a', '1', '1.0')}]`],
    ['D9', `[{"key":"a","version":1.0,"value":1.5}]`],
    ['D19', `[${operation('a', 'null')},${operation('b', '7.5')}]`],
    ['D19', `[${operation('a', '{"b":[1.5,{"c":2.5}]}', '4.5')}]`],
    ['D14', `[${operation('a', `[${Array(10_001).fill('1.5')}]`)}]`],
    ['D1', `[${operation('a', '1.5')},${operation('b', '2.5')},${operation('a', '3.5')},${operation('c', '4.5')}]`],
  ])('%s is said in the words of the single call, and the others are read exactly: %s', (_row, body) => {
    const others = [operation('x', '2.0', '1'), operation('y', '[9007199254740993]', '2')];
    expect(decode(`[{"put":${body}},${put(others[0]!)},{"put":${body}},{"get":"g"},${put(others[1]!)}]`)).toStrictEqual(
      [
        alone(body),
        [{ key: 'x', value: new WholeFloat(2), version: 1 }],
        alone(body),
        'g',
        [{ key: 'y', value: [9007199254740993n], version: 2 }],
      ],
    );
  });
});

describe('what is wrong with one get', () => {
  test.each<[row: string, key: string, code: ErrorCode, error: string]>([
    ['D4', '""', 'BAD_KEY', 'the key is empty'],
    ['D5', '"\\ud800"', 'BAD_KEY', 'the key "\\ud800" has half a surrogate pair'],
    ['D19', '1.5', 'BAD_KEY', 'the key is a number; a key is a string'],
    ['D19', 'null', 'BAD_KEY', 'the key is null; a key is a string'],
    ['D19', '["k",2.5]', 'BAD_KEY', 'the key is an array; a key is a string'],
    ['D19', '{"put":[3.5]}', 'BAD_KEY', 'the key is an object; a key is a string'],
    ['D14', `"${'k'.repeat(1025)}"`, 'LIMIT_EXCEEDED', 'has 1025 bytes, more than keyBytesMax, 1024'],
  ])('%s key %s', (_row, key, code, error) => {
    const [wrong, ...others] = decode(`[{"get":${key}},${put(operation('a', '2.0'))}]`) as RefusedRequest[];
    expect(wrong).toBeInstanceOf(RefusedRequest);
    expect(wrong).toMatchObject({ isPut: false, refusal: { failure: code, error: expect.stringContaining(error) } });
    expect(others).toStrictEqual([[{ key: 'a', value: new WholeFloat(2), version: 0 }]]);
  });
});

describe('what is wrong with the whole', () => {
  test.each<[row: string, body: string, code: ErrorCode, error: string]>([
    ['D19', '{}', 'BAD_BODY', 'the body is not an array of requests'],
    ['D19', ok, 'BAD_BODY', 'the body is not an array of requests'],
    ['D19', 'null', 'BAD_BODY', 'the body is not an array of requests'],
    ['D19', '[]', 'BAD_BODY', 'the body has no request'],
    ['D19', `[${ok},1]`, 'BAD_BODY', 'request 1 is not an object'],
    ['D19', '[null]', 'BAD_BODY', 'request 0 is not an object'],
    ['D19', '["get"]', 'BAD_BODY', 'request 0 is not an object'],
    ['D19', `[[${operation('a')}]]`, 'BAD_BODY', 'request 0 is not an object'],
    ['D19', '[{}]', 'BAD_MEMBER', 'request 0: there is no member "put" or "get"'],
    ['D19', `[${ok},{"get":"a","put":[]}]`, 'BAD_MEMBER', 'request 1: there is both "put" and "get"'],
    ['D19', `[${operation('a')}]`, 'BAD_MEMBER', 'request 0: member "key" is unknown'],
    ['D19', '[{"Get":"a"}]', 'BAD_MEMBER', 'request 0: member "Get" is unknown'],
    ['D19', '[{"get":"a","0":1}]', 'BAD_MEMBER', 'request 0: member "0" is unknown'],
    ['D3', '[{"__proto__":{"get":"a"}}]', 'BAD_MEMBER', 'request 0: member "__proto__" is unknown'],
    ['D3', '[{"get":"a","__proto__":null}]', 'BAD_MEMBER', 'request 0: member "__proto__" is unknown'],
    ['D2', '[{"get":"a","get":"a"}]', 'BAD_MEMBER', 'request 0: member "get" is there more than once'],
    ['D2', `[${ok},{"put":[],"put":[]}]`, 'BAD_MEMBER', 'request 1: member "put" is there more than once'],
    ['D2', '[{"put":[],"\\u0070ut":[]}]', 'BAD_MEMBER', 'request 0: member "put" is there more than once'],
    [
      'D2',
      `[${ok},${ok},{"get":"a"},${put('{"key":"a","key":"b","value":1,"version":0}')}]`,
      'BAD_MEMBER',
      'request 3: operation 0: member "key" is there more than once',
    ],
    [
      'D2',
      `[${put('1', operation('a'), '{"value":1,"value":2}')},{"get":1}]`,
      'BAD_MEMBER',
      'request 0: operation 2: member "value" is there more than once',
    ],
    [
      'D2',
      `[${put(operation('a', '{"b":1,"b":2}'))}]`,
      'BAD_MEMBER',
      'request 0: operation 0: member "b" is there more than once',
    ],
    ['D2', '[{"get":{"b":1,"b":2}}]', 'BAD_MEMBER', 'request 0: member "b" is there more than once'],
    ['D11', '', 'BAD_JSON', 'the body is empty'],
    ['D11', `[${ok}`, 'BAD_JSON', 'not valid JSON'],
    ['D11', `[${ok},]`, 'BAD_JSON', 'not valid JSON'],
    ['D11', `[${put(operation('a', 'NaN'))}]`, 'BAD_JSON', 'not valid JSON'],
    ['D7', `\ufeff[${ok}]`, 'BAD_ENCODING', 'byte order mark'],
    ['N9', `[{"<script>\\"\\u0007${'x'.repeat(500)}":1}]`, 'BAD_MEMBER', '"<script>\\"\\u0007xxx'],
  ])('%s %s is refused', (_row, body, code, error) => {
    const refusal = decode(body);
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ failure: code, error: expect.stringContaining(error) });
    expect((refusal as Refusal).error.length).toBeLessThan(200);
  });

  test('D7 a body that is not UTF-8 is refused', () => {
    const body = Buffer.from('[{"get":"\xe9"}]', 'latin1');
    expect(decode(body)).toMatchObject({ failure: 'BAD_ENCODING' });
  });

  test('D13 a body nested too deep is refused, and one of 64 is not', () => {
    const nested = (depth: number) => `[{"get":${'['.repeat(depth - 2)}${']'.repeat(depth - 2)}}]`;
    expect(decode(nested(64))).toMatchObject([{ refusal: { failure: 'BAD_KEY' } }]);
    expect(decode(nested(65))).toMatchObject({
      failure: 'LIMIT_EXCEEDED',
      error: 'the body is nested 65 deep, more than 64',
    });
  });
});

describe('D14 operationsMax holds for all puts and gets together', () => {
  const get = '{"get":"g"}';
  const puts = (count: number) => put(...Array.from({ length: count }, (_, index) => operation(`k${index}`)));
  test.each([
    ['gets', (n: number) => Array(n).fill(get)],
    ['puts', (n: number) => Array(n).fill(ok)],
    ['operations of one put', (n: number) => [puts(n)]],
    ['operations of two puts and a get', (n: number) => [puts(2), get, puts(n - 3)]],
    [
      'puts without operations, and worse',
      (n: number) => ['{"put":[]}', '{"put":1}', '{"get":1}', ...Array(n - 3).fill(get)],
    ],
    ['operations that are none', (n: number) => [`{"put":[${Array(n).fill(1)}]}`]],
  ])('%s', (_what, requests) => {
    const body = (n: number) => `[${requests(n).join()}]`;
    for (const n of [4, 5]) expect(decode(body(n), { operationsMax: 5 })).toBeInstanceOf(Array);
    expect(decode(body(6), { operationsMax: 5 })).toMatchObject({
      failure: 'LIMIT_EXCEEDED',
      error: expect.stringMatching(/^the body has (6 operations and gets|12 objects), more than .*operationsMax, 5$/),
    });
  });

  test('as many arrays as there can be are read', () => {
    const requests = Array(5).fill(put(operation('a', '[1]')));
    expect(decode(`[${requests}]`, { operationsMax: 5 })).toHaveLength(5);
  });

  test.each([
    [
      'objects',
      `[{"put":[${Array(6).fill('{}')}]}]`,
      'the body has 7 objects, more than a put and an operation for each of operationsMax, 3',
    ],
    [
      'members',
      '[{"put":[{"a":0,"b":0,"c":0,"d":0,"e":0,"f":0,"g":0,"h":0,"i":0,"j":0,"k":0,"l":0}]}]',
      'the body has 13 members, more than four for each of operationsMax, 3',
    ],
    [
      'arrays',
      `[{"get":[${Array(6).fill('[]')}]}]`,
      'the body has 8 arrays, more than one for all and two for each of operationsMax, 3',
    ],
  ])('N13 more %s than it allows are counted, not looked at', (_what, body, error) => {
    expect(decode(body, { operationsMax: 3 })).toMatchObject({ failure: 'LIMIT_EXCEEDED', error });
  });
});
