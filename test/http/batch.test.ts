/** `POST /v1/batch`: what becomes of its requests, one by one, and of the whole. */
import { describe, expect, test } from 'vitest';
import type { PutOutcome } from '../../src/outcome.ts';
import { anOperation, serve } from './support/http-fixture.ts';
import type { RawReply } from './support/raw-reply.ts';
import { expectSchema } from './support/reply-schema.ts';

const id = '00112233445566778899aabbccddeeff';
const putOf = (key: string, version = 0) => ({ put: [{ key, value: key, version }] });

/** The replies to the single requests. */
const repliesIn = ({ json }: RawReply) => json as unknown as { status: number; body: Record<string, unknown> }[];

test('each request is answered in its place, as it would be alone', async () => {
  await using http = await serve();
  http.store.values.set('g', { value: 9007199254740993n, version: 3 });
  const reply = await http.exchange(
    http.batch([{ get: 'g' }, putOf('a'), putOf('b', 1), { get: 'missing' }, { put: [] }, { get: '' }, putOf('c')]),
  );
  expect(reply.status).toBe(200);
  expect(reply.headers.get('etag')).toBeUndefined();
  expect(reply.headers.get('connection')).toBe('keep-alive');
  expect(reply.text).toBe(
    `[${[
      '{"status":200,"body":{"key":"g","value":9007199254740993,"version":3}}',
      `{"status":200,"body":{"result":"Success","id":"${'1'.padStart(32, '0')}","seq":1,"versions":[1]}}`,
      `{"status":412,"body":{"result":"Failure","error":"1 key has another version than expected; nothing was written","code":"STALE_VERSION","id":"${'2'.padStart(32, '0')}","conflicts":[{"key":"b","reason":"stale","expected":1,"current":0}]}}`,
      '{"status":404,"body":{"error":"the key does not exist","code":"NOT_FOUND"}}',
      '{"status":400,"body":{"result":"Failure","error":"the body has no operation","code":"BAD_BODY"}}',
      '{"status":400,"body":{"error":"the key is empty","code":"BAD_KEY"}}',
      `{"status":200,"body":{"result":"Success","id":"${'3'.padStart(32, '0')}","seq":3,"versions":[1]}}`,
    ].join()}]`,
  );
  expectSchema('/v1/batch', reply);
});

test('no get sees a put of the same batch, not even one that stands before it', async () => {
  await using http = await serve();
  http.store.values.set('k', { value: 'old', version: 1 });
  const replies = repliesIn(await http.exchange(http.batch([putOf('k', 1), { get: 'k' }, putOf('l'), { get: 'l' }])));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 404]);
  expect(replies[1]!.body).toMatchObject({ value: 'old', version: 1 });
});

test('the store is asked for all keys before it is given the first put', async () => {
  await using http = await serve();
  const asked: string[] = [];
  http.store.get = (key) => void asked.push(`get ${key}`);
  http.store.put = async ([operation]) => {
    asked.push(`put ${operation!.key}`);
    return { code: 'COMMITTED', id, seq: 1, versions: [1] };
  };
  await http.exchange(http.batch([putOf('a'), { get: 'a' }, putOf('b'), { get: 'c' }]));
  expect(asked).toEqual(['get a', 'get c', 'put a', 'put b']);
});

test('all puts are begun before the first is answered, and the reply waits for the last', async () => {
  await using http = await serve();
  http.store.isHolding = true;
  const client = await http.connect();
  client.send(http.batch([putOf('a'), putOf('b'), { get: 'a' }, putOf('c')]));
  await http.store.received(3);
  http.store.releaseOne();
  http.store.releaseOne();
  await http.exchange(http.get('a'));
  expect(client.received).toBe('');
  http.store.release();
  expect(repliesIn(await client.reply()).map(({ status }) => status)).toEqual([200, 200, 404, 200]);
});

