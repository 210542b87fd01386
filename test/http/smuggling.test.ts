/** N7: bytes that could be read in two ways, or in none. */
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { anOperation, chunkedPut, requestText, serve } from './support/http-fixture.ts';
import { expectSchema } from './support/reply-schema.ts';

const body = JSON.stringify([anOperation]);

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
    client.send(Buffer.concat([http.put([anOperation]), Buffer.from('junk')]));
    expect((await client.reply()).status).toBe(200);
    expect((await client.reply()).json).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await client.ended()).toBe('');
  });

  test('a reply to bytes that are no request comes after those to the puts before them', async () => {
    await using http = await serve();
    http.store.isHolding = true;
    const client = await http.connect();
    client.send(
      Buffer.concat([http.put([anOperation]), http.put([{ ...anOperation, key: 'l' }]), Buffer.from('junk')]),
    );
    await http.store.received(2);
    http.store.release();
    expect((await client.replies(3)).map(({ status }) => status)).toEqual([200, 200, 400]);
    expect(await client.ended()).toBe('');
  });

  test('a reply to bytes that are no request comes once, and is logged once, however many there are', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) });
    await using http = await serve({ logger });
    http.store.isHolding = true;
    const client = await http.connect();
    client.send(Buffer.concat([http.put([anOperation]), Buffer.from('junk')]));
    await http.store.received(1);
    for (let round = 0; round < 3; round++) {
      client.send('YYY');
      await http.exchange(http.get('k'));
    }
    http.store.release();
    expect((await client.replies(2)).map(({ status }) => status)).toEqual([200, 400]);
    expect(await client.ended()).toBe('');
    expect(lines.length).toBe(1);
  });

  test('chunks that go wrong in the middle of a body: the put is not done, and says so', async () => {
    await using http = await serve();
    const client = await http.connect();
    client.send(`${chunkedPut(http.host, [body])}x`);
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
