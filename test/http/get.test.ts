/** `GET /v1/get`: what a key holds, exactly. */
import { expect, test } from 'vitest';
import { type Value, WholeFloat } from '../../src/wal/value.ts';
import { requestText, serve } from './support/http-fixture.ts';
import { expectSchema } from './support/reply-schema.ts';

test('a key that does not exist', async () => {
  await using http = await serve();
  const reply = await http.exchange(http.get('k'));
  expect(reply).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
  expect(reply.headers.has('etag')).toBe(false);
  expectSchema('/v1/get', reply);
});

test.each<[value: Value, text: string]>([
  ['é "\n', String.raw`"é \"\n"`],
  [true, 'true'],
  [2, '2'],
  [new WholeFloat(2), '2.0'],
  [9007199254740993n, '9007199254740993'],
  [[1, new WholeFloat(-0)], '[1,-0.0]'],
])('D12 %o comes as %s', async (value, text) => {
  await using http = await serve();
  http.store.values.set('k', { value, version: 3 });
  const reply = await http.exchange(http.get('k'));
  expect([reply.status, reply.text]).toEqual([200, `{"key":"k","value":${text},"version":3}`]);
  expect(reply.headers.get('etag')).toBe('"3"');
  expectSchema('/v1/get', reply);
});

test.each([
  '__proto__',
  'constructor',
  '\0',
  'a b+c',
  '😀',
  '\u00e9',
  'e\u0301',
  '</script>',
  '"',
  'x\r\nSet-Cookie: a=b',
])('D3 D6 N8 %j is an ordinary key, and in no header', async (key) => {
  await using http = await serve();
  http.store.values.set(key, { value: 'v', version: 1 });
  const reply = await http.exchange(http.get(key));
  expect(reply).toMatchObject({ status: 200, json: { key, value: 'v', version: 1 } });
  expect([...reply.headers.keys()].sort()).toEqual([
    'cache-control',
    'connection',
    'content-length',
    'content-type',
    'date',
    'etag',
    'keep-alive',
    'x-content-type-options',
  ]);
  http.store.values.clear();
  expect((await http.exchange(http.get(key))).status).toBe(404);
});

test.each([
  ['', 'BAD_QUERY'],
  ['?', 'BAD_QUERY'],
  ['?key=', 'BAD_KEY'],
  ['?key=a&key=b', 'BAD_QUERY'],
  ['?key=%FF', 'BAD_QUERY'],
  // The HTTP parser itself takes no bytes beyond ASCII in a URL.
  ['?key=\xe9', 'BAD_REQUEST'],
  ['?key=%zz', 'BAD_QUERY'],
  [`?key=${'k'.repeat(1025)}`, 'LIMIT_EXCEEDED'],
])('D7 D19 a query that means nothing: %s', async (query, code) => {
  await using http = await serve();
  const reply = await http.exchange(requestText(`GET /v1/get${query}`, { host: http.host }));
  expect(reply).toMatchObject({ status: 400, json: { code } });
  expectSchema('/v1/get', reply);
});

test('N5 gets write nothing', async () => {
  await using http = await serve();
  await http.exchange(http.get('k'));
  expect(http.store.puts).toEqual([]);
});
