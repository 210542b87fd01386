/** D2, D3, D7, D13 to D15, D19: the shape of a body, its encoding, and its limits. */
import { type CorpusEntry, operation, put, putOf, refused } from './request.ts';

const ok = operation({});
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const operations = (count: number) =>
  `[${Array.from({ length: count }, (_, index) => operation({ key: `"many-${index}"` })).join()}]`;

const bodies = (row: string, code: NonNullable<CorpusEntry['code']>, texts: readonly string[]): CorpusEntry[] =>
  refused(
    row,
    400,
    code,
    texts.map((text) => [text.length < 100 ? text : `${text.slice(0, 100)}…`, put(text)]),
  );

const notUtf8: readonly (readonly [string, readonly number[]])[] = [
  ['a lone continuation byte', [0x80]],
  ['a sequence that is cut short', [0xe2, 0x82]],
  ['an overlong slash', [0xc0, 0xaf]],
  ['an overlong NUL', [0xc0, 0x80]],
  ['half a surrogate pair', [0xed, 0xa0, 0x80]],
  ['a pair of halves', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
  ['a code point beyond the last', [0xf4, 0x90, 0x80, 0x80]],
  ['a byte that UTF-8 never has', [0xff]],
  ['Latin-1', [0xe9]],
];

export const bodyEntries: readonly CorpusEntry[] = [
  ...bodies('D2', 'BAD_MEMBER', [
    '[{"key":"a","key":"b","value":1,"version":0}]',
    '[{"key":"a","key":"a","value":1,"version":0}]',
    '[{"key":"a","value":1,"value":2,"version":0}]',
    '[{"key":"a","value":1,"version":0,"version":0}]',
    String.raw`[{"key":"a","value":1,"version":0,"\u006bey":"b"}]`,
    '[{"key":"a","value":1,"version":0},{"key":"b","value":1,"version":0,"version":1}]',
  ]),
  ...bodies('D3', 'BAD_MEMBER', [
    '[{"key":"a","value":1,"version":0,"__proto__":{}}]',
    '[{"__proto__":{"key":"a","value":1,"version":0}}]',
    String.raw`[{"key":"a","value":1,"version":0,"\u005f_proto__":null}]`,
    '[{"key":"a","value":1,"version":0,"constructor":{"prototype":{}}}]',
    '[{"key":"a","value":1,"version":0,"toString":1}]',
  ]),
  ...bodies('D19', 'BAD_MEMBER', [
    '[{"key":"a","value":1,"version":0,"extra":1}]',
    '[{"key":"a","value":1,"version":0,"0":1}]',
    '[{"Key":"a","value":1,"version":0}]',
    '[{"key ":"a","value":1,"version":0}]',
    '[{"key":"a","value":1,"":0}]',
    '[{"value":1,"version":0}]',
    '[{"key":"a","version":0}]',
    '[{"key":"a","value":1}]',
    '[{}]',
  ]),
  ...bodies('D19', 'BAD_BODY', [
    '[]',
    '{}',
    ok,
    'null',
    'true',
    '"a"',
    '1.5',
    '[1]',
    '[null]',
    '["a"]',
    '[[]]',
    `[[${ok}]]`,
    `[${ok},2]`,
    `{"operations":[${ok}]}`,
  ]),
  ...bodies('D11', 'BAD_JSON', [
    '',
    ' ',
    '[',
    `[${ok}`,
    `[${ok},]`,
    `[,${ok}]`,
    `[${ok}]]`,
    `[${ok}][${ok}]`,
    `[${ok}]\0`,
    `[${ok}] // no`,
    `[${ok}/* no */]`,
    `[${ok.replaceAll('"', "'")}]`,
    '[{key:"a","value":1,"version":0}]',
    '[{"key":"a" "value":1,"version":0}]',
    `)]}',[${ok}]`,
    `\u00a0[${ok}]`,
  ]),
  ...refused('D7', 400, 'BAD_ENCODING', [
    ...notUtf8.map(([what, bytes]): [string, string] => [
      what,
      put(Buffer.concat([Buffer.from('[{"key":"a'), Buffer.from(bytes), Buffer.from('","value":1,"version":0}]')])),
    ]),
    ['a byte order mark', put(`\ufeff[${ok}]`)],
    ['UTF-16', put(Buffer.from(`\ufeff[${ok}]`, 'utf16le'))],
    ['UTF-32', put(Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x5b]))],
  ]),
  ...bodies('D13', 'LIMIT_EXCEEDED', [nested(65), nested(100_000), `[{"key":"a","value":${nested(64)},"version":0}]`]),
  ...bodies('D13', 'BAD_BODY', [nested(64)]),
  ...refused('D14', 400, 'LIMIT_EXCEEDED', [
    ['a key of 1,025 bytes', putOf({ key: `"${'k'.repeat(1025)}"` })],
    ['a key of 1,026 bytes in 513 characters', putOf({ key: `"${'é'.repeat(513)}"` })],
    ['a value of 1 MiB and a byte', putOf({ value: `"${'v'.repeat(1024 * 1024 + 1)}"` })],
    ['an array of 10,001 numbers', putOf({ value: `[${Array(10_001).fill(1)}]` })],
    ['10,001 operations', put(operations(10_001))],
  ]),
  ...refused(
    'D15',
    413,
    'BODY_TOO_LARGE',
    [
      ['a body of 8 MiB and a byte, by its header', put('', { 'content-length': '8388609' })],
      ['a body of 10 GB, by its header', put('', { 'content-length': '10000000000' })],
      ['a body longer than any integer', put('', { 'content-length': '9007199254740993' })],
    ],
    { ends: true },
  ),
  ...refused('D15', 400, 'BAD_JSON', [['no body and no length', put('', { 'content-length': null })]]),
  // Accepted: last, so that the files that are compared after every refusal stay small.
  {
    row: 'D14',
    what: '10,000 operations',
    bytes: put(operations(10_000)),
    status: 200,
    // Of a put all operations are there or none.
    stores: { key: 'many-9999', value: '"v"' },
  },
  {
    row: 'D14',
    what: 'a key of 1,024 bytes',
    bytes: putOf({ key: `"${'k'.repeat(1024)}"` }),
    status: 200,
    stores: { key: 'k'.repeat(1024), value: '"v"' },
  },
];
