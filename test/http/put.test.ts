/** `POST /v1/put`: every answer of the store, as the client hears it. */
import { describe, expect, test } from 'vitest';
import type { PutOutcome } from '../../src/outcome.ts';
import { WholeFloat } from '../../src/wal/value.ts';
import { anOperation, serve } from './support/http-fixture.ts';
import { expectSchema } from './support/reply-schema.ts';

const id = '00112233445566778899aabbccddeeff';

test('a put that is committed says what it did, versions in the order of the request', async () => {
  await using http = await serve();
  http.store.outcome = { code: 'COMMITTED', id, seq: 42, versions: [7, 1, 3] };
  const reply = await http.exchange(http.put([anOperation]));
  expect(reply).toMatchObject({ status: 200, json: { result: 'Success', id, seq: 42, versions: [7, 1, 3] } });
  expect(reply.headers.get('connection')).toBe('keep-alive');
  expectSchema('/v1/put', reply);
});

test('the operations that reach the store are those of the request, types and all', async () => {
  await using http = await serve();
  await http.exchange(
    http.put('[{"version":3,"value":[1,2.0,9007199254740993,-0.0],"key":"b"},{"key":"a","value":"é","version":0}]'),
  );
  expect(http.store.puts).toStrictEqual([
    [
      { key: 'b', value: [1, new WholeFloat(2), 9007199254740993n, new WholeFloat(-0)], version: 3 },
      { key: 'a', value: 'é', version: 0 },
    ],
  ]);
});

test('a refusal names every key that failed, in the order of the request', async () => {
  await using http = await serve();
  const conflicts = [
    { key: 'b\n', reason: 'in_flight', expected: 1, current: 1, holder: 'ab' },
    { key: 'a', reason: 'stale', expected: 1, current: 2 },
    { key: '__proto__', reason: 'stale', expected: 0, current: 9 },
  ] as const;
  http.store.outcome = { code: 'STALE_VERSION', id, conflicts };
  const reply = await http.exchange(http.put([anOperation]));
  expect(reply).toMatchObject({ status: 412, json: { result: 'Failure', code: 'STALE_VERSION', id, conflicts } });
  expect(reply.json?.error).toBe(
    '2 keys have another version than expected, 1 key is being written by another put; nothing was written',
  );
  expectSchema('/v1/put', reply);
});

describe('the answers of the store', () => {
  const error = 'why';
  const conflict = { key: 'k', expected: 1, current: 1 };
  test.each<[status: number, closes: boolean, outcome: PutOutcome]>([
    [412, false, { code: 'STALE_VERSION', id, conflicts: [{ ...conflict, reason: 'stale' }] }],
    [409, false, { code: 'KEY_IN_FLIGHT', id, conflicts: [{ ...conflict, reason: 'in_flight', holder: id }] }],
    [400, false, { code: 'VERSION_EXHAUSTED', error }],
    [400, false, { code: 'PUT_TOO_LARGE', error }],
    [503, false, { code: 'QUEUE_FULL', error }],
    [503, true, { code: 'DRAINING', error }],
    [503, true, { code: 'HALTED', error }],
    [507, false, { code: 'DISK_FULL', error }],
    [507, false, { code: 'MEMORY_LIMIT', error }],
    [507, false, { code: 'KEYS_LIMIT', error }],
    [504, false, { code: 'OUTCOME_UNKNOWN', cause: 'timeout', error }],
    [500, true, { code: 'OUTCOME_UNKNOWN', cause: 'sync_failed', error }],
  ])('%i, closes: %s, for %o', async (status, closes, outcome) => {
    await using http = await serve();
    http.store.outcome = outcome;
    const client = await http.connect();
    client.send(http.put([anOperation]));
    const reply = await client.reply();
    expect(reply).toMatchObject({ status, json: { result: 'Failure', code: outcome.code } });
    if ('error' in outcome) expect(reply.json).toMatchObject({ error });
    expect(reply.headers.get('connection')).toBe(closes ? 'close' : 'keep-alive');
    if (closes) expect(await client.ended()).toBe('');
    expectSchema('/v1/put', reply);
  });

  test.each(['QUEUE_FULL', 'DRAINING', 'HALTED'] as const)('%s is said before the body is read', async (code) => {
    await using http = await serve();
    http.store.refusal = { code, error };
    const client = await http.connect();
    client.send(http.put([anOperation]).subarray(0, -1));
    const reply = await client.reply();
    expect(reply).toMatchObject({ status: 503, json: { result: 'Failure', code, error } });
    expectSchema('/v1/put', reply);
    expect(http.store.puts).toEqual([]);
  });
});

test.each(['?', '?key=k', '?a=b'])('D19 a put has no parameters: %s', async (query) => {
  await using http = await serve();
  const bytes = http.put([anOperation]).toString().replace('/v1/put', `/v1/put${query}`);
  const reply = await http.exchange(bytes);
  expect(reply).toMatchObject({ status: 400, json: { result: 'Failure', code: 'BAD_QUERY' } });
  expectSchema('/v1/put', reply);
});

test.each([
  '[]',
  '{}',
  '[{"key":"k","value":1,"version":1.5}]',
  '[{"key":"k","key":"k","value":1,"version":1}]',
  '\xff',
  '',
])('a body that means nothing reaches no store: %j', async (body) => {
  await using http = await serve();
  const reply = await http.exchange(http.put(Buffer.from(body, 'latin1')));
  expect(reply).toMatchObject({ status: 400, json: { result: 'Failure' } });
  expect(reply.headers.get('connection')).toBe('keep-alive');
  expectSchema('/v1/put', reply);
  expect(http.store.puts).toEqual([]);
});

test('D14 10,000 operations and 8 MiB are served', async () => {
  await using http = await serve();
  const put = JSON.stringify(
    Array.from({ length: 10_000 }, (_, index) => ({ key: `k${index}`, value: 'v'.repeat(700), version: 0 })),
  );
  const reply = await http.exchange(http.put(put.padEnd(8 * 1024 * 1024)));
  expect(reply.status).toBe(200);
  expect(reply.json?.versions).toEqual(Array(10_000).fill(1));
});
