/** How a body comes: its length, its chunks, and bytes that are no request at all. */
import { describe, expect, test } from 'vitest';
import { anOperation, type HttpFixture, requestText, serve } from './support/http-fixture.ts';
import type { RawClient } from './support/raw-client.ts';
import { expectSchema } from './support/reply-schema.ts';

const body = JSON.stringify([anOperation]);

function chunked(host: string, chunks: readonly string[]): string {
  const headers = { host, 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
  const coded = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  return requestText('POST /v1/put', headers) + coded.join('');
}

describe('a body', () => {
  test('may come in one piece, byte by byte, or in chunks', async () => {
    await using http = await serve();
    const client = await http.connect();
    const bytes = http.put([{ ...anOperation, version: 0 }]);
    for (const byte of bytes) client.send(Buffer.of(byte));
    expect((await client.reply()).json).toMatchObject({ versions: [1] });
    client.send(`${chunked(http.host, [...body.replace('0', '1')])}0\r\n\r\n`);
    expect((await client.reply()).json).toMatchObject({ versions: [2] });
    client.send(http.put([{ ...anOperation, version: 2 }]));
    expect((await client.reply()).json).toMatchObject({ versions: [3] });
  });

  test('may have characters that are split between pieces', async () => {
    await using http = await serve();
    const client = await http.connect();
    const bytes = http.put([{ key: '😀', value: '😀é', version: 0 }]);
    for (const byte of bytes) client.send(Buffer.of(byte));
    expect((await client.reply()).status).toBe(200);
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
      expect((await http.exchange(`${chunked(http.host, [padded(bytes)])}0\r\n\r\n`)).status).toBe(status);
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
    client.send(chunked(http.host, [padded(bodyBytesMax), ' ']));
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

describe('N7 bytes that could be read in two ways', () => {
  const put = (host: string, headers: string, rest: string) =>
    `POST /v1/put HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n${headers}\r\n${rest}`;
  const smuggled = (host: string) => requestText('GET /v1/get?key=smuggled', { host });

  test.each<[what: string, bytes: (host: string) => string]>([
    [
      'a length and chunks',
      (h) => put(h, 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${smuggled(h)}`),
    ],
    [
      'chunks and a length',
      (h) => put(h, 'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `0\r\n\r\n${smuggled(h)}`),
    ],
    ['two lengths', (h) => put(h, 'Content-Length: 0\r\nContent-Length: 5\r\n', smuggled(h))],
    ['two equal lengths', (h) => put(h, 'Content-Length: 2\r\nContent-Length: 2\r\n', '[]')],
    ['a list of lengths', (h) => put(h, 'Content-Length: 2, 2\r\n', '[]')],
    ['a length with a sign', (h) => put(h, 'Content-Length: +2\r\n', '[]')],
    ['a negative length', (h) => put(h, 'Content-Length: -2\r\n', '[]')],
    ['a length in hexadecimal', (h) => put(h, 'Content-Length: 0x2\r\n', '[]')],
    ['a length beyond 64 bits', (h) => put(h, 'Content-Length: 99999999999999999999\r\n', '[]')],
    ['an empty length', (h) => put(h, 'Content-Length: \r\n', '[]')],
    ['a length in front of which there is a space', (h) => put(h, 'Content-Length : 2\r\n', '[]')],
    [
      'chunked that is not the last',
      (h) => put(h, 'Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${smuggled(h)}`),
    ],
    ['a header that goes on in the next line', (h) => put(h, 'X: a\r\n Transfer-Encoding: chunked\r\n', '')],
    ['a line that ends with LF', (h) => put(h, 'X: a\nTransfer-Encoding: chunked\r\n', '')],
    ['a line that ends with CR', (h) => put(h, 'X: a\rTransfer-Encoding: chunked\r\n', '')],
    ['NUL in a header', (h) => put(h, 'X: a\0b\r\n', '')],
    ['a header without a name', (h) => put(h, ': a\r\n', '')],
    ['a header without a colon', (h) => put(h, 'X\r\n', '')],
    ['only LF', (h) => put(h, '', '').replaceAll('\r\n', '\n')],
    ['a chunk size that is no number', (h) => put(h, 'Transfer-Encoding: chunked\r\n', `x\r\n${smuggled(h)}`)],
    ['a chunk longer than its size', (h) => put(h, 'Transfer-Encoding: chunked\r\n', `2\r\n[][]\r\n0\r\n\r\n`)],
    ['a chunk size with LF only', (h) => put(h, 'Transfer-Encoding: chunked\r\n', `2\n[]\r\n0\r\n\r\n`)],
    [
      'a chunk size beyond 64 bits',
      (h) => put(h, 'Transfer-Encoding: chunked\r\n', `10000000000000002\r\n[]\r\n0\r\n\r\n`),
    ],
    ['a method that does not exist', (h) => requestText('GIVE /v1/get?key=k', { host: h })],
    ['a method in small letters', (h) => requestText('get /v1/get?key=k', { host: h })],
    ['HTTP/1.2', (h) => requestText('GET /', { host: h }).replace('HTTP/1.1', 'HTTP/1.2')],
    ['HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['TLS', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['the protocol of another server', () => '*1\r\n$4\r\nPING\r\n'],
    ['nothing like a protocol', () => '\0\x01\x02\x03'],
  ])('%s: refused, and the connection ends', async (_what, bytes) => {
    await using http = await serve();
    const client = await http.connect();
    client.send(bytes(http.host));
    const reply = await client.reply();
    expect(reply).toMatchObject({ status: 400, json: { code: 'BAD_REQUEST' } });
    expect(reply.headers.get('connection')).toBe('close');
    // What was hidden behind is not answered.
    expect(await client.ended()).toBe('');
    expect(http.store.puts).toEqual([]);
  });

  test('an unknown transfer encoding: refused, and the connection ends', async () => {
    await using http = await serve();
    const client = await http.connect();
    client.send(put(http.host, 'Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${smuggled(http.host)}`));
    expect((await client.reply()).json).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
    expect(await client.ended()).toBe('');
  });

  test('a body that is longer than its length: the put is served, the rest is refused', async () => {
    await using http = await serve();
    const client = await http.connect();
    client.send(Buffer.concat([http.put([anOperation]), Buffer.from('XXX')]));
    expect((await client.reply()).status).toBe(200);
    expect((await client.reply()).json).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await client.ended()).toBe('');
  });

  test('a reply to bytes that are no request comes after those to the puts before them', async () => {
    await using http = await serve();
    http.store.isHolding = true;
    const client = await http.connect();
    client.send(Buffer.concat([http.put([anOperation]), http.put([{ ...anOperation, key: 'l' }]), Buffer.from('XXX')]));
    await http.store.received(2);
    http.store.release();
    expect((await client.replies(3)).map(({ status }) => status)).toEqual([200, 200, 400]);
    expect(await client.ended()).toBe('');
  });

  test('a reply to bytes that are no request comes once, however many there are', async () => {
    await using http = await serve();
    http.store.isHolding = true;
    const client = await http.connect();
    client.send(Buffer.concat([http.put([anOperation]), Buffer.from('XXX')]));
    await http.store.received(1);
    for (let round = 0; round < 3; round++) {
      client.send('YYY');
      await http.exchange(http.get('k'));
    }
    http.store.release();
    expect((await client.replies(2)).map(({ status }) => status)).toEqual([200, 400]);
    expect(await client.ended()).toBe('');
  });

  test('chunks that go wrong in the middle of a body: the put is not done, and says so', async () => {
    await using http = await serve();
    const client = await http.connect();
    client.send(`${chunked(http.host, [body])}x`);
    const reply = await client.reply();
    expect(reply).toMatchObject({ status: 400, json: { result: 'Failure', code: 'BAD_REQUEST' } });
    expectSchema('/v1/put', reply);
    expect(await client.ended()).toBe('');
    expect(http.store.puts).toEqual([]);
  });

  test.each([
    ['a URL', (host: string) => requestText(`GET /v1/get?key=${'k'.repeat(30_000)}`, { host })],
    ['a header', (host: string) => requestText('GET /v1/get?key=k', { host, x: 'x'.repeat(30_000) })],
    ['headers', (host: string) => requestText('GET /v1/get?key=k', { host, x: Array(30_000).fill('') })],
  ])('%s that is too large: 431', async (_what, bytes) => {
    await using http = await serve();
    const client = await http.connect();
    client.send(bytes(http.host));
    const reply = await client.reply();
    expect(reply).toMatchObject({ status: 431, json: { code: 'HEADERS_TOO_LARGE' } });
    expectSchema(undefined, reply);
    expect(await client.ended()).toBe('');
  });

  test('the longest key fits into a URL, every byte of it escaped', async () => {
    const keyBytesMax = 64 * 1024;
    await using http = await serve({ keyBytesMax });
    const line = `GET /v1/get?key=${'%61'.repeat(keyBytesMax)}`;
    expect((await http.exchange(requestText(line, { host: http.host }))).status).toBe(404);
  });
});
