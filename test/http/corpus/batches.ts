/** D1 to D15, D19 in a batch: what is wrong with the whole of it, and what with one of its requests. */
import { batch, type CorpusEntry, get, HOST, operation, put, type Request, refused } from './request.ts';

const ok = '{"put":[{"key":"batched","value":1,"version":0}]}';
const putOf = (...members: Parameters<typeof operation>) => `{"put":[${operation(...members)}]}`;
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

/** Beside a put that would be done if the batch were not refused as a whole. */
const beside = (request: string): Request => [brief(request), batch(`[${ok},${request}]`)];
const brief = (text: string) => (text.length < 100 ? text : `${text.slice(0, 100)}…`);
const bodies = (row: string, code: NonNullable<CorpusEntry['code']>, texts: readonly string[]): CorpusEntry[] =>
  refused(
    row,
    400,
    code,
    texts.map((text) => [`a batch ${brief(text)}`, batch(text)]),
  );
const whole = (row: string, code: NonNullable<CorpusEntry['code']>, requests: readonly string[]): CorpusEntry[] =>
  refused(row, 400, code, requests.map(beside));

/** 200, and in it each request with a status of its own. Nothing is done. */
const answered = (row: string, requests: readonly (readonly [request: string, answer: string])[]): CorpusEntry[] =>
  requests.map(([request, answer]) => {
    const requests = `[${request},{"get":"never written"}]`;
    const answers = [answer, '404 NOT_FOUND'];
    return { row, what: `in a batch ${brief(request)}`, bytes: batch(requests), status: 200, answers };
  });

