/** The paths of the inspector: who is let in, what becomes a WebSocket, and what the page may do. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { InspectorService } from '../../src/http/inspect/routes.ts';
import type { InspectorSocket } from '../../src/inspector/socket.ts';
import { type Headers, type HttpFixture, requestText, type ServeOptions, serve } from './support/http-fixture.ts';
import { expectSchema } from './support/reply-schema.ts';

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
};
const PATHS = ['/inspect', '/inspect/live', '/inspect/xstate', '/inspect/page/main.ts', '/inspect/page/style.css'];

class FakeInspector implements InspectorService {
  readonly viewers: InspectorSocket[] = [];
  readonly receivers: InspectorSocket[] = [];
  #ticket = '';

  addViewer(socket: InspectorSocket): void {
    this.viewers.push(socket);
    socket.send('welcome');
  }

  addReceiver(socket: InspectorSocket): void {
    this.receivers.push(socket);
    socket.send('welcome');
  }

  issueTicket(answer: (ticket: string) => void): void {
    this.#ticket = '0123456789abcdef0123456789abcdef';
    answer(this.#ticket);
  }

  takeTicket(ticket: string, answer: (isGood: boolean) => void): void {
    answer(ticket === this.#ticket);
  }

  close(): void {
    for (const socket of [...this.viewers, ...this.receivers]) socket.close(1001, 'stopping');
  }
}

async function serveInspected(options: ServeOptions = {}) {
  const inspector = new FakeInspector();
  const http = await serve({ ...options, inspector });
  return { http, inspector };
}

/** The status line and headers of what comes, and the socket stays open. */
async function answerTo(http: HttpFixture, target: string, headers: Headers): Promise<string> {
  const client = await http.connect();
  client.send(requestText(target, { host: http.host, ...headers }));
  return client.until('\r\n\r\n');
}

describe('where the inspector is off', () => {
  test.each(PATHS)('%s does not exist, and is not upgraded', async (path) => {
    await using http = await serve();
    expect(await http.exchange(requestText(`GET ${path}`, { host: http.host }))).toMatchObject({ status: 404 });
    const asked = requestText(`GET ${path}`, { host: http.host, ...UPGRADE });
    expect(await http.exchange(asked)).toMatchObject({ status: 404, json: { code: 'NO_ROUTE' } });
  });
});

describe('the page', () => {
  test.each([
    ['/inspect', 'text/html; charset=utf-8'],
    ['/inspect/page/main.ts', 'text/javascript; charset=utf-8'],
    ['/inspect/page/style.css', 'text/css; charset=utf-8'],
  ])('%s is %s, may load nothing from elsewhere, and needs no token', async (path, type) => {
    const { http } = await serveInspected({ token: 'the-token-of-this-server' });
    await using _ = http;
    const head = await answerTo(http, `GET ${path}`, {});
    expect(head).toMatch(/^HTTP\/1\.1 200 /);
    expect(head).toContain(`Content-Type: ${type}\r\n`);
    for (const line of [
      'X-Content-Type-Options: nosniff',
      'Cache-Control: no-store',
      'Referrer-Policy: no-referrer',
      'Cross-Origin-Resource-Policy: same-origin',
    ])
      expect(head).toContain(`${line}\r\n`);
    const policy = /Content-Security-Policy: (.*)\r\n/.exec(head)![1]!.split('; ');
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]),
    );
    expect(policy.join()).not.toMatch(/unsafe|\*|https?:/);
  });

  test('its files are those of the folder that a browser can use, without types', async () => {
    const { http } = await serveInspected();
    await using _ = http;
    const folder = readdirSync(new URL('../../src/inspector/page/', import.meta.url));
    for (const name of folder.filter((name) => name !== 'tsconfig.json')) {
      const reply = await fetch(`http://127.0.0.1:${http.port}/inspect/page/${name}`);
      expect([name, reply.status]).toEqual([name, 200]);
      const text = await reply.text();
      if (name.endsWith('.ts')) expect(text).not.toMatch(/^(import|export) type |^export interface /m);
    }
  });

  test.each([
    '/inspect/',
    '/inspect/page/',
    '/inspect/page/tsconfig.json',
    '/inspect/page/../protocol.ts',
    '/inspect/page/..%2fprotocol.ts',
    '/inspect/page/%2e%2e/inspector.ts',
    '/inspect/page/nothing.ts',
    '/Inspect',
  ])('%s is none of its paths', async (path) => {
    const { http } = await serveInspected();
    await using _ = http;
    const reply = await http.exchange(requestText(`GET ${path}`, { host: http.host }));
    expect(reply).toMatchObject({ status: 404, json: { code: 'NO_ROUTE' } });
  });

  test('a query and other methods are refused', async () => {
    const { http } = await serveInspected();
    await using _ = http;
    const query = await http.exchange(requestText('GET /inspect?a=b', { host: http.host }));
    expect(query).toMatchObject({ status: 400, json: { code: 'BAD_QUERY' } });
    expectSchema('/inspect', query);
    const post = requestText('POST /inspect', { host: http.host, 'content-type': 'application/json' });
    expect(await http.exchange(post)).toMatchObject({ status: 405 });
  });
});

