/** D4 to D7, D19 and N9: paths, methods and queries. */
import { requestText } from '../support/http-fixture.ts';
import { type CorpusEntry, get, HOST, operation, put, refused } from './request.ts';

const queries = (row: string, code: NonNullable<CorpusEntry['code']>, queries: readonly string[]): CorpusEntry[] =>
  refused(
    row,
    400,
    code,
    queries.map((query) => [`query ${query}`, get(`/v1/get${query}`)]),
  );

const absent = (row: string, queries: readonly string[]): CorpusEntry[] =>
  refused(
    row,
    404,
    'NOT_FOUND',
    queries.map((query) => [`query ${query}`, get(`/v1/get${query}`)]),
  );

const methods = (path: string, names: readonly string[]): CorpusEntry[] =>
  refused(
    'N9',
    405,
    'METHOD_NOT_ALLOWED',
    names.map((name) => [`${name} ${path}`, requestText(`${name} ${path}`, { host: HOST })]),
  );

const json = { 'content-type': 'application/json' };

export const targets: readonly CorpusEntry[] = [
  ...queries('D19', 'BAD_QUERY', [
    '',
    '?',
    '?key',
    '?a=b',
    '?Key=a',
    '?%6bey=a',
    '?key[]=a',
    '?key[0]=a',
    '?key=a&key=b',
    '?key=a&key=a',
    '?key=a&other=b',
    '?other=b&key=a',
    '?key=a&',
    '?&key=a',
    '??key=a',
    '?key=%',
    '?key=%4',
    '?key=%zz',
    '?key=%u0041',
    '?key=a#b',
  ]),
  ...queries('D7', 'BAD_QUERY', ['?key=%FF', '?key=%C3', '?key=%C0%AF', '?key=%80']),
  ...queries('D5', 'BAD_QUERY', ['?key=%ED%A0%80', '?key=%ED%BF%BF', '?key=%F4%90%80%80']),
  ...queries('D4', 'BAD_KEY', ['?key=']),
  ...queries('D14', 'LIMIT_EXCEEDED', [`?key=${'k'.repeat(1025)}`, `?key=${'%C3%A9'.repeat(513)}`]),
  ...absent('D4', ['?key=absent%00', '?key=%0d%0aabsent', '?key=absent+absent', '?key=%25zz', '?key==', '?key=a?b']),
  ...absent('D3', ['?key=isPrototypeOf', '?key=__defineGetter__', '?key=__lookupSetter__']),
  ...absent('N8', ['?key=%0d%0aSet-Cookie:%20a=b', '?key=%22%7d%0a%7b%22level%22:%22fatal%22']),
  ...absent('N9', ['?key=%3Cscript%3Ealert(1)%3C/script%3E', '?key=%3C!--', '?key=../../etc/passwd']),

  ...refused('N9', 404, 'NO_ROUTE', [
    ...['/', '/v1', '/v1/', '/v1/get/', '//v1/get?key=k', '/v1//get?key=k', '/v1/./get?key=k'].map(target),
    ...['/v1/x/../get?key=k', '/V1/get?key=k', '/v1/%67et?key=k', '/v1%2fget?key=k', '/v1/get;a=b?key=k'].map(target),
    ...['/v1/get%00?key=k', '/%zz', '/%ff', '/__proto__', '/constructor', '/%3Cscript%3E', '/..%2f..%2f'].map(target),
    ...['/favicon.ico', '/.git/config', '/metrics', '/debug', '/IDENTITY', '*'].map(target),
    ['a put elsewhere', put(`[${operation({})}]`).replace('/v1/put', '/v1/put/')],
  ]),
  ...methods('/v1/get?key=k', ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']),
  ...methods('/v1/put', ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'LOCK', 'TRACE']),
  ...methods('/healthz', ['POST', 'OPTIONS', 'DELETE']),
  ...methods('/readyz', ['POST', 'OPTIONS']),
  ...refused('N9', 405, 'METHOD_NOT_ALLOWED', [['HEAD /v1/put', requestText('HEAD /v1/put', { host: HOST })]], {
    isHead: true,
  }),
  ...refused('N5', 405, 'METHOD_NOT_ALLOWED', [
    ['a method that a header overrides', get('/v1/put', { 'x-http-method-override': 'POST', ...json })],
  ]),
  ...refused('D19', 400, 'BAD_QUERY', [
    ['a put with parameters', put(`[${operation({})}]`).replace('/v1/put', '/v1/put?key=k')],
    ['a put with an empty query', put(`[${operation({})}]`).replace('/v1/put', '/v1/put?')],
    ['health with a parameter', get('/healthz?verbose=1')],
  ]),
  ...refused('N7', 400, 'BAD_BODY', [
    ['a get with a body', `${get('/v1/get?key=k', { 'content-length': '3' })}abc`],
    ['health with a body', `${get('/healthz', { 'content-length': '3' })}abc`],
  ]),
  { row: 'N9', what: 'health', bytes: get('/healthz'), status: 200 },
  { row: 'N9', what: 'readiness', bytes: get('/readyz'), status: 200 },
  { row: 'N9', what: 'HEAD', bytes: get('/healthz').replace('GET', 'HEAD'), status: 200, isHead: true },
];

function target(path: string): readonly [string, string] {
  return [path, get(path)];
}
