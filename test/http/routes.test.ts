/** The paths and methods that exist, and those that do not. */
import { describe, expect, test } from 'vitest';
import { requestText, serve } from './support/http-fixture.ts';
import { expectSchema } from './support/reply-schema.ts';

describe('paths and methods', () => {
  test.each([
    '/',
    '/v1',
    '/v1/',
    '/v1/get/',
    '//v1/get?key=k',
    '/v1//get?key=k',
    '/v1/./get?key=k',
    '/v1/x/../get?key=k',
    '/V1/get?key=k',
    '/v1/%67et?key=k',
    '/v1%2fget?key=k',
    '/v1/get;a=b?key=k',
    '/v1/get%3Fkey=k',
    '/v1/get%00?key=k',
    '/v1/get#?key=k',
    '/%zz',
    '/%ff',
    '/healthz/',
    '/__proto__',
    '/constructor',
    '*',
  ])('%s is none of ours', async (target) => {
    await using http = await serve();
    const reply = await http.exchange(requestText(`GET ${target}`, { host: http.host }));
    expect(reply).toMatchObject({ status: 404, json: { code: 'NO_ROUTE' } });
    expectSchema(undefined, reply);
  });

  test.each([
    ['/v1/get', 'GET, HEAD', ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']],
    ['/v1/put', 'POST', ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'LOCK']],
    ['/v1/batch', 'POST', ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'SEARCH']],
    ['/healthz', 'GET, HEAD', ['POST', 'OPTIONS']],
    ['/readyz', 'GET, HEAD', ['POST', 'OPTIONS']],
  ] as const)('%s takes %s only', async (path, allowed, methods) => {
    await using http = await serve();
    for (const method of methods) {
      const client = await http.connect();
      client.send(requestText(`${method} ${path}`, { host: http.host, 'content-type': 'application/json' }));
      const reply = await client.reply({ isHead: method === 'HEAD' });
      expect(reply.status).toBe(405);
      expect(reply.headers.get('allow')).toBe(allowed);
      if (method !== 'HEAD') expectSchema(path, reply);
    }
  });

  test('a tunnel is not opened', async () => {
    await using http = await serve();
    const client = await http.connect();
    client.send(requestText('CONNECT localhost:22', { host: http.host }));
    expect(await client.ended()).toBe('');
  });

  test('an upgrade is not made: the request is answered as if it had not asked', async () => {
    await using http = await serve();
    const headers = { connection: 'upgrade', upgrade: 'websocket' };
    expect((await http.exchange(http.get('k', headers))).status).toBe(404);
  });
});
