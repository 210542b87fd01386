/** D16: clients that go while they send or wait. */
import { expect, test } from 'vitest';
import { anOperation, serve } from './support/http-fixture.ts';

test('a request that is cut off at any byte has no effect', async () => {
  await using http = await serve();
  const bytes = http.put([anOperation]);
  for (let cut = 0; cut < bytes.length; cut++) {
    const client = await http.connect();
    client.send(bytes.subarray(0, cut));
    client.end();
    await client.ended();
  }
  expect(http.store.puts).toEqual([]);
});

test('a request that is cut off by a reset has no effect', async () => {
  await using http = await serve();
  const bytes = http.put([anOperation]);
  for (const cut of [0, 1, 100, bytes.length - 10, bytes.length - 1]) {
    const client = await http.connect();
    client.send(bytes.subarray(0, cut));
    client.reset();
    await client.ended();
  }
  expect((await http.exchange(http.get('k'))).status).toBe(404);
  expect(http.store.puts).toEqual([]);
});

test.each(['end', 'reset', 'destroy'] as const)(
  'a put whose client goes (%s) after sending it whole is done',
  async (go) => {
    await using http = await serve();
    http.store.isHolding = true;
    const client = await http.connect();
    client.send(http.put([anOperation]));
    await http.store.received(1);
    client[go]();
    http.store.release();
    expect((await http.exchange(http.get('k'))).json).toMatchObject({ value: 'v', version: 1 });
  },
);

test('a client that ends its side after a request still gets the reply', async () => {
  await using http = await serve();
  http.store.isHolding = true;
  const client = await http.connect();
  client.send(Buffer.concat([http.put([anOperation]), Buffer.from(http.get('other'))]));
  client.end();
  await http.serverSide(client).ended();
  http.store.release();
  expect((await client.replies(2)).map(({ status }) => status)).toEqual([200, 404]);
  expect(await client.ended()).toBe('');
});
