/**
 * N13: reading a body takes a time that is linear in its bytes, whatever is in it. Times are compared with that of
 * `JSON.parse` for an ordinary body of the same machine at the same moment, the best of two, with much to spare: what
 * grows faster than the body takes hundreds of times as long.
 */
import { beforeAll, expect, test } from 'vitest';
import { decodePut } from '../../src/http/put-body.ts';
import { defaultSettings } from './support/http-fixture.ts';

const bodyBytes = defaultSettings.bodyBytesMax;
/** Measured: up to 34 ns a byte where `JSON.parse` of the ordinary body takes 4. */
const ratioMax = 20;

let ordinaryNsPerByte = 0;

beforeAll(() => {
  const ordinary = operations((index) => `[${index},1,2,3,4,5,6,7,8,9]`);
  ordinaryNsPerByte = bestNsPerByte(ordinary, () => JSON.parse(ordinary));
});

test.each<[what: string, body: () => string]>([
  ['values of escaped quotes', () => operations(() => `"${'\\"'.repeat(400)}"`)],
  ['values of escaped backslashes', () => operations(() => `"${'\\\\'.repeat(400)}"`)],
  ['one value of escaped backslashes', () => withValue(`"${'\\\\'.repeat(500_000)}"`)],
  ['values of unicode escapes', () => operations(() => `"${'\\u0041'.repeat(130)}"`)],
  ['values beyond the basic plane', () => operations(() => `"${'😀'.repeat(190)}"`)],
  ['arrays of floats', () => operations(() => `[${'2.0,'.repeat(200)}1e3]`)],
  ['arrays of long integers', () => operations(() => `[${'9007199254740993,'.repeat(40)}1]`)],
  ['one integer', () => withValue('9'.repeat(bodyBytes - 100))],
  ['one fraction', () => withValue(`0.${'9'.repeat(bodyBytes - 100)}`)],
  ['one exponent', () => withValue(`1e${'9'.repeat(bodyBytes - 100)}`)],
  ['small operations', () => operations(() => '0')],
  ['nothing but brackets', () => '['.repeat(bodyBytes)],
  ['nothing but braces', () => '{'.repeat(bodyBytes)],
  ['nothing but colons', () => ':'.repeat(bodyBytes)],
  ['nothing but quotes', () => '"'.repeat(bodyBytes)],
  ['nothing but backslashes', () => '\\'.repeat(bodyBytes)],
  ['nothing but white space', () => ' '.repeat(bodyBytes)],
  ['a string without an end', () => `["${'a'.repeat(bodyBytes - 2)}`],
  ['a string of escaped quotes without an end', () => `["${'\\"'.repeat(bodyBytes / 2 - 1)}`],
  ['empty objects', () => `[${'{},'.repeat(bodyBytes / 3 - 1)}{}]`],
  ['empty arrays', () => `[${'[],'.repeat(bodyBytes / 3 - 1)}[]]`],
  ['empty strings', () => `[${'"",'.repeat(bodyBytes / 3 - 1)}""]`],
  ['zeros', () => `[${'0,'.repeat(bodyBytes / 2 - 1)}0]`],
  ['one object of many members', () => `[{${Array.from({ length: 29_000 }, (_, index) => `"m${index}":0`).join()}}]`],
  ['one long member name', () => `[{"${'n'.repeat(bodyBytes - 20)}":0}]`],
  [
    'a member twice at the end',
    () => operations((index) => `"${'v'.repeat(700)}"${index === 9999 ? ',"key":"k"' : ''}`),
  ],
  [
    'a key twice at the end',
    () =>
      operations(
        () => '"v"',
        (index) => `k${Math.min(index, 9998)}`,
      ),
  ],
])('%s', (_what, makeBody) => {
  const body = makeBody();
  const bytes = Buffer.from(body);
  const nsPerByte = bestNsPerByte(body, () => decodePut(bytes, defaultSettings));
  expect(nsPerByte / ordinaryNsPerByte).toBeLessThan(ratioMax);
});

function withValue(value: string): string {
  return `[{"key":"k","value":${value},"version":0}]`;
}

/** As many operations as a put may have, or as fit into a body. */
function operations(value: (index: number) => string, key = (index: number) => `k${index}`): string {
  const texts: string[] = [];
  let length = 2;
  for (let index = 0; index < 10_000; index++) {
    const text = `{"key":"${key(index)}","value":${value(index)},"version":0}`;
    length += Buffer.byteLength(text) + 1;
    if (length > bodyBytes) break;
    texts.push(text);
  }
  return `[${texts.join()}]`;
}

function bestNsPerByte(body: string, run: () => unknown): number {
  const times = Array.from({ length: 2 }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return (Math.min(...times) * 1e6) / Buffer.byteLength(body);
}
