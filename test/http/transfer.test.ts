/** How a body comes: its length, its chunks, its limits. */
import { describe, expect, test } from 'vitest';
import { anOperation, chunkedPut, type HttpFixture, requestText, serve } from './support/http-fixture.ts';
import type { RawClient } from './support/raw-client.ts';
import { expectSchema } from './support/reply-schema.ts';

const body = JSON.stringify([anOperation]);

describe('a body', () => {
  test('may come in one piece, byte by byte, or in chunks', async () => {
    await using http = await serve();
    const client = await http.connect();
    const bytes = http.put([{ ...anOperation, version: 0 }]);
    for (const byte of bytes) await client.sent(Buffer.of(byte));
    expect((await client.reply()).json).toMatchObject({ versions: [1] });
    client.send(`${chunkedPut(http.host, [...body.replace('0', '1')])}0\r\n\r\n`);
    expect((await client.reply()).json).toMatchObject({ versions: [2] });
    client.send(http.put([{ ...anOperation, version: 2 }]));
    expect((await client.reply()).json).toMatchObject({ versions: [3] });
  });

  test('may have characters that are split between pieces', async () => {
    await using http = await serve();
    const bytes = Buffer.from(JSON.stringify([{ key: '😀', value: '😀é', version: 0 }]));
    const chunks = [...bytes].map((byte) => String.fromCharCode(byte));
    expect((await http.exchange(`${chunkedPut(http.host, chunks)}0\r\n\r\n`)).status).toBe(200);
    expect(http.store.get('😀')).toEqual({ value: '😀é', version: 1 });
  });

  test('that is empty or not there is no JSON', async () => {
    await using http = await serve();
    for (const length of ['0', null]) {
      const reply = await http.exchange(http.put('', { 'content-length': length }));
      expect(reply).toMatchObject({ status: 400, json: { code: 'BAD_JSON' } });
      expectSchema('/v1/put', reply);
    }
  });

  test.each([{ 'content-length': '3' }, { 'transfer-encoding': 'chunked' }])(
    'of a get is refused: %j',
    async (headers) => {
      await using http = await serve();
      const client = await http.connect();
      client.send(http.get('k', headers));
      const reply = await client.reply();
      expect(reply).toMatchObject({ status: 400, json: { code: 'BAD_BODY' } });
      expectSchema('/v1/get', reply);
    },
  );
});

describe('D15 a body that is too large', () => {
  const bodyBytesMax = 1024;
  const padded = (bytes: number) => body.padEnd(bytes);

  test('n - 1 and n are served, n + 1 is refused, with and without a length', async () => {
    await using http = await serve({ bodyBytesMax });
    for (const [bytes, status] of [
      [bodyBytesMax - 1, 200],
      [bodyBytesMax, 200],
      [bodyBytesMax + 1, 413],
    ] as const) {
      http.store.values.clear();
      expect((await http.exchange(http.put(padded(bytes)))).status).toBe(status);
      http.store.values.clear();
      expect((await http.exchange(`${chunkedPut(http.host, [padded(bytes)])}0\r\n\r\n`)).status).toBe(status);
    }
  });

  test.each(['1025', '8388609', '10000000000', '9007199254740993'])(
    'is refused by its header alone: %s',
    async (length) => {
      await using http = await serve({ bodyBytesMax });
      const client = await http.connect();
      client.send(http.put('', { 'content-length': length }));
      const reply = await client.reply();
      expect(reply).toMatchObject({ status: 413, json: { result: 'Failure', code: 'BODY_TOO_LARGE' } });
      expect(reply.json?.error).toContain('bodyBytesMax, 1024');
      expect(reply.headers.get('connection')).toBe('close');
      expectSchema('/v1/put', reply);
      expect(await client.ended()).toBe('');
    },
  );

  test('is refused as soon as too much has come, if it said nothing of its length', async () => {
    await using http = await serve({ bodyBytesMax });
    const client = await http.connect();
    client.send(chunkedPut(http.host, [padded(bodyBytesMax), ' ']));
    const reply = await client.reply();
    expect(reply).toMatchObject({ status: 413, json: { code: 'BODY_TOO_LARGE' } });
    expect(await client.ended()).toBe('');
    expect(http.store.puts).toEqual([]);
  });

  test('does not cost the client the reply, even if it sends all before it reads', async () => {
    await using http = await serve({ bodyBytesMax });
    const client = await http.connect();
    client.pause();
    await client.sent(http.put(padded(9 * 1024 * 1024)));
    client.resume();
    expect((await client.reply()).status).toBe(413);
  });

  test('of another path is not read either', async () => {
    await using http = await serve({ bodyBytesMax });
    for (const line of ['POST /nowhere', 'PUT /v1/put', 'GET /v1/get?key=k']) {
      const client = await http.connect();
      client.send(requestText(line, { host: http.host, 'content-length': '10000000000' }));
      const reply = await client.reply();
      expect(reply.status).toBeOneOf([400, 404, 405]);
      expect(await client.ended()).toBe('');
    }
  });
});

