import { expect, test } from 'vitest';
import { parseRecording } from '../../../src/inspector/page/recording-file.ts';
import { frame, recordingOf, transaction } from './samples.ts';

const recording = recordingOf([
  frame(1, {
    transactions: [
      transaction('a', {
        keys: [{ key: 'k', expected: 1, conflict: 'stale', writer: { id: 'b', atMs: 3 } }],
        messages: [{ atMs: 1, from: 'http', to: 'transaction', type: 'put' }],
      }),
    ],
  }),
  frame(2),
]);
const json = JSON.stringify(recording);

test('what was saved is read', () => {
  expect(parseRecording(json)).toEqual(recording);
});

test('members of a later version are left alone', () => {
  expect(() => parseRecording(json.replace('"number":2', '"number":2,"new":{}'))).not.toThrow();
});

test.each([
  ['no JSON', '{', /^it is not JSON: /],
  ['a list', '[]', 'it holds an array, where an object was expected'],
  ['something else', '{"a":1}', 'it has no `format` and `frames`: this JSON is something else'],
  ['another format', json.replace('"format":1', '"format":2'), 'it has format 2; this page reads format 1'],
  ['a missing count', json.replace('"stale":0,', ''), '`frames[0].puts.stale` is missing; a number was expected'],
  [
    'a time that is no number',
    json.replace('"atMs":200', '"atMs":"200"'),
    '`frames[1].atMs` is "200", where a number was expected',
  ],
  [
    'an unknown outcome',
    json.replace('"outcome":"underWay"', '"outcome":"lost"'),
    /^`frames\[0\]\.transactions\[0\]\.outcome` is "lost", where underWay or committed or /,
  ],
  [
    'a key that is no string',
    json.replace('"key":"k"', '"key":null'),
    '`frames[0].transactions[0].keys[0].key` is null, where a string was expected',
  ],
  ['frames out of order', json.replace('"atMs":200', '"atMs":50'), 'frames[1] is not later than the frame before it'],
  ['no hello', json.replace('"hello":', '"hallo":'), '`hello` is missing; an object was expected'],
])('%s is named', (_, text, problem) => {
  expect(() => parseRecording(text)).toThrow(problem);
});
