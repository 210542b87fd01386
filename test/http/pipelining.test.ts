/** N1: requests that are sent before the replies to earlier ones have come. */
import { expect, test } from 'vitest';
import { anOperation, requestText, serve } from './support/http-fixture.ts';

const putOf = (index: number) => [{ key: `k${index}`, value: index, version: 0 }];

test('replies come in the order of the requests, whatever was done first', async () => {
  await using http = await serve();
  http.store.isHolding = true;
  const client = await http.connect();
  client.send(
    Buffer.concat([http.put(putOf(0)), Buffer.from(http.get('k0')), http.put(putOf(1)), http.put('no JSON')]),
  );
  await http.store.received(2);
  http.store.release();
  const replies = await client.replies(4);
  expect(replies.map(({ status }) => status)).toEqual([200, 404, 200, 400]);
  expect(replies[2]!.json).toMatchObject({ seq: 2 });
});

test.each([1, 2, 16])(
  'of a flood of 2,000 puts at most %i are in work at a time, and all are answered',
  async (max) => {
    await using http = await serve({ pipelinedRequestsMax: max });
    const { store } = http;
    const count = 2000;
    const client = await http.connect();
    store.isHolding = true;
    client.send(Buffer.concat(Array.from({ length: count }, (_, index) => http.put(putOf(index)))));
    await store.received(max);
    // More would have come by now: they were in the same packet.
    await http.exchange(http.get('k'));
    expect(store.puts.length).toBe(max);
    store.release();
    const replies = await client.replies(count);
    expect(replies.map(({ json }) => json?.seq)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    expect(store.inWorkMax).toBeLessThanOrEqual(max);
    expect(store.puts.map(([operation]) => operation?.value)).toEqual(
      Array.from({ length: count }, (_, index) => index),
    );
  },
);

test('a connection whose puts are not answered is not read from', async () => {
  await using http = await serve();
  http.store.isHolding = true;
  const client = await http.connect();
  // Many small ones: the HTTP server wants to read on with each that it has read.
  const count = 5000;
  client.send(
    Buffer.concat(Array.from({ length: count }, () => http.put([{ ...anOperation, value: 'v'.repeat(200) }]))),
  );
  await http.store.received(16);
  // Every round trip of another client gives the server the time to read more.
  for (let round = 0; round < 20; round++) await http.exchange(http.get('k'));
  const bytesRead = await http.serverSide(client).bytesRead();
  for (let round = 0; round < 20; round++) await http.exchange(http.get('k'));
  expect(await http.serverSide(client).bytesRead()).toBe(bytesRead);
  expect(bytesRead).toBeLessThan(512 * 1024);
  http.store.release();
  expect((await client.replies(count)).length).toBe(count);
});

test('a body may be long behind many requests that wait', async () => {
  await using http = await serve({ pipelinedRequestsMax: 2 });
  http.store.isHolding = true;
  const client = await http.connect();
  const puts = Array.from({ length: 10 }, (_, index) => http.put(putOf(index)));
  client.send(Buffer.concat([...puts, http.put([{ key: 'long', value: 'v'.repeat(900_000), version: 0 }])]));
  await http.store.received(2);
  http.store.release();
  expect((await client.replies(11)).map(({ status }) => status)).toEqual(Array(11).fill(200));
});

test('two connections do not wait for each other', async () => {
  await using http = await serve({ pipelinedRequestsMax: 1 });
  http.store.isHolding = true;
  const [first, second] = [await http.connect(), await http.connect()];
  first.send(http.put(putOf(0)));
  second.send(http.put(putOf(1)));
  await http.store.received(2);
  http.store.release();
  expect([(await first.reply()).status, (await second.reply()).status]).toEqual([200, 200]);
});

test('requests that wait when the client goes are not begun', async () => {
  await using http = await serve({ pipelinedRequestsMax: 2 });
  http.store.isHolding = true;
  const client = await http.connect();
  let gets = 0;
  http.store.get = () => void gets++;
  const puts = Array.from({ length: 5 }, (_, index) => http.put(putOf(index)));
  client.send(Buffer.concat([...puts, Buffer.from(http.get('k').repeat(5))]));
  await http.store.received(2);
  client.reset();
  http.store.release();
  await http.serverSide(client).closed();
  expect(http.store.puts.length).toBe(2);
  expect(gets).toBe(0);
});

test('a request that waits and is refused meanwhile is not begun when its turn comes', async () => {
  await using http = await serve({ pipelinedRequestsMax: 1 });
  http.store.isHolding = true;
  const client = await http.connect();
  const chunked = { 'content-length': null, 'transfer-encoding': 'chunked', expect: '100-continue' };
  client.send(Buffer.concat([http.put(putOf(0)), http.put('no chunk', chunked)]));
  await http.store.received(1);
  http.store.release();
  expect((await client.replies(2)).map(({ status }) => status)).toEqual([200, 400]);
  expect(await client.ended()).toBe('');
});

test('nothing is begun behind a reply that ends the connection', async () => {
  await using http = await serve();
  const client = await http.connect();
  const tooLarge = http.put('x', {
    'content-length': null,
    'transfer-encoding': 'chunked',
    'content-type': 'text/plain',
  });
  client.send(Buffer.concat([tooLarge.subarray(0, -1), Buffer.from('0\r\n\r\n'), http.put(putOf(0))]));
  expect((await client.reply()).status).toBe(415);
  expect(await client.ended()).toBe('');
  expect(http.store.puts).toEqual([]);
});

test('nothing is begun behind a request that says it is the last', async () => {
  await using http = await serve();
  const client = await http.connect();
  client.send(Buffer.concat([Buffer.from(http.get('k', { connection: 'close' })), http.put(putOf(0))]));
  expect((await client.reply()).status).toBe(404);
  expect(await client.ended()).toBe('');
  expect(http.store.puts).toEqual([]);
});

test('HEAD replies have no body, and the next reply follows at once', async () => {
  await using http = await serve();
  http.store.values.set('k', { value: 'v', version: 1 });
  const client = await http.connect();
  client.send(requestText('HEAD /v1/get?key=k', { host: http.host }) + http.get('k'));
  const head = await client.reply({ isHead: true });
  const get = await client.reply();
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(get.text.length)]);
});
