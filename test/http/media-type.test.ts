/** N6: one accepted form of the media type, and nothing that changes what the bytes of a body mean. */
import { describe, expect, test } from 'vitest';
import { anOperation, type Headers, serve } from './support/http-fixture.ts';
import { expectSchema } from './support/reply-schema.ts';

const contentTypes = [
  '',
  ' ',
  'application',
  'application/',
  '/json',
  'json',
  'application/jsons',
  'application/jso',
  'application/json5',
  'application/ld+json',
  'application/json+x',
  'application/x-json',
  'application/jsonp',
  'application/*',
  '*/*',
  'text/json',
  'text/plain',
  'text/html',
  'application/octet-stream',
  'application/javascript',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=application/json',
  'Application/json',
  'application/JSON',
  'APPLICATION/JSON',
  'application/Json',
  'application/json;',
  'application/json ;',
  'application/json;;',
  'application/json; ',
  'application/json;charset=utf-8',
  'application/json; charset=utf-8',
  'application/json; charset=UTF-8',
  'application/json;charset="utf-8"',
  'application/json; charset=utf-16',
  'application/json; charset=latin1',
  'application/json; charset=',
  'application/json; charset',
  'application/json; boundary=x',
  'application/json;\tcharset=utf-8',
  'application/json\t;charset=utf-8',
  'application/json,application/json',
  'application/json, text/plain',
  'text/plain, application/json',
  'text/plain; application/json',
  'text/plain;a=application/json',
  'application/json text/plain',
  'application/json\ttext/plain',
  'application /json',
  'application/ json',
  'application\t/json',
  'application//json',
  'application\\json',
  'application/json/',
  'application/json#',
  'application/json?',
  'application/json%20',
  'application%2Fjson',
  '"application/json"',
  "'application/json'",
  '<application/json>',
  'application/json\xa0',
  'application/json\xff',
  'applicat\u00efon/json',
  'a'.repeat(5000),
];

test('a media type that is not exactly application/json is refused', async () => {
  await using http = await serve();
  for (const contentType of contentTypes) {
    const reply = await http.exchange(http.put([anOperation], { 'content-type': contentType }));
    expect(reply, contentType).toMatchObject({ status: 415, json: { code: 'UNSUPPORTED_MEDIA_TYPE' } });
    expectSchema('/v1/put', reply);
  }
  expect(contentTypes.length).toBeGreaterThanOrEqual(60);
  expect(http.store.puts).toEqual([]);
});

describe('refused are also', () => {
  const json = 'application/json';
  test.each<[what: string, headers: Headers]>([
    ['no media type', { 'content-type': null }],
    ['the media type twice', { 'content-type': [json, json] }],
    ['two media types, the right one first', { 'content-type': [json, 'text/plain'] }],
    ['two media types, the right one last', { 'content-type': ['text/plain', json] }],
    ['two media types in headers spelled differently', { 'content-type': json, 'Content-Type': 'text/plain' }],
    ['a header that only looks like it', { 'content-type': null, content_type: json }],
    ['Accept instead', { 'content-type': null, accept: json }],
    ['gzip', { 'content-encoding': 'gzip' }],
    ['deflate', { 'content-encoding': 'deflate' }],
    ['br', { 'content-encoding': 'br' }],
    ['zstd', { 'content-encoding': 'zstd' }],
    ['identity', { 'content-encoding': 'identity' }],
    ['an empty encoding', { 'content-encoding': '' }],
    ['an encoding behind 2,500 other headers', { a: Array(2500).fill(''), 'content-encoding': 'gzip' }],
    ['a compressed transfer', { 'content-length': null, 'transfer-encoding': 'gzip, chunked' }],
    ['a chunked transfer of chunks', { 'content-length': null, 'transfer-encoding': 'chunked, chunked' }],
  ])('%s', async (_what, headers) => {
    await using http = await serve();
    const reply = await http.exchange(http.put([anOperation], headers));
    // The HTTP parser itself refuses some transfer encodings.
    expect([reply.status, reply.json?.code]).toBeOneOf([
      [415, 'UNSUPPORTED_MEDIA_TYPE'],
      [400, 'BAD_REQUEST'],
    ]);
    expect(http.store.puts).toEqual([]);
  });
});

test.each(['application/json', ' application/json', 'application/json ', '\tapplication/json\t'])(
  'application/json is served, and HTTP does not count white space around it: %j',
  async (contentType) => {
    await using http = await serve();
    const reply = await http.exchange(http.put([anOperation], { 'content-type': contentType }));
    expect(reply.status).toBe(200);
  },
);
