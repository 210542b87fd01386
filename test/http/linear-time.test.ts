/**
 * N13: reading a body takes a time that is linear in its bytes, whatever is in it. Times are the thread's own on a core,
 * compared with those of `JSON.parse` for an ordinary body, which takes turns with it; of each the best of some, with
 * much to spare: what grows faster than the body takes hundreds of times as long.
 */
import { expect, test } from 'vitest';
import { decodeBatch, RefusedRequest } from '../../src/http/batch-body.ts';
import { type Failure, Refusal } from '../../src/http/failures.ts';
import { decodePut } from '../../src/http/put-body.ts';
import { defaultSettings } from './support/http-fixture.ts';

const bodyBytes = defaultSettings.bodyBytesMax;
/** Measured: at most 9, and 12 with four other processes on two cores. */
const ratioMax = 20;

const ordinaryBody = operations((index) => `[${index},1,2,3,4,5,6,7,8,9]`);

/** What is read, or why it is refused, shows how far the reader gets. */
test.each<[what: string, result: Failure | 'read', body: () => string]>([
  ['values of escaped quotes', 'read', () => operations(() => `"${'\\"'.repeat(400)}"`)],
  ['values of escaped backslashes', 'read', () => operations(() => `"${'\\\\'.repeat(400)}"`)],
  ['one value of escaped backslashes', 'read', () => withValue(`"${'\\\\'.repeat(500_000)}"`)],
  ['values of unicode escapes', 'read', () => operations(() => `"${'\\u0041'.repeat(130)}"`)],
  ['values beyond the basic plane', 'read', () => operations(() => `"${'😀'.repeat(190)}"`)],
  ['arrays of floats', 'read', () => operations(() => `[${'2.0,'.repeat(200)}1e3]`)],
  ['arrays of long integers', 'read', () => operations(() => `[${'9007199254740993,'.repeat(40)}1]`)],
  ['one integer', 'BAD_VALUE', () => withValue('9'.repeat(bodyBytes - 100))],
  ['one fraction', 'read', () => withValue(`0.${'9'.repeat(bodyBytes - 100)}`)],
  ['one exponent', 'BAD_VALUE', () => withValue(`1e${'9'.repeat(bodyBytes - 100)}`)],
  ['small operations', 'read', () => operations(() => '0')],
  ['nothing but brackets', 'LIMIT_EXCEEDED', () => '['.repeat(bodyBytes)],
  ['nothing but braces', 'LIMIT_EXCEEDED', () => '{'.repeat(bodyBytes)],
  ['nothing but colons', 'LIMIT_EXCEEDED', () => ':'.repeat(bodyBytes)],
  ['nothing but quotes', 'BAD_JSON', () => '"'.repeat(bodyBytes)],
  ['nothing but backslashes', 'BAD_JSON', () => '\\'.repeat(bodyBytes)],
  ['nothing but white space', 'BAD_JSON', () => ' '.repeat(bodyBytes)],
  ['a string without an end', 'BAD_JSON', () => `["${'a'.repeat(bodyBytes - 2)}`],
  ['a string of escaped quotes without an end', 'BAD_JSON', () => `["${'\\"'.repeat(bodyBytes / 2 - 1)}`],
  ['empty objects', 'LIMIT_EXCEEDED', () => `[${'{},'.repeat(bodyBytes / 3 - 1)}{}]`],
  ['empty arrays', 'LIMIT_EXCEEDED', () => `[${'[],'.repeat(bodyBytes / 3 - 1)}[]]`],
  ['empty strings', 'LIMIT_EXCEEDED', () => `[${'"",'.repeat(bodyBytes / 3 - 1)}""]`],
  ['zeros', 'LIMIT_EXCEEDED', () => `[${'0,'.repeat(bodyBytes / 2 - 1)}0]`],
  ['one object of many members', 'BAD_MEMBER', () => `[{${listOf(29_000, (index) => `"m${index}":0`)}}]`],
  ['one long member name', 'BAD_MEMBER', () => `[{"${'n'.repeat(bodyBytes - 20)}":0}]`],
  [
    'a member twice at the end',
    'BAD_MEMBER',
    () => `[${listOf(9998, longOperation)},{"key":"k","value":0,"version":0,"key":"l"}]`,
  ],
  ['a key twice at the end', 'DUPLICATE_KEY', () => `[${listOf(9998, longOperation)},${longOperation(0)}]`],
])('N13 %s: %s', (_what, result, makeBody) => {
  const bytes = Buffer.from(makeBody());
  const { ratio, returned } = againstOrdinary(bytes.length, () => decodePut(bytes, defaultSettings));
  expect(returned instanceof Refusal ? returned.failure : 'read').toBe(result);
  expect(ratio).toBeLessThan(ratioMax);
});