describe('the same protections as the API has', () => {
  test.each([...PATHS, '/inspect/ticket'])('N4: another Host on %s', async (path) => {
    const { http } = await serveInspected();
    await using _ = http;
    for (const headers of [{}, UPGRADE]) {
      const request = requestText(`GET ${path}`, { host: 'evil.example', ...headers });
      expect(await http.exchange(request)).toMatchObject({ status: 421, json: { code: 'WRONG_HOST' } });
    }
  });

  test.each(PATHS)('N5: a page of another site on %s', async (path) => {
    const { http, inspector } = await serveInspected();
    await using _ = http;
    const others: Headers[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://localhost.evil.example:${http.port}` },
      { origin: 'http://localhost:1' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: `http://${http.host}`, 'sec-fetch-site': 'same-site' },
    ];
    for (const other of others)
      for (const headers of [other, { ...UPGRADE, ...other }]) {
        const request = requestText(`GET ${path}`, { host: http.host, ...headers });
        expect(await http.exchange(request)).toMatchObject({ status: 403, json: { code: 'FOREIGN_ORIGIN' } });
      }
    expect(inspector.viewers.length + inspector.receivers.length).toBe(0);
  });

  test('its own page is let in where it has to go, and nowhere else', async () => {
    const { http } = await serveInspected();
    await using _ = http;
    for (const scheme of ['http', 'https']) {
      const own = { origin: `${scheme}://${http.host}`, 'sec-fetch-site': 'same-origin' };
      expect(await answerTo(http, 'GET /inspect/live', { ...own, ...UPGRADE })).toMatch(/^HTTP\/1\.1 101 /);
      expect(await http.exchange(http.get('k', own))).toMatchObject({ status: 403 });
      expect(await http.exchange(http.put([{ key: 'k', value: 1, version: 0 }], own))).toMatchObject({ status: 403 });
    }
  });

  test('N10: a ticket is given to who has the token', async () => {
    const { http } = await serveInspected({ token: 'the-token-of-this-server' });
    await using _ = http;
    const ask = (headers: Headers) =>
      http.exchange(
        `${requestText('POST /inspect/ticket', { host: http.host, 'content-type': 'application/json', 'content-length': '2', ...headers })}{}`,
      );
    for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
      const refused = await ask(headers);
      expect(refused).toMatchObject({ status: 401, json: { code: 'UNAUTHORIZED' } });
      expectSchema('/inspect/ticket', refused);
    }
    const authorization = 'Bearer the-token-of-this-server';
    expect(await ask({ authorization, 'content-type': 'text/plain' })).toMatchObject({ status: 415 });
    const given = await ask({ authorization });
    expect(given).toMatchObject({ status: 200, json: { ticket: '0123456789abcdef0123456789abcdef' } });
    expectSchema('/inspect/ticket', given);
    const target = (query: string) => answerTo(http, `GET /inspect/xstate${query}`, UPGRADE);
    expect(await target('')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await target('?ticket=x&ticket=y')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await target('?ticket=wrong')).toMatch(/^HTTP\/1\.1 401 /);
    expect(await target('?ticket=0123456789abcdef0123456789abcdef')).toMatch(/^HTTP\/1\.1 101 /);
  });
});

