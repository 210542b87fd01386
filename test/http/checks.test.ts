/** The checks before the body: who may send a request at all, and in which order that is decided. */
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/http/failures.ts';
import { anOperation, type Headers, requestText, type ServeOptions, serve } from './support/http-fixture.ts';
import { expectSchema } from './support/reply-schema.ts';

describe('the order of the checks', () => {
  /** Each fault of a put, in the order in which it must be noticed. A put with all of them gets the first one. */
  const faults: [status: number, code: ErrorCode, fault: Headers][] = [
    [421, 'WRONG_HOST', { host: 'evil.example' }],
    [403, 'FOREIGN_ORIGIN', { origin: 'http://evil.example' }],
    [401, 'UNAUTHORIZED', { authorization: null }],
    [417, 'EXPECTATION_FAILED', { expect: 'a-miracle' }],
    [415, 'UNSUPPORTED_MEDIA_TYPE', { 'content-type': 'text/plain' }],
    [413, 'BODY_TOO_LARGE', { 'content-length': '1025' }],
    [503, 'QUEUE_FULL', {}],
    [400, 'BAD_JSON', {}],
  ];

  test.each(faults)('%i is noticed before all that come after it', async (status, code) => {
    await using http = await serve({ token: 'secret', bodyBytesMax: 1024 });
    const first = faults.findIndex(([, other]) => other === code);
    const headers = Object.assign({}, ...faults.slice(first).map(([, , fault]) => fault));
    // The queue is full for every fault that comes before it, and not for the one that comes after.
    if (first <= 6) http.store.refusal = { code: 'QUEUE_FULL', error: 'the queue is full' };
    const reply = await http.exchange(http.put('no JSON', { authorization: 'Bearer secret', ...headers }));
    expect(reply).toMatchObject({ status, json: { result: 'Failure', code } });
    expectSchema('/v1/put', reply);
    expect(http.store.puts).toEqual([]);
  });

  test.each([
    [421, 'DELETE /v1/put', { host: 'evil.example', origin: 'http://evil.example' }],
    [403, 'DELETE /v1/put', { origin: 'http://evil.example' }],
    [401, 'DELETE /v1/put', {}],
    [405, 'DELETE /v1/put', { authorization: 'Bearer secret', expect: 'a-miracle' }],
    [401, 'GET /nowhere', {}],
    [404, 'GET /nowhere', { authorization: 'Bearer secret', expect: 'a-miracle' }],
    [417, 'GET /v1/get', { authorization: 'Bearer secret', expect: 'a-miracle', 'content-length': '1' }],
    [400, 'GET /v1/get', { authorization: 'Bearer secret', 'content-length': '1' }],
  ])('%i for %s with %j', async (status, line, headers) => {
    await using http = await serve({ token: 'secret' });
    const reply = await http.exchange(requestText(line, { host: http.host, ...headers }));
    expect(reply.status).toBe(status);
  });

  test('no body is waited for where the headers decide', async () => {
    await using http = await serve();
    const client = await http.connect();
    client.send(requestText('POST /v1/put', { host: http.host, 'content-type': 'text/plain', 'content-length': '9' }));
    expect((await client.reply()).status).toBe(415);
    client.send('123456789');
    client.send(http.get('k'));
    expect((await client.reply()).status).toBe(404);
  });
});

