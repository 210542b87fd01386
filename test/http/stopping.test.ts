/** S30: what clients hear while the server stops. */
import { describe, expect, test } from 'vitest';
import { anOperation, requestText, serve } from './support/http-fixture.ts';

const draining = { code: 'DRAINING', error: 'the server stops' } as const;

test('gets are served to the end, and each ends its connection', async () => {
  await using http = await serve();
  http.store.values.set('k', { value: 'v', version: 1 });
  const client = await http.connect();
  client.send(http.get('k'));
  expect((await client.reply()).headers.get('connection')).toBe('keep-alive');
  http.store.refusal = draining;
  client.send(http.get('k'));
  const reply = await client.reply();
  expect(reply).toMatchObject({ status: 200, json: { value: 'v' } });
  expect(reply.headers.get('connection')).toBe('close');
  expect(await client.ended()).toBe('');
});

test('a put that was taken in before is answered, also behind a reply that would end the connection', async () => {
  await using http = await serve();
  http.store.isHolding = true;
  const client = await http.connect();
  client.send(Buffer.concat([http.put([anOperation]), http.put([{ ...anOperation, key: 'l' }])]));
  await http.store.received(2);
  http.store.outcome = { code: 'DRAINING', error: 'the server stops' };
  http.store.release();
  const replies = await client.replies(2);
  expect(replies.map(({ headers }) => headers.get('connection'))).toEqual(['keep-alive', 'close']);
  expect(await client.ended()).toBe('');
});

describe('close', () => {
  test('does not wait for connections that are idle or have sent part of a request', async () => {
    const http = await serve();
    const clients = [];
    for (const part of ['', 'GET /v1/get?key=k HTTP/1.1\r\n', http.put([anOperation]).subarray(0, -1)]) {
      const [fresh, used] = [await http.connect(), await http.connect()];
      used.send(http.get('k'));
      await used.reply();
      for (const client of [fresh, used]) client.send(part);
      clients.push(fresh, used);
    }
    // Served after all of the above has been read.
    await http.exchange(http.get('k'));
    await http.close();
    for (const client of clients) expect(await client.ended()).toBe('');
    expect(http.store.puts).toEqual([]);
  });

  test('lets puts that are in work be answered, those of one connection in order', async () => {
    await using http = await serve();
    http.store.isHolding = true;
    const client = await http.connect();
    client.send(Buffer.concat([http.put([anOperation]), http.put([{ ...anOperation, key: 'l' }])]));
    await http.store.received(2);
    const closed = http.close();
    http.store.release();
    expect((await client.replies(2)).map(({ status }) => status)).toEqual([200, 200]);
    expect(await client.ended()).toBe('');
    client.destroy();
    await closed;
  });

  test('sends replies that are complete but not sent', async () => {
    await using http = await serve();
    http.store.values.set('long', { value: 'v'.repeat(1024 * 1024), version: 1 });
    http.store.isHolding = true;
    const [pipelining, slow] = [await http.connect(), await http.connect()];
    const puts = Array.from({ length: 10 }, (_, index) => http.put([{ ...anOperation, key: `k${index}` }]));
    pipelining.send(Buffer.concat(puts));
    slow.pause();
    slow.send(http.get('long').repeat(10));
    await http.store.received(10);
    // Ten of them are more than the system takes from a client that does not read.
    await http.exchange(http.get('k'));
    http.store.release();
    const closed = http.close();
    slow.resume();
    expect((await pipelining.replies(10)).map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect((await slow.replies(10)).map(({ status }) => status)).toEqual(Array(10).fill(200));
    for (const client of [pipelining, slow]) {
      expect(await client.ended()).toBe('');
      client.destroy();
    }
    await closed;
  });

  test('answers what still comes behind them, and ends the connection with that', async () => {
    await using http = await serve();
    http.store.isHolding = true;
    const client = await http.connect();
    client.send(http.put([anOperation]));
    await http.store.received(1);
    const closed = http.close();
    await http.isClosing;
    client.send(http.put([{ ...anOperation, key: 'l' }]));
    await http.store.received(2);
    http.store.releaseOne();
    const first = await client.reply();
    http.store.releaseOne();
    const second = await client.reply();
    expect([first.status, first.headers.get('connection')]).toEqual([200, 'keep-alive']);
    expect([second.status, second.headers.get('connection')]).toEqual([200, 'close']);
    expect(await client.ended()).toBe('');
    client.destroy();
    await closed;
  });

  test('answers what still comes behind them, and ends the connection with that', async () => {
    await using http = await serve();
    http.store.isHolding = true;
    const client = await http.connect();
    client.send(http.put([anOperation]));
    await http.store.received(1);
    const closed = http.close();
    await http.isClosing;
    const gotten = new Promise<string>((taken) => {
      http.store.get = (key) => void taken(key);
    });
    client.send(http.get('other'));
    await gotten;
    http.store.release();
    const [put, get] = await client.replies(2);
    expect([put!.status, put!.headers.get('connection')]).toEqual([200, 'keep-alive']);
    expect([get!.status, get!.headers.get('connection')]).toEqual([404, 'close']);
    expect(await client.ended()).toBe('');
    client.destroy();
    await closed;
  });

  test('is not held up by a client that keeps its side open', async () => {
    const http = await serve();
    const client = await http.connect();
    client.send(requestText('GET /healthz', { host: http.host, connection: 'close' }));
    await client.reply();
    await http.close();
    expect(await client.ended()).toBe('');
  });
});