export const batches: readonly CorpusEntry[] = [
  ...bodies('D19', 'BAD_BODY', ['[]', '{}', ok, 'null', '1.5', '"get"', '{"requests":[]}']),
  ...whole('D19', 'BAD_BODY', ['null', '1', '"get"', '[]', `[${ok}]`]),
  ...whole('D19', 'BAD_MEMBER', [
    '{}',
    '{"get":"k","put":[]}',
    '{"delete":"k"}',
    '{"Get":"k"}',
    '{"get":"k","extra":1}',
    '{"get":"k","0":1}',
    '{"":"k"}',
    operation({}),
  ]),
  ...whole('D3', 'BAD_MEMBER', ['{"__proto__":{"get":"k"}}', '{"get":"k","__proto__":null}', '{"constructor":"k"}']),
  ...whole('D2', 'BAD_MEMBER', [
    '{"get":"a","get":"b"}',
    String.raw`{"get":"a","\u0067et":"a"}`,
    '{"put":[],"put":[]}',
    '{"put":[{"key":"a","key":"b","value":1,"version":0}]}',
    '{"put":[{"key":"a","value":1.5,"value":2,"version":0}]}',
    String.raw`{"put":[{"key":"a","value":1,"version":0,"\u0076ersion":1}]}`,
    '{"put":[{"key":"a","value":{"b":1,"b":1},"version":0}]}',
  ]),
  ...bodies('D11', 'BAD_JSON', [
    '',
    '[',
    `[${ok}`,
    `[${ok},]`,
    `[${ok}][]`,
    `[${ok}]\0`,
    `[${putOf({ value: 'NaN' })}]`,
  ]),
  ...refused('D7', 400, 'BAD_ENCODING', [
    ['a batch with a byte that UTF-8 never has', batch(Buffer.from(`[${ok},{"get":"\xff"}]`, 'latin1'))],
    ['a batch with a byte order mark', batch(`\ufeff[${ok}]`)],
  ]),
  ...bodies('D13', 'LIMIT_EXCEEDED', [`[${ok},{"get":${nested(63)}}]`, `[{"get":${nested(100_000)}}]`]),
  ...refused('D14', 400, 'LIMIT_EXCEEDED', [
    ['a batch of 10,001 gets', batch(`[${Array(10_001).fill('{"get":"k"}')}]`)],
    ['a batch of 10,001 puts', batch(`[${Array(10_001).fill(ok)}]`)],
    ['a batch of 10,001 puts without operations', batch(`[${Array(10_001).fill('{"put":[]}')}]`)],
    ['a batch of a get and a put of 10,000 operations', batch(`[{"get":"k"},{"put":[${Array(10_000).fill(0)}]}]`)],
  ]),
  ...refused('D19', 400, 'BAD_QUERY', [['a batch with a query', batch(`[${ok}]`).replace('/v1/batch', '/v1/batch?a')]]),
  ...refused('N5', 403, 'FOREIGN_ORIGIN', [
    ['a batch from a page', batch(`[${ok}]`, { origin: 'http://evil.example' })],
  ]),
  ...refused('N4', 421, 'WRONG_HOST', [
    ['a batch for another host', batch(`[${ok}]`, { host: `evil.example, ${HOST}` })],
  ]),
  ...refused('N6', 415, 'UNSUPPORTED_MEDIA_TYPE', [
    ['a batch as text', batch(`[${ok}]`, { 'content-type': 'text/plain' })],
    ['a batch with a charset', batch(`[${ok}]`, { 'content-type': 'application/json; charset=utf-8' })],
  ]),
  ...refused(
    'D15',
    413,
    'BODY_TOO_LARGE',
    [['a batch of 8 MiB and a byte, by its header', batch('', { 'content-length': '8388609' })]],
    { ends: true },
  ),
  ...refused('N9', 405, 'METHOD_NOT_ALLOWED', [['a get of /v1/batch', get('/v1/batch')]]),
  ...refused('N9', 404, 'NO_ROUTE', [['a batch elsewhere', put(`[${ok}]`).replace('/v1/put', '/v1/batch/')]]),

  ...answered('D19', [
    ['{"put":null}', '400 BAD_BODY'],
    ['{"put":[]}', '400 BAD_BODY'],
    ['{"put":{}}', '400 BAD_BODY'],
    [`{"put":${operation({})}}`, '400 BAD_BODY'],
    ['{"put":[1]}', '400 BAD_BODY'],
    ['{"put":[{}]}', '400 BAD_MEMBER'],
    ['{"put":[{"key":"k","value":1,"version":0,"extra":1}]}', '400 BAD_MEMBER'],
    ['{"get":null}', '400 BAD_KEY'],
    ['{"get":{"key":"k"}}', '400 BAD_KEY'],
    ['{"get":["k"]}', '400 BAD_KEY'],
  ]),
  ...answered('D1', [[`{"put":[${operation({})},${operation({})}]}`, '400 DUPLICATE_KEY']]),
  ...answered('D3', [['{"put":[{"__proto__":{"key":"k","value":1,"version":0}}]}', '400 BAD_MEMBER']]),
  ...answered('D4', [
    ['{"get":""}', '400 BAD_KEY'],
    [putOf({ key: '""' }), '400 BAD_KEY'],
  ]),
  ...answered('D5', [
    [String.raw`{"get":"\ud800"}`, '400 BAD_KEY'],
    [putOf({ key: String.raw`"\udfff"` }), '400 BAD_KEY'],
    [putOf({ value: String.raw`"\ud800"` }), '400 BAD_VALUE'],
  ]),
  ...answered('D9', [
    [putOf({ value: '9223372036854775808' }), '400 BAD_VALUE'],
    [putOf({ version: '1.0' }), '400 BAD_VERSION'],
    [putOf({ version: '-0' }), '400 BAD_VERSION'],
  ]),
  ...answered('D10', [[putOf({ value: '[1.5,1e400]' }), '400 BAD_VALUE']]),
  ...answered('D13', [[`{"get":${nested(62)}}`, '400 BAD_KEY']]),
  ...answered('D14', [
    [`{"get":"${'k'.repeat(1025)}"}`, '400 LIMIT_EXCEEDED'],
    [putOf({ key: `"${'é'.repeat(513)}"` }), '400 LIMIT_EXCEEDED'],
    [putOf({ value: `[${Array(10_001).fill(1)}]` }), '400 LIMIT_EXCEEDED'],
  ]),
  ...answered('D18', [[putOf({ key: '"never written"', version: '9007199254740991' }), '412 STALE_VERSION']]),
  // Accepted: beside what is refused, a put is done, and its numbers are read from their own text.
  {
    row: 'D8',
    what: 'a put behind one that is refused in the middle of its numbers',
    bytes: batch(
      `[${putOf({ value: '[1.5,1e400,2.5]' })},${putOf({ key: '"batched-1"', value: '9007199254740993' })}]`,
    ),
    status: 200,
    answers: ['400 BAD_VALUE', '200'],
    stores: { key: 'batched-1', value: '9007199254740993' },
  },
  {
    row: 'D12',
    what: 'a put between gets of its key',
    bytes: batch(`[{"get":"batched-2"},${putOf({ key: '"batched-2"', value: '2.0' })},{"get":"batched-2"}]`),
    status: 200,
    answers: ['404 NOT_FOUND', '200', '404 NOT_FOUND'],
    stores: { key: 'batched-2', value: '2.0' },
  },
  {
    row: 'D12',
    what: 'two puts of one key',
    bytes: batch(`[${putOf({ key: '"batched-3"', value: '1' })},${putOf({ key: '"batched-3"', value: '2' })}]`),
    status: 200,
    answers: ['200', '409 KEY_IN_FLIGHT'],
    stores: { key: 'batched-3', value: '1' },
  },
  {
    row: 'D6',
    what: 'puts of keys that look the same',
    bytes: batch(`[${putOf({ key: '"batched \u00e9"' })},${putOf({ key: '"batched e\u0301"' })}]`),
    status: 200,
    answers: ['200', '200'],
    stores: { key: 'batched e\u0301', value: '"v"' },
  },
];