describe('N4 the Host header', () => {
  const allowed = ['localhost:PORT', '127.0.0.1:PORT', '[::1]:PORT', 'db.example', 'db.example:8080'];
  const refused = [
    'localhost',
    '127.0.0.1',
    '[::1]',
    'localhost:',
    'localhost:0PORT',
    'localhost:1',
    'localhost.:PORT',
    'LOCALHOST:PORT',
    'localhost:PORT.evil.example',
    'evil.example',
    'evil.example:PORT',
    'localhost.evil.example:PORT',
    'evil.example, localhost:PORT',
    'localhost:PORT, localhost:PORT',
    'localhost:PORT/',
    'user@localhost:PORT',
    'http://localhost:PORT',
    '127.1:PORT',
    '127.0.0.2:PORT',
    '0.0.0.0:PORT',
    '2130706433:PORT',
    '::1:PORT',
    '[::]:PORT',
    '[0:0:0:0:0:0:0:1]:PORT',
    '[::ffff:127.0.0.1]:PORT',
    'db.example:PORT',
    'sub.db.example',
    '',
  ];
  const options = { hosts: ['db.example', 'db.example:8080'] };

  test('that is ours is served', async () => {
    await using http = await serve(options);
    for (const host of allowed) {
      const reply = await http.exchange(http.get('k', { host: host.replace('PORT', String(http.port)) }));
      expect(reply.status, host).toBe(404);
    }
  });

  test('that is not is refused, on every path', async () => {
    await using http = await serve(options);
    for (const host of refused) {
      for (const line of ['GET /v1/get?key=k', 'POST /v1/put', 'GET /healthz', 'GET /readyz', 'GET /nowhere']) {
        const reply = await http.exchange(requestText(line, { host: host.replace('PORT', String(http.port)) }));
        expect(reply, `${line} of ${host}`).toMatchObject({ status: 421, json: { code: 'WRONG_HOST' } });
      }
    }
  });

  test.each<[what: string, headers: (host: string) => Headers]>([
    ['missing', () => ({})],
    ['there twice', (host) => ({ host: [host, host] })],
    ['there twice, ours first', (host) => ({ host: [host, 'evil.example'] })],
    ['there twice, ours last', (host) => ({ host: ['evil.example', host] })],
    ['there twice, spelled differently', (host) => ({ host, HOST: 'evil.example' })],
    ['only X-Forwarded-Host', (host) => ({ 'x-forwarded-host': host })],
    ['only Forwarded', (host) => ({ forwarded: `host=${host}` })],
    ['foreign, X-Forwarded-Host is ours', (host) => ({ host: 'evil.example', 'x-forwarded-host': host })],
    ['hidden behind 2,500 others', (host) => ({ a: Array(2500).fill(''), host: [host, 'evil.example'] })],
  ])('N12 that is %s is refused', async (_what, headers) => {
    await using http = await serve();
    const reply = await http.exchange(requestText('GET /v1/get?key=k', headers(http.host)));
    expect(reply).toMatchObject({ status: 421, json: { code: 'WRONG_HOST' } });
    expectSchema('/v1/get', reply);
  });

  test('needs no port where that is 80', async () => {
    await using http = await serve({ port: 80 });
    for (const host of ['localhost', 'localhost:80', '127.0.0.1', '[::1]']) {
      expect((await http.exchange(http.get('k', { host }))).status).toBe(404);
    }
  });

  test.each([
    'http://localhost:PORT/v1/get?key=k',
    'http://evil.example/v1/get?key=k',
    'localhost:PORT',
    'https://localhost:PORT/healthz',
  ])('beside the target %s does not help', async (target) => {
    await using http = await serve();
    const line = `GET ${target.replace('PORT', String(http.port))}`;
    const bytes = requestText(line, { host: http.host });
    const client = await http.connect();
    client.send(bytes);
    expect((await client.reply()).status).toBeOneOf([421, 400]);
  });

  test.each(['HTTP/0.9', 'HTTP/1.0', 'HTTP/1.1'])('must be there in %s', async (version) => {
    await using http = await serve();
    const reply = await http.exchange(`GET /v1/get?key=k ${version}\r\n\r\n`);
    expect(reply.status).toBe(421);
  });

  test('is enough for HTTP/1.0, which is served and closed', async () => {
    await using http = await serve();
    const client = await http.connect();
    client.send(`GET /healthz HTTP/1.0\r\nHost: ${http.host}\r\n\r\n`);
    expect((await client.reply()).status).toBe(200);
    expect(await client.ended()).toBe('');
  });
});

