/** D15 and N7: where a request ends, and bytes that are none. */
import { requestText } from '../support/http-fixture.ts';
import { type CorpusEntry, get, HOST, operation, put, refused } from './request.ts';

const body = `[${operation({ key: '"framed"' })}]`;
const hidden = put(body);

/** The head of a put, with the header lines that say how long its body is, and what follows. */
const framed = (lines: string, rest: string) =>
  `POST /v1/put HTTP/1.1\r\nHost: ${HOST}\r\nContent-Type: application/json\r\n${lines}\r\n${rest}`;
const chunked = 'Transfer-Encoding: chunked\r\n';
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

export const framing: readonly CorpusEntry[] = [
  ...refused(
    'N7',
    400,
    'BAD_REQUEST',
    [
      ['a length and chunks', framed(`Content-Length: 4\r\n${chunked}`, `0\r\n\r\n${hidden}`)],
      ['chunks and a length', framed(`${chunked}Content-Length: 4\r\n`, `0\r\n\r\n${hidden}`)],
      ['two lengths', framed('Content-Length: 0\r\nContent-Length: 5\r\n', hidden)],
      ['two equal lengths', framed('Content-Length: 2\r\nContent-Length: 2\r\n', '[]')],
      ['a list of lengths', framed('Content-Length: 2, 2\r\n', '[]')],
      ['a length with a sign', framed('Content-Length: +2\r\n', '[]')],
      ['a negative length', framed('Content-Length: -2\r\n', '[]')],
      ['a length in hexadecimal', framed('Content-Length: 0x2\r\n', '[]')],
      ['a length with a fraction', framed('Content-Length: 2.0\r\n', '[]')],
      ['a length beyond 64 bits', framed('Content-Length: 99999999999999999999\r\n', '[]')],
      ['an empty length', framed('Content-Length: \r\n', '[]')],
      ['a length with a space before the colon', framed('Content-Length : 2\r\n', '[]')],
      ['chunked that is not the last coding', framed('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${hidden}`)],
      ['a header that goes on in the next line', framed('X: a\r\n Transfer-Encoding: chunked\r\n', '')],
      ['a line that ends with LF', framed(`X: a\n${chunked}`, '')],
      ['a line that ends with CR', framed(`X: a\r${chunked}`, '')],
      ['NUL in a header', framed('X: a\0b\r\n', '')],
      ['a header without a name', framed(': a\r\n', '')],
      ['a header without a colon', framed('X\r\n', '')],
      ['a header name with a space', framed('X Y: a\r\n', '')],
      ['lines that all end with LF', get('/v1/get?key=k').replaceAll('\r\n', '\n')],
      ['a chunk size that is no number', framed(chunked, `x\r\n${hidden}`)],
      ['a chunk size with a sign', framed(chunked, `-1\r\n${hidden}`)],
      ['a chunk longer than its size', framed(chunked, '2\r\n[][]\r\n0\r\n\r\n')],
      ['a chunk size with LF only', framed(chunked, '2\n[]\r\n0\r\n\r\n')],
      ['a chunk size beyond 64 bits', framed(chunked, '10000000000000002\r\n[]\r\n0\r\n\r\n')],
      ['chunks that go wrong in the middle', framed(chunked, `${chunk(body)}x`)],
      ['a method that does not exist', requestText('GIVE /v1/get?key=k', { host: HOST })],
      ['a method in small letters', requestText('get /v1/get?key=k', { host: HOST })],
      ['no target', `GET HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
      ['a byte in the target that is no ASCII', get('/v1/get?key=\xe9')],
      ['UTF-8 in the target', get('/v1/get?key=\xc3\xa9')],
      ['a space in the target', get('/v1/get?key=a b')],
      ['HTTP/1.2', get('/').replace('HTTP/1.1', 'HTTP/1.2')],
      ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
      ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
      ['the protocol of another server', '*1\r\n$4\r\nPING\r\n'],
      ['commands of another server before a request', `SET k v\r\n${hidden}`],
      ['nothing like a protocol', '\0\x01\x02\x03'],
    ],
    { ends: true },
  ),
  ...refused(
    'N7',
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    [['a coding that nobody knows', framed('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${hidden}`)]],
    { ends: true },
  ),
  ...refused(
    'N2',
    431,
    'HEADERS_TOO_LARGE',
    [
      ['a URL of 30,000 bytes', get(`/v1/get?key=${'k'.repeat(30_000)}`)],
      ['a header of 30,000 bytes', get('/v1/get?key=k', { x: 'x'.repeat(30_000) })],
      ['4,000 headers', get('/v1/get?key=k', { x: Array(4000).fill('xxxxxx') })],
    ],
    { ends: true },
  ),
  ...refused(
    'D15',
    417,
    'EXPECTATION_FAILED',
    ['200-ok', '100-continue, x', 'x=100-continue', ''].map((expect) => [`Expect ${expect}`, put(body, { expect })]),
    { ends: true },
  ),
  ...refused(
    'D15',
    413,
    'BODY_TOO_LARGE',
    [['10 GB, asked about first', put('', { expect: '100-continue', 'content-length': '10000000000' })]],
    { ends: true },
  ),
  {
    row: 'N7',
    what: 'a body in chunks',
    bytes: framed(chunked, `${[...body].map(chunk).join('')}0\r\n\r\n`),
    status: 200,
    stores: { key: 'framed', value: '"v"' },
  },
  // The key is there by now: these are understood, and refused for their version.
  ...refused('N7', 412, 'STALE_VERSION', [
    ['chunks with an extension', framed(chunked, `${body.length.toString(16)};a=b\r\n${body}\r\n0\r\n\r\n`)],
    ['chunks with a trailer', framed(chunked, `${chunk(body)}0\r\nX: y\r\n\r\n`)],
    [
      'chunk sizes in capitals and with zeros',
      framed(chunked, `00${body.length.toString(16).toUpperCase()}\r\n${body}\r\n000\r\n\r\n`),
    ],
    ['an empty line before the request', `\r\n${put(body)}`],
  ]),
  ...refused(
    'N7',
    412,
    'STALE_VERSION',
    [
      ['the last request of a connection', put(body, { connection: 'close' })],
      ['HTTP/1.0', put(body).replace('HTTP/1.1', 'HTTP/1.0')],
    ],
    { ends: true },
  ),
];
