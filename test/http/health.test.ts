/** `GET /healthz` and `GET /readyz`. */
import { expect, test } from 'vitest';
import { requestText, serve } from './support/http-fixture.ts';
import { expectSchema } from './support/reply-schema.ts';

test.each([
  ['/healthz', { status: 'ok' }],
  ['/readyz', { status: 'ready' }],
] as const)('%s of a server that serves', async (path, json) => {
  await using http = await serve();
  const reply = await http.exchange(requestText(`GET ${path}`, { host: http.host }));
  expect(reply).toMatchObject({ status: 200, json });
  expectSchema(path, reply);
  const client = await http.connect();
  client.send(requestText(`HEAD ${path}`, { host: http.host }));
  expect((await client.reply({ isHead: true })).status).toBe(200);
});

test('S27 a server that is not ready is alive', async () => {
  await using http = await serve();
  http.store.unreadiness = 'the last flush is overdue';
  const ready = await http.exchange(requestText('GET /readyz', { host: http.host }));
  expect(ready).toMatchObject({ status: 503, json: { code: 'NOT_READY', error: 'the last flush is overdue' } });
  expectSchema('/readyz', ready);
  expect((await http.exchange(requestText('GET /healthz', { host: http.host }))).status).toBe(200);
});

test.each([
  ['QUEUE_FULL', 200],
  ['DRAINING', 200],
  ['HALTED', 503],
] as const)('a server that is %s is alive: %i', async (code, status) => {
  await using http = await serve();
  http.store.refusal = { code, error: 'why' };
  const reply = await http.exchange(requestText('GET /healthz', { host: http.host }));
  expect(reply.status).toBe(status);
  expectSchema('/healthz', reply);
});

test.each(['/healthz', '/readyz'] as const)('%s is told apart from a page', async (path) => {
  await using http = await serve();
  for (const [status, headers] of [
    [421, { host: 'evil.example' }],
    [403, { host: http.host, origin: 'http://evil.example' }],
  ] as const) {
    const reply = await http.exchange(requestText(`GET ${path}`, headers));
    expect(reply.status).toBe(status);
    expectSchema(path, reply);
  }
  const reply = await http.exchange(requestText(`GET ${path}?verbose`, { host: http.host }));
  expect(reply).toMatchObject({ status: 400, json: { code: 'BAD_QUERY' } });
  expectSchema(path, reply);
});
