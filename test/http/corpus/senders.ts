/** N4, N5, N6, N12: who sends a request, for whom it is meant, and what it says that its body is. */
import type { Headers } from '../support/http-fixture.ts';
import { type CorpusEntry, get, HOST, operation, put, type Request, refused } from './request.ts';

const body = `[${operation({})}]`;

const wrongHosts = ['', 'localhost', '127.0.0.1', 'localhost:', 'localhost:1', 'evil.example', `evil.example, ${HOST}`];
const wrongHostsWithPort = [
  'localhost.',
  'LOCALHOST',
  'evil.example',
  'localhost.evil.example',
  'user@localhost',
  'http://localhost',
  '127.1',
  '127.0.0.2',
  '0.0.0.0',
  '2130706433',
  '0x7f000001',
  '::1',
  '[::]',
  '[::ffff:127.0.0.1]',
];

/** On a get and on a put: neither is looked at any further. */
const both = (what: string, headers: Headers): Request[] => [
  [`a get, ${what}`, get('/v1/get?key=k', headers)],
  [`a put, ${what}`, put(body, headers)],
];

const mediaTypes = [
  '',
  'text/plain',
  'text/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'Application/JSON',
  'application/json;',
  'application/json; charset=utf-8',
  'application/json;charset=utf-16',
  'application/json, text/plain',
  'text/plain, application/json',
  'text/plain; application/json',
  'application/json\ttext/plain',
  'application/ld+json',
  'application/jsonp',
  '*/*',
  'application/json\xa0',
];

export const senders: readonly CorpusEntry[] = [
  ...refused('N4', 421, 'WRONG_HOST', [
    ...wrongHosts.flatMap((host) => both(`Host ${host}`, { host })),
    ...wrongHostsWithPort.flatMap((name) => both(`Host ${name} and our port`, { host: `${name}:{PORT}` })),
    ...both('no Host', { host: null }),
    ...both('Host twice', { host: [HOST, HOST] }),
    ...both('Host twice, ours first', { host: [HOST, 'evil.example'] }),
    ...both('Host twice, ours last', { host: ['evil.example', HOST] }),
    ['a URL of ours as target', get(`http://${HOST}/v1/get?key=k`)],
    ['a foreign URL as target', get('http://evil.example/v1/get?key=k')],
    ['a put to a URL', put(body).replace('/v1/put', `http://${HOST}/v1/put`)],
  ]),
  ...refused(
    'N4',
    421,
    'WRONG_HOST',
    [['HTTP/1.0 without a host', get('/v1/get?key=k', { host: null }).replace('HTTP/1.1', 'HTTP/1.0')]],
    { ends: true },
  ),
  ...refused('N12', 421, 'WRONG_HOST', [
    ...both('ours only in X-Forwarded-Host', { host: 'evil.example', 'x-forwarded-host': HOST }),
    ...both('ours only in Forwarded', { host: 'evil.example', forwarded: `host=${HOST};for=127.0.0.1` }),
    ...both('ours only in X-Host', { host: null, 'x-host': HOST }),
    ...both('from here, it says', { host: 'evil.example', 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' }),
  ]),
  ...refused('N5', 403, 'FOREIGN_ORIGIN', [
    ...['http://evil.example', 'null', '', `http://${HOST}`, 'https://localhost', 'file://'].flatMap((origin) =>
      both(`Origin ${origin}`, { origin }),
    ),
    ...['cross-site', 'same-site', 'Cross-Site', '', 'none, cross-site'].flatMap((site) =>
      both(`Sec-Fetch-Site ${site}`, { 'sec-fetch-site': site }),
    ),
    ['a form', put('key=k', { origin: 'http://evil.example', 'content-type': 'application/x-www-form-urlencoded' })],
    [
      'a preflight',
      get('/v1/put', { origin: 'http://evil.example', 'access-control-request-method': 'POST' }).replace(
        'GET',
        'OPTIONS',
      ),
    ],
    [
      'a request of a private network',
      get('/v1/get?key=k', { origin: 'http://evil.example', 'access-control-request-private-network': 'true' }),
    ],
  ]),
  ...refused('N6', 415, 'UNSUPPORTED_MEDIA_TYPE', [
    ...mediaTypes.map((type): Request => [`Content-Type ${type}`, put(body, { 'content-type': type })]),
    ['no Content-Type', put(body, { 'content-type': null })],
    ['Content-Type twice', put(body, { 'content-type': ['application/json', 'application/json'] })],
    ['Content-Type twice, a foreign one last', put(body, { 'content-type': ['application/json', 'text/plain'] })],
  ]),
  ...refused('D15', 415, 'UNSUPPORTED_MEDIA_TYPE', [
    ...['gzip', 'br', 'deflate', 'identity', ''].map((encoding): Request => {
      return [`Content-Encoding ${encoding}`, put(body, { 'content-encoding': encoding })];
    }),
  ]),
];