describe('what becomes a WebSocket', () => {
  test('the two sockets, when asked for', async () => {
    const { http, inspector } = await serveInspected();
    await using _ = http;
    for (const path of ['/inspect/live', '/inspect/xstate']) {
      const client = await http.connect();
      client.send(requestText(`GET ${path}`, { host: http.host, ...UPGRADE }));
      expect(await client.until('welcome')).toMatch(/^HTTP\/1\.1 101 /);
    }
    expect([inspector.viewers.length, inspector.receivers.length]).toEqual([1, 1]);
  });

  test.each(['/inspect/live', '/inspect/xstate'] as const)('%s without an upgrade: 426', async (path) => {
    const { http } = await serveInspected();
    await using _ = http;
    const reply = await http.exchange(requestText(`GET ${path}`, { host: http.host }));
    expect(reply).toMatchObject({ status: 426, json: { code: 'UPGRADE_REQUIRED' } });
    expect(reply.headers.get('upgrade')).toBe('websocket');
    expectSchema(path, reply);
  });

  test('no request of the API, also with the inspector on', async () => {
    const { http } = await serveInspected();
    await using _ = http;
    expect(await http.exchange(http.get('k', UPGRADE))).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
    const put = http.put([{ key: 'k', value: 1, version: 0 }], UPGRADE);
    expect(await http.exchange(put)).toMatchObject({ status: 200 });
    expect(await answerTo(http, 'GET /inspect', UPGRADE)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.each<[what: string, headers: Headers, status: number]>([
    ['another protocol', { upgrade: 'h2c' }, 426],
    ['two protocols', { upgrade: ['websocket', 'websocket'] }, 426],
    ['another version', { 'sec-websocket-version': '12' }, 426],
    ['no version', { 'sec-websocket-version': null }, 426],
    ['a key that is too short', { 'sec-websocket-key': 'AAAA' }, 426],
    ['no key', { 'sec-websocket-key': null }, 426],
  ])('a handshake with %s is answered like any other request', async (_what, headers, status) => {
    const { http, inspector } = await serveInspected();
    await using _ = http;
    const reply = await http.exchange(requestText('GET /inspect/live', { host: http.host, ...UPGRADE, ...headers }));
    expect(reply).toMatchObject({ status, json: { code: 'UPGRADE_REQUIRED' } });
    expect(inspector.viewers).toEqual([]);
  });

  test('none of HTTP/1.0', async () => {
    const { http, inspector } = await serveInspected();
    await using _ = http;
    const request = requestText('GET /inspect/live', { host: http.host, ...UPGRADE }).replace('HTTP/1.1', 'HTTP/1.0');
    expect((await http.exchange(request)).status).toBe(426);
    expect(inspector.viewers).toEqual([]);
  });

  test.each(['/inspect/live?token=secret', '/inspect/xstate?ticket=not-asked-for'])('not %s', async (target) => {
    const { http } = await serveInspected();
    await using _ = http;
    const reply = await http.exchange(requestText(`GET ${target}`, { host: http.host, ...UPGRADE }));
    expect(reply).toMatchObject({ status: 400, json: { code: 'BAD_QUERY' } });
    expect(reply.headers.get('connection')).toBe('close');
  });

  test('nothing behind a request that still waits for its reply', async () => {
    const { http, inspector } = await serveInspected();
    await using _ = http;
    http.store.isHolding = true;
    const client = await http.connect();
    client.send(http.put([{ key: 'k', value: 1, version: 0 }]));
    client.send(requestText('GET /inspect/live', { host: http.host, ...UPGRADE }));
    await http.store.received(1);
    http.store.release();
    expect((await client.replies(2)).map(({ status }) => status)).toEqual([200, 426]);
    expect(inspector.viewers).toEqual([]);
  });

  test('a message that is too long ends it', async () => {
    const { http } = await serveInspected();
    await using _ = http;
    const socket = new WebSocket(`ws://127.0.0.1:${http.port}/inspect/live`);
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
    socket.addEventListener('open', () => socket.send('x'.repeat(17 * 1024)));
    expect((await closed).code).toBe(1009);
  });
});

test('when the server stops, sockets are closed and do not hold it up', async () => {
  const { http } = await serveInspected();
  const socket = new WebSocket(`ws://127.0.0.1:${http.port}/inspect/live`);
  await new Promise((resolve) => socket.addEventListener('message', resolve));
  const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
  await http.close();
  expect((await closed).code).toBe(1001);
});