describe('N3 bodies that come in part', () => {
  const half = (http: HttpFixture) => http.put(body.padEnd(1000)).subarray(0, -100);

  test('may not be more than queuedBytesMax together', async () => {
    await using http = await serve({ bodyBytesMax: 1024, queuedBytesMax: 2048 });
    const clients = [await http.connect(), await http.connect(), await http.connect()];
    for (const client of clients) client.send(half(http));
    const [first, second, third] = clients;
    const reply = await third!.reply();
    expect(reply).toMatchObject({ status: 503, json: { result: 'Failure', code: 'QUEUE_FULL' } });
    expect(await third!.ended()).toBe('');
    for (const client of [first, second]) {
      http.store.values.clear();
      client!.send(' '.repeat(100));
      expect((await client!.reply()).status).toBe(200);
    }
  });

  test('make room again when they are whole, cut off, too late, or their client goes', async () => {
    await using http = await serve({
      bodyBytesMax: 1024,
      queuedBytesMax: 1024,
      headersTimeoutMs: 100,
      requestTimeoutMs: 200,
    });
    const rest = ' '.repeat(100);
    const ends: ((client: RawClient) => unknown)[] = [
      (client) => {
        client.send(rest);
        return client.reply();
      },
      (client) => {
        client.end();
        return client.reply();
      },
      (client) => client.reply(),
      (client) => client.reset(),
    ];
    for (const end of ends) {
      const client = await http.connect();
      client.send(half(http));
      await http.exchange(http.get('k'));
      await end(client);
    }
    http.store.values.clear();
    const client = await http.connect();
    client.send(half(http));
    await http.exchange(http.get('k'));
    client.send(rest);
    expect((await client.reply()).status).toBe(200);
  });
});

describe('a refused put', () => {
  test('keeps its connection if the rest of its body is short', async () => {
    await using http = await serve();
    http.store.refusal = { code: 'QUEUE_FULL', error: 'the queue is full' };
    const client = await http.connect();
    client.send(http.put([anOperation]));
    client.send(http.put([anOperation]));
    client.send(http.get('k'));
    expect((await client.replies(3)).map(({ status }) => status)).toEqual([503, 503, 404]);
  });

  test.each([{ 'content-length': null, 'transfer-encoding': 'chunked' }, { expect: '100-continue' }])(
    'ends its connection if nobody knows whether a body comes: %j',
    async (headers) => {
      await using http = await serve();
      http.store.refusal = { code: 'QUEUE_FULL', error: 'the queue is full' };
      const client = await http.connect();
      client.send(http.put('', headers));
      expect((await client.reply()).status).toBe(503);
      expect(await client.ended()).toBe('');
    },
  );
});

describe('Expect', () => {
  test('D15 100-continue is answered only when all checks before the body are passed', async () => {
    await using http = await serve();
    const client = await http.connect();
    client.send(http.put('', { expect: '100-continue', 'content-length': String(body.length) }));
    expect((await client.reply()).status).toBe(100);
    client.send(body);
    expect((await client.reply()).status).toBe(200);
  });

  test.each([
    [415, { 'content-type': 'text/plain' }],
    [413, { 'content-length': '10000000000' }],
    [421, { host: 'evil.example' }],
  ])('D15 100-continue is answered %i where that is the answer', async (status, headers) => {
    await using http = await serve();
    const client = await http.connect();
    client.send(http.put('', { expect: '100-continue', 'content-length': '9', ...headers }));
    expect((await client.reply()).status).toBe(status);
    expect(await client.ended()).toBe('');
  });

  test('100-continue of HTTP/1.0 is not answered: the client would take it for the reply', async () => {
    await using http = await serve();
    const bytes = http.put([anOperation], { expect: '100-continue' }).toString().replace('HTTP/1.1', 'HTTP/1.0');
    expect((await http.exchange(bytes)).status).toBe(200);
  });

  test.each(['200-ok', '100-continue, x', 'x=100-continue', ''])('%j cannot be met', async (expectation) => {
    await using http = await serve();
    const client = await http.connect();
    client.send(http.put([anOperation], { expect: expectation }));
    const reply = await client.reply();
    expect(reply).toMatchObject({ status: 417, json: { code: 'EXPECTATION_FAILED' } });
    // Nobody knows whether such a client sends its body.
    expect(await client.ended()).toBe('');
    expectSchema('/v1/put', reply);
    expect(http.store.puts).toEqual([]);
  });
});