/** Of a batch also how many of its requests are refused, each for itself. */
test.each<[what: string, result: Failure | number, body: () => string]>([
  ['small puts', 0, () => batch(() => '0')],
  ['gets', 0, () => `[${listOf(10_000, (index) => `{"get":"${'k'.repeat(800)}${index}"}`)}]`],
  ['puts of escaped quotes', 0, () => batch(() => `"${'\\"'.repeat(350)}"`)],
  ['puts of floats', 0, () => batch(() => `[${'2.0,'.repeat(180)}1e3]`)],
  [
    'puts that are refused behind their floats',
    5000,
    () => batch((index) => `[${'2.0,'.repeat(180)}${index % 2 ? 1 : '"a"'}]`),
  ],
  [
    'puts that are refused before their floats',
    4000,
    () => batch((index) => (index % 2 ? '1' : `{"a":[${'2.0,'.repeat(350)}1]}`), 8000),
  ],
  [
    'one put of many floats among refused ones',
    9999,
    () => batch((index) => (index === 5000 ? `[${'2.0,'.repeat(9999)}1]` : 'null')),
  ],
  ['refused gets of deep arrays', 8000, () => `[${listOf(8000, () => `{"get":[[${'"\\"",'.repeat(150)}0.5]]}`)}]`],
  ['puts that are none', 10_000, () => `[${listOf(10_000, () => `{"put":"${'v'.repeat(820)}"}`)}]`],
  ['one put of many members', 1, () => `[{"put":[{${listOf(39_000, (index) => `"m${index}":0`)}}]}]`],
  ['many values with a long member name', 6000, () => batch(() => `{"${'n'.repeat(1300)}":0}`, 6000)],
  [
    'a member twice at the end',
    'BAD_MEMBER',
    () => batch((index) => (index < 9989 ? `"${'v'.repeat(700)}"` : '0,"version":0'), 9990),
  ],
  ['a key twice in one put at the end', 1, () => `[{"put":[${listOf(9998, longOperation)},${longOperation(0)}]}]`],
  ['one request too many', 'LIMIT_EXCEEDED', () => `[${listOf(10_001, () => '{"get":"k"}')}]`],
  ['empty objects', 'LIMIT_EXCEEDED', () => `[${'{},'.repeat(bodyBytes / 3 - 1)}{}]`],
  ['zeros', 'BAD_BODY', () => `[${'0,'.repeat(bodyBytes / 2 - 1)}0]`],
  ['zeros in a put', 'LIMIT_EXCEEDED', () => `[{"put":[${'0,'.repeat(bodyBytes / 2 - 10)}0]}]`],
])('N13 a batch, %s: %s', (_what, result, makeBody) => {
  const bytes = Buffer.from(makeBody());
  const { ratio, returned } = againstOrdinary(bytes.length, () => decodeBatch(bytes, defaultSettings));
  const refused = returned instanceof Refusal ? 0 : returned.filter((one) => one instanceof RefusedRequest).length;
  expect(returned instanceof Refusal ? returned.failure : refused).toBe(result);
  expect(ratio).toBeLessThan(ratioMax);
});

/** As many puts of one operation as a batch may have, or as fit into a body. */
function batch(value: (index: number) => string, count = 10_000): string {
  return `[${listOf(count, (index) => `{"put":[{"key":"k${index}","value":${value(index)},"version":0}]}`)}]`;
}

function withValue(value: string): string {
  return `[{"key":"k","value":${value},"version":0}]`;
}

/** As many operations as a put may have, or as fit into a body. */
function operations(value: (index: number) => string): string {
  const operation = (index: number) => `{"key":"k${index}","value":${value(index)},"version":0}`;
  const count = Math.min(10_000, Math.floor(bodyBytes / (Buffer.byteLength(operation(9999)) + 1)));
  return `[${listOf(count, operation)}]`;
}

function longOperation(index: number): string {
  return `{"key":"k${index}","value":"${'v'.repeat(700)}","version":0}`;
}

function listOf(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join();
}

/** How many times as long as ordinary JSON a byte takes, and what was returned. */
function againstOrdinary<Returned>(bytes: number, run: () => Returned): { ratio: number; returned: Returned } {
  let returned: Returned;
  let ms = Number.POSITIVE_INFINITY;
  let ordinaryMs = Number.POSITIVE_INFINITY;
  // What is short is more easily disturbed.
  const rounds = Math.min(20, Math.max(2, Math.ceil(bodyBytes / bytes)));
  for (let round = 0; round < rounds; round++) {
    const ordinary = threadMs(() => JSON.parse(ordinaryBody));
    const measured = threadMs(() => (returned = run()));
    ordinaryMs = Math.min(ordinaryMs, ordinary);
    ms = Math.min(ms, measured);
  }
  return { ratio: ms / bytes / (ordinaryMs / ordinaryBody.length), returned: returned! };
}

/** The time this thread was on a core, in steps of some ms: what else the machine does is not in it. */
function threadMs(run: () => unknown): number {
  const before = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