test('a batch of gets alone, or of nothing that runs, is answered as well', async () => {
  await using http = await serve();
  const gets = await http.exchange(http.batch([{ get: 'a' }, { get: 'b' }]));
  expect(repliesIn(gets).map(({ status }) => status)).toEqual([404, 404]);
  const wrong = await http.exchange(http.batch([{ put: 1 }, { get: '' }]));
  expect(repliesIn(wrong).map(({ status }) => status)).toEqual([400, 400]);
  expectSchema('/v1/batch', wrong);
  expect(http.store.puts).toEqual([]);
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
    const done: PutOutcome = { code: 'COMMITTED', id, seq: 1, versions: [1] };
    http.store.put = async ([operation]) => (operation!.key === 'k' ? outcome : done);
    const client = await http.connect();
    client.send(http.batch([putOf('k'), putOf('l')]));
    const reply = await client.reply();
    expect(reply.status).toBe(200);
    expect(reply.headers.get('retry-after')).toBeUndefined();
    expect(repliesIn(reply)).toMatchObject([
      { status, body: { result: 'Failure', code: outcome.code } },
      { status: 200, body: { result: 'Success' } },
    ]);
    expect(reply.headers.get('connection')).toBe(closes ? 'close' : 'keep-alive');
    if (closes) expect(await client.ended()).toBe('');
    expectSchema('/v1/batch', reply);
  });

  test.each(['QUEUE_FULL', 'DRAINING', 'HALTED'] as const)(
    '%s refuses the whole, before the body is read or after it',
    async (code) => {
      await using http = await serve();
      const bytes = http.batch([putOf('a'), { get: 'k' }]);
      const [before, after] = [await http.connect(), await http.connect()];
      after.send(bytes.subarray(0, -1));
      // The server has the part of it when this is answered.
      await http.exchange(http.get('k'));
      http.store.refusal = { code, error };
      after.send(bytes.subarray(-1));
      before.send(bytes.subarray(0, -1));
      for (const reply of [await before.reply(), await after.reply()]) {
        expect(reply).toMatchObject({ status: 503, json: { result: 'Failure', code, error } });
        expect(reply.headers.get('connection')).toBe(code === 'QUEUE_FULL' ? 'keep-alive' : 'close');
        expectSchema('/v1/batch', reply);
      }
      expect(http.store.puts).toEqual([]);
    },
  );
});

test.each([
  ['BAD_BODY', '[]'],
  ['BAD_BODY', '{}'],
  ['BAD_BODY', JSON.stringify([putOf('a'), 1])],
  ['BAD_MEMBER', JSON.stringify([putOf('a'), { get: 'k', put: [anOperation] }])],
  ['BAD_MEMBER', '[{"put":[{"key":"a","value":1,"version":0}]},{"get":"k","get":"k"}]'],
  ['BAD_JSON', '[{"put":[{"key":"a","value":1,"version":0}]},'],
  ['BAD_ENCODING', '[{"put":[{"key":"a","value":1,"version":0}]},{"get":"\xff"}]'],
  ['LIMIT_EXCEEDED', JSON.stringify([putOf('a'), ...Array(10_000).fill({ get: 'k' })])],
])('%s of the whole: nothing of it was begun', async (code, body) => {
  await using http = await serve();
  http.store.get = () => expect.fail('a get was begun');
  const reply = await http.exchange(http.batch(Buffer.from(body, 'latin1')));
  expect(reply).toMatchObject({ status: 400, json: { result: 'Failure', code } });
  expect(reply.headers.get('connection')).toBe('keep-alive');
  expectSchema('/v1/batch', reply);
  expect(http.store.puts).toEqual([]);
});

test.each(['?', '?get=k'])('D19 a batch has no parameters: %s', async (query) => {
  await using http = await serve();
  const reply = await http.exchange(http.post(`/v1/batch${query}`, [putOf('a')]));
  expect(reply).toMatchObject({ status: 400, json: { result: 'Failure', code: 'BAD_QUERY' } });
  expect(http.store.puts).toEqual([]);
});

test('what comes before the body is checked as for a put', async () => {
  await using http = await serve({ bodyBytesMax: 100, token: 'secret' });
  const authorization = 'Bearer secret';
  const body = [putOf('a')];
  const cases = [
    [http.batch(body, { host: 'evil.example' }), 421],
    [http.batch(body, { origin: 'http://evil.example' }), 403],
    [http.batch(body), 401],
    [http.batch(body, { authorization, expect: 'more' }), 417],
    [http.batch(body, { authorization, 'content-type': 'text/plain' }), 415],
    [http.batch(body, { authorization, 'content-encoding': 'gzip' }), 415],
    [http.batch([putOf('k'.repeat(100))], { authorization }), 413],
    [http.batch(body, { authorization }), 200],
  ] as const;
  for (const [bytes, status] of cases) {
    const reply = await http.exchange(bytes);
    expect(reply.status).toBe(status);
    if (status !== 200) expect(reply.json).toMatchObject({ result: 'Failure' });
    expectSchema('/v1/batch', reply);
  }
});

