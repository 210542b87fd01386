/** N2: clients that send slowly, or nothing, or do not read. */
import { expect, test } from 'vitest';
import { buildApp } from '../../src/http/app.ts';
import { FakeStore } from './support/fake-store.ts';
import { anOperation, defaultSettings, requestText, serve } from './support/http-fixture.ts';
import { expectSchema } from './support/reply-schema.ts';

/** Short enough for a test; the server looks at its clocks that often. */
const short = { headersTimeoutMs: 100, requestTimeoutMs: 200, keepAliveTimeoutMs: 100 };

test('a connection on which nothing comes gets 408 after headersTimeoutMs', async () => {
  await using http = await serve(short);
  const client = await http.connect();
  const reply = await client.reply();
  expect(reply).toMatchObject({ status: 408, json: { code: 'REQUEST_TIMEOUT' } });
  expectSchema(undefined, reply);
  expect(await client.ended()).toBe('');
});

test('headers that do not end in time get 408', async () => {
  await using http = await serve(short);
  const client = await http.connect();
  client.send(`GET /v1/get?key=k HTTP/1.1\r\nHost: ${http.host}\r\n`);
  expect((await client.reply()).status).toBe(408);
  expect(await client.ended()).toBe('');
});

test.each([
  ['does not begin', -JSON.stringify([anOperation]).length],
  ['does not end', -1],
])('a body that %s in time gets 408, and what comes later does nothing', async (_what, cut) => {
  await using http = await serve(short);
  const client = await http.connect();
  const bytes = http.put([anOperation]);
  client.send(bytes.subarray(0, cut));
  const reply = await client.reply();
  expect(reply).toMatchObject({ status: 408, json: { result: 'Failure', code: 'REQUEST_TIMEOUT' } });
  expectSchema('/v1/put', reply);
  client.send(bytes.subarray(cut));
  client.end();
  expect(await client.ended()).toBe('');
  // The rest has been read when this is answered.
  await http.exchange(http.get('k'));
  expect(http.store.puts).toEqual([]);
});

test('a request that is late gets its 408 after the replies to those before it', async () => {
  await using http = await serve(short);
  http.store.isHolding = true;
  const client = await http.connect();
  client.send(Buffer.concat([http.put([anOperation]), Buffer.from('GET /v1/g')]));
  const late = await http.connect();
  // Another connection is as late: when that one has its 408, the first one would have it too.
  expect((await late.reply()).status).toBe(408);
  http.store.release();
  expect((await client.replies(2)).map(({ status }) => status)).toEqual([200, 408]);
});

test('a put that waits for the disk is no slow client', async () => {
  await using http = await serve(short);
  http.store.isHolding = true;
  const client = await http.connect();
  client.send(http.put([anOperation]));
  await http.store.received(1);
  const late = await http.connect();
  expect((await late.reply()).status).toBe(408);
  http.store.release();
  expect((await client.reply()).status).toBe(200);
});

test('an idle connection is closed', async () => {
  await using http = await serve(short);
  const client = await http.connect();
  client.send(http.get('k'));
  const reply = await client.reply();
  expect(reply.headers.get('connection')).toBe('keep-alive');
  expect(await client.ended()).toBe('');
});

test('an idle connection is closed that was busy before, and a put that takes longer than it may be idle is not', async () => {
  await using http = await serve({ ...short, putTimeoutMs: 60_000 });
  const client = await http.connect();
  for (const end = performance.now() + 200; performance.now() < end; ) {
    client.send(http.get('k'));
    expect((await client.reply()).status).toBe(404);
  }
  http.store.isHolding = true;
  client.send(http.put([anOperation]));
  await http.store.received(1);
  // Another that goes idle after the put was sent, and is closed before it is answered, tells that the time is over.
  const idle = await http.connect();
  idle.send(http.get('k'));
  expect((await idle.reply()).status).toBe(404);
  expect(await idle.ended()).toBe('');
  http.store.release();
  expect((await client.reply()).status).toBe(200);
  expect(await client.ended()).toBe('');
});

test('more than maxConnections are not accepted', async () => {
  await using http = await serve({ maxConnections: 2 });
  const [first, second] = [await http.connect(), await http.connect()];
  const third = await http.connect();
  expect(await third.ended()).toBe('');
  for (const client of [first, second]) {
    client.send(http.get('k'));
    expect((await client.reply()).status).toBe(404);
  }
});

test('the times of the server are those of the settings', () => {
  const settings = {
    ...defaultSettings,
    ...{ headersTimeoutMs: 5000, requestTimeoutMs: 10_000, keepAliveTimeoutMs: 4000, putTimeoutMs: 20_000 },
    ...{ maxConnections: 7, port: () => 0 },
  };
  const { server } = buildApp({ store: new FakeStore(), settings });
  expect(server).toMatchObject({
    headersTimeout: 5000,
    requestTimeout: 10_000,
    keepAliveTimeout: 4000,
    maxConnections: 7,
    // Longer than any put: one that waits for the disk is not cut off before its answer.
    timeout: 25_000,
    connectionsCheckingInterval: 1000,
  });
});

test('a client that does not read stops being served, the others do not', async () => {
  await using http = await serve();
  http.store.values.set('k', { value: 'v'.repeat(1024 * 1024), version: 1 });
  let gets = 0;
  const { get } = http.store;
  http.store.get = (key) => {
    gets++;
    return get.call(http.store, key);
  };
  const client = await http.connect();
  client.pause();
  client.send(http.get('k').repeat(1000));
  for (let round = 0; round < 50; round++) await http.exchange(requestText('GET /healthz', { host: http.host }));
  // What fits into the buffers of the system, and as many as may be in work.
  expect(gets).toBeLessThan(100);
});

test('a client that goes on sending after the last reply is cut off', async () => {
  await using http = await serve({ bodyBytesMax: 1024 });
  const client = await http.connect();
  client.send(http.put('', { 'content-length': '10000000000' }));
  expect((await client.reply()).status).toBe(413);
  client.send('x');
  await http.serverSide(client).closed();
});
