/** What is not for the client: errors of our own code (S32), and what the log says of a request (N8). */
import { type Level, pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { GrowingList } from '../support/growing-list.ts';
import { anOperation, requestText, serve } from './support/http-fixture.ts';

describe('S32 an error of our own code', () => {
  const bug = new Error('a bug');
  const fail = () => {
    throw bug;
  };

  test.each([
    ['get', 'get'],
    ['put', 'put'],
    ['refusesPuts', 'put'],
    ['readiness', '/readyz'],
  ] as const)('in %s is reported, and the client hears nothing', async (method, request) => {
    await using http = await serve();
    http.store[method] = fail;
    const client = await http.connect();
    const bytes = {
      get: http.get('k'),
      put: http.put([anOperation]),
      '/readyz': requestText('GET /readyz', { host: http.host }),
    };
    client.send(bytes[request]);
    expect(await http.bugs.take()).toBe(bug);
    // A reply would have come before this one.
    await http.exchange(requestText('GET /nowhere', { host: http.host }));
    expect(client.received).toBe('');
  });

  test('that comes as a rejection is reported', async () => {
    await using http = await serve();
    http.store.put = () => Promise.reject(bug);
    const client = await http.connect();
    client.send(http.put([anOperation]));
    expect(await http.bugs.take()).toBe(bug);
  });

  test('that is an impossible answer is reported', async () => {
    await using http = await serve();
    http.store.put = async () => ({ code: 'NO_SUCH_CODE' }) as never;
    const client = await http.connect();
    client.send(http.put([anOperation]));
    expect(await http.bugs.take()).toBeInstanceOf(Error);
  });
});

describe('N8 the log', () => {
  function logged(level: Level) {
    const lines = new GrowingList<Record<string, unknown>>();
    const logger = pino({ level }, { write: (line: string) => lines.add(JSON.parse(line)) });
    return { lines, logger };
  }

  const secretPut = [{ key: 'secretkey', value: 'secretvalue', version: 0 }];

  test('has nothing of requests that are served, at any level', async () => {
    const { lines, logger } = logged('trace');
    await using http = await serve({ logger });
    await http.exchange(http.put(secretPut));
    await http.exchange(http.get('secretkey'));
    await http.exchange(requestText('GET /readyz', { host: http.host }));
    expect(lines.items).toEqual([]);
  });

  test('has refusals and bytes that are no request at debug, without key, value or token', async () => {
    const { lines, logger } = logged('debug');
    await using http = await serve({ logger, token: 'right' });
    const authorization = 'Bearer secrettoken';
    await http.exchange(http.get('secretkey', { authorization }));
    await http.exchange(http.put(secretPut, { authorization, 'x-secret\n': 'x' }));
    await http.exchange(`secret\r\n\r\n`);
    const right = { authorization: 'Bearer right' };
    await http.exchange(http.put([...secretPut, ...secretPut], right));
    await http.exchange(requestText('GET /v1/get?secret=1', { host: http.host, ...right }));
    await lines.first(({ code }) => code === 'BAD_QUERY', 'the last line');
    expect(lines.items).toMatchObject([
      { event: 'refused', code: 'UNAUTHORIZED', method: 'GET' },
      { event: 'refused', code: 'BAD_REQUEST' },
      { event: 'refused', code: 'BAD_REQUEST' },
      { event: 'refused', code: 'DUPLICATE_KEY', method: 'POST' },
      { event: 'refused', code: 'BAD_QUERY', method: 'GET' },
    ]);
    expect(JSON.stringify(lines.items)).not.toContain('secret');
  });

  test('has no refusals at info', async () => {
    const { lines, logger } = logged('info');
    await using http = await serve({ logger });
    await http.exchange(http.get('k', { host: 'evil.example' }));
    await http.exchange('no request\r\n\r\n');
    expect(lines.items).toEqual([]);
  });
});