test('100 Continue is sent when the checks are passed, and the body may come in chunks', async () => {
  await using http = await serve();
  const client = await http.connect();
  const body = JSON.stringify([putOf('a')]);
  const chunked = { 'content-length': null, 'transfer-encoding': 'chunked', expect: '100-continue' };
  client.send(http.batch('', chunked));
  expect((await client.reply()).status).toBe(100);
  client.send(`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
  expect(repliesIn(await client.reply())).toMatchObject([{ status: 200 }]);
});

describe('N3 the gets of a batch', () => {
  test('are answered with about bodyBytesMax at most, the first one always', async () => {
    await using http = await serve({ bodyBytesMax: 1000 });
    http.store.values.set('long', { value: 'é'.repeat(600), version: 1 });
    http.store.values.set('short', { value: 1, version: 1 });
    const reply = await http.exchange(
      http.batch([
        { get: 'missing' },
        { get: 'short' },
        putOf('a'),
        { get: 'long' },
        { get: 'short' },
        { get: 'none' },
      ]),
    );
    const replies = repliesIn(reply);
    expect(replies.map(({ status }) => status)).toEqual([404, 200, 200, 200, 400, 400]);
    const bytes = [replies[0], replies[1], replies[3]].reduce(
      (sum, r) => sum + Buffer.byteLength(JSON.stringify(r!.body)),
      0,
    );
    expect(replies[5]!.body).toEqual({
      error: `the gets before it are answered with ${bytes} bytes, bodyBytesMax, 1000, or more; get the key in another request`,
      code: 'LIMIT_EXCEEDED',
    });
    expectSchema('/v1/batch', reply);
  });

  test('ten thousand of a long value are no danger', async () => {
    await using http = await serve();
    http.store.values.set('long', { value: 'v'.repeat(1024 * 1024), version: 1 });
    const reply = await http.exchange(http.batch(Array(10_000).fill({ get: 'long' })));
    const statuses = repliesIn(reply).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(8);
    expect(reply.text.length).toBeLessThan(11 * 1024 * 1024);
  });
});

test('D14 10,000 puts in 8 MiB are served', async () => {
  await using http = await serve();
  const puts = Array.from({ length: 10_000 }, (_, index) => putOf(`k${index}`));
  const reply = await http.exchange(http.batch(JSON.stringify(puts).padEnd(8 * 1024 * 1024)));
  expect(repliesIn(reply).map(({ body }) => body.seq)).toEqual(puts.map((_, index) => index + 1));
});

test('D16 a batch whose client goes after sending it whole is done', async () => {
  await using http = await serve();
  http.store.isHolding = true;
  const client = await http.connect();
  client.send(http.batch([putOf('a'), putOf('b')]));
  await http.store.received(2);
  client.reset();
  http.store.release();
  for (const key of ['a', 'b']) expect((await http.exchange(http.get(key))).json).toMatchObject({ version: 1 });
});

test('D16 a batch that is cut off at any byte has no effect', async () => {
  await using http = await serve();
  const bytes = http.batch([putOf('a'), { get: 'k' }]);
  for (let cut = 0; cut < bytes.length; cut++) {
    const client = await http.connect();
    client.send(bytes.subarray(0, cut));
    client.end();
    await client.ended();
  }
  expect(http.store.puts).toEqual([]);
});

test('N1 of a flood of batches no more are in work than of any requests, and replies come in order', async () => {
  await using http = await serve({ pipelinedRequestsMax: 4 });
  http.store.isHolding = true;
  const client = await http.connect();
  const batches = Array.from({ length: 200 }, (_, index) => http.batch([putOf(`a${index}`), putOf(`b${index}`)]));
  client.send(Buffer.concat(batches));
  await http.store.received(8);
  // More would have come by now: they were in the same packet.
  await http.exchange(http.get('k'));
  expect(http.store.puts.length).toBe(8);
  http.store.release();
  const replies = await client.replies(200);
  expect(replies.flatMap(repliesIn).map(({ body }) => body.seq)).toEqual(
    Array.from({ length: 400 }, (_, at) => at + 1),
  );
  expect(http.store.inWorkMax).toBeLessThanOrEqual(8);
});

test('S30 while the server stops a batch that was taken in is answered', async () => {
  const http = await serve();
  http.store.isHolding = true;
  const client = await http.connect();
  client.send(http.batch([putOf('a'), putOf('b')]));
  await http.store.received(2);
  const closed = http.close();
  http.store.release();
  expect(repliesIn(await client.reply()).map(({ status }) => status)).toEqual([200, 200]);
  expect(await client.ended()).toBe('');
  client.destroy();
  await closed;
});

test.each(['get', 'put', 'refusesPuts'] as const)('S32 an error of our own code in %s is reported', async (method) => {
  await using http = await serve();
  const bug = new Error('a bug');
  // Asked twice: the gate comes first.
  let calls = 0;
  http.store[method] = () => {
    if (method === 'refusesPuts' && calls++ === 0) return undefined as never;
    throw bug;
  };
  const client = await http.connect();
  client.send(http.batch([{ get: 'k' }, putOf('a')]));
  expect(await http.bugs.take()).toBe(bug);
  await http.exchange('GET /nowhere HTTP/1.1\r\n\r\n');
  expect(client.received).toBe('');
});

test('S32 so is a rejection, or an impossible answer', async () => {
  await using http = await serve();
  const bug = new Error('a bug');
  http.store.put = async () => ({ code: 'NO_SUCH_CODE' }) as never;
  const client = await http.connect();
  client.send(http.batch([putOf('a')]));
  expect(await http.bugs.take()).toBeInstanceOf(Error);
  http.store.put = () => Promise.reject(bug);
  client.send(http.batch([putOf('a')]));
  expect(await http.bugs.take()).toBe(bug);
  expect(client.received).toBe('');
});