describe('N5 requests that a page of another site can make a browser send', () => {
  const site = { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' };

  test.each<[what: string, line: string, headers: Headers]>([
    ['a form', 'POST /v1/put', { ...site, 'content-type': 'application/x-www-form-urlencoded' }],
    ['a form with files', 'POST /v1/put', { ...site, 'content-type': 'multipart/form-data; boundary=x' }],
    ['a form of plain text', 'POST /v1/put', { ...site, 'content-type': 'text/plain' }],
    ['a fetch without CORS', 'POST /v1/put', { ...site, 'content-type': 'text/plain;charset=UTF-8' }],
    ['a beacon', 'POST /v1/put', { ...site, 'content-type': 'application/json' }],
    ['a fetch that asks first', 'OPTIONS /v1/put', { ...site, 'access-control-request-method': 'POST' }],
    ['an image', 'GET /v1/get?key=k', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    ['a script', 'GET /v1/get?key=k', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'script' }],
    ['a link', 'GET /v1/get?key=k', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    ['a page of another port', 'GET /v1/get?key=k', { 'sec-fetch-site': 'same-site' }],
    [
      'a page of another port, reading',
      'GET /v1/get?key=k',
      { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' },
    ],
    ['a sandboxed frame', 'POST /v1/put', { origin: 'null', 'content-type': 'application/json' }],
    ['an old browser', 'POST /v1/put', { origin: 'http://evil.example', 'content-type': 'application/json' }],
    ['a page that looks like ours', 'GET /healthz', { origin: 'http://localhost:PORT' }],
    ['an allowed origin in other letters', 'GET /healthz', { origin: 'HTTPS://APP.EXAMPLE' }],
    ['an allowed origin and a slash', 'GET /healthz', { origin: 'https://app.example/' }],
    ['an allowed origin and more', 'GET /healthz', { origin: 'https://app.example.evil.example' }],
    ['an allowed origin twice', 'GET /healthz', { origin: ['https://app.example', 'https://app.example'] }],
    ['an allowed origin and another', 'GET /healthz', { origin: ['https://app.example', 'http://evil.example'] }],
    [
      'an allowed origin from another site',
      'GET /healthz',
      { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' },
    ],
    [
      'an origin behind 2,500 other headers',
      'GET /healthz',
      { a: Array(2500).fill(''), origin: 'http://evil.example' },
    ],
    ['an empty origin', 'GET /healthz', { origin: '' }],
    ['two sites', 'GET /healthz', { 'sec-fetch-site': ['none', 'cross-site'] }],
    ['an unknown site', 'GET /healthz', { 'sec-fetch-site': 'Cross-Site' }],
    ['an empty site', 'GET /readyz', { 'sec-fetch-site': '' }],
  ])('%s is refused', async (_what, line, headers) => {
    await using http = await serve({ origins: ['https://app.example'] });
    const reply = await http.exchange(requestText(line, { host: http.host, ...headers }));
    expect(reply).toMatchObject({ status: 403, json: { code: 'FOREIGN_ORIGIN' } });
  });

  test.each<[what: string, headers: Headers]>([
    ['no page', {}],
    ['an allowed page', { origin: 'https://app.example', 'sec-fetch-site': 'same-origin' }],
    ['the address bar', { 'sec-fetch-site': 'none' }],
    ['our own page', { 'sec-fetch-site': 'same-origin' }],
  ])('%s is served', async (_what, headers) => {
    await using http = await serve({ origins: ['https://app.example'] });
    expect((await http.exchange(http.get('k', headers))).status).toBe(404);
  });
});

describe('N10 the token', () => {
  const token = 'c29tZSByYW5kb20gYnl0ZXM=';
  const wrong: [what: string, headers: Headers][] = [
    ['none', {}],
    ['empty', { authorization: '' }],
    ['no scheme', { authorization: token }],
    ['another scheme', { authorization: `Basic ${token}` }],
    ['only the scheme', { authorization: 'Bearer' }],
    ['a wrong one', { authorization: 'Bearer wrong' }],
    ['one byte less', { authorization: `Bearer ${token.slice(0, -1)}` }],
    ['one byte more', { authorization: `Bearer ${token}x` }],
    ['one byte changed', { authorization: `Bearer d${token.slice(1)}` }],
    ['two spaces', { authorization: `Bearer  ${token}` }],
    ['a tab', { authorization: `Bearer\t${token}` }],
    ['two tokens', { authorization: `Bearer ${token}, Bearer ${token}` }],
    ['two headers', { authorization: [`Bearer ${token}`, `Bearer ${token}`] }],
    ['two headers, the second right', { authorization: ['Bearer wrong', `Bearer ${token}`] }],
    ['for the proxy', { 'proxy-authorization': `Bearer ${token}` }],
    ['from here, it says', { 'x-forwarded-for': '127.0.0.1' }],
  ];

  test('N11 is asked for in the same words, be it missing or wrong', async () => {
    await using http = await serve({ token });
    const texts = new Set<string>();
    for (const [what, headers] of wrong) {
      const reply = await http.exchange(http.get('k', headers));
      expect(reply, what).toMatchObject({ status: 401, json: { code: 'UNAUTHORIZED' } });
      expect(reply.headers.get('www-authenticate')).toBe('Bearer');
      expectSchema('/v1/get', reply);
      texts.add(reply.text);
    }
    expect(texts.size).toBe(1);
  });

  test.each(['Bearer', 'bearer', 'BEARER'])('that is right is served after %s', async (scheme) => {
    await using http = await serve({ token });
    const authorization = `${scheme} ${token}`;
    expect((await http.exchange(http.get('k', { authorization }))).status).toBe(404);
    expect((await http.exchange(http.put([anOperation], { authorization }))).status).toBe(200);
  });

  test.each<[line: string, options: ServeOptions]>([
    ['GET /healthz', { token }],
    ['GET /readyz', { token }],
    ['GET /v1/get?key=k', {}],
  ])('is not asked for by %s with %j', async (line, options) => {
    await using http = await serve(options);
    expect((await http.exchange(requestText(line, { host: http.host }))).status).toBeOneOf([200, 404]);
  });
});
