import { once } from 'node:events';
import { mkdtempDisposable } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mayUse } from './support/can-run.ts';
import { ServerProcess } from './support/server-process.ts';

const token = 'abcdefghijklmnopqrstuv';

/** What a server that does not start leaves behind: its exit code, and one line for the person who started it. */
async function refusal(options: Parameters<typeof ServerProcess.launch>[0]) {
  await using server = ServerProcess.launch(options);
  const { code } = await server.waitForExit();
  expect(server.stderr).toMatch(/^concave: .*\n$/);
  return { code, line: server.stderr.slice('concave: '.length, -1) };
}

test('a wrong setting: exit 78, naming it, its source, what was given and what is allowed', async () => {
  expect(await refusal({ args: ['--max-block-size', '5000'] })).toEqual({
    code: 78,
    line: 'maxBlockSize (--max-block-size): given "5000", allowed is 16 KiB to 64 MiB, a multiple of 4 KiB',
  });
  expect(await refusal({ env: { CONCAVE_BOGUS: '1' } })).toEqual({
    code: 78,
    line: 'unknown setting CONCAVE_BOGUS; --help lists all',
  });
});

test('N10: an address for others without a token: exit 78', async () => {
  const { code, line } = await refusal({ listen: '0.0.0.0:0' });
  expect(code).toBe(78);
  expect(line).toContain('listen (--listen) is 0.0.0.0:0');
  expect(line).toContain('CONCAVE_TOKEN');
});

test.runIf(mayUse('prlimit'))('N2: more connections than the process may have files open: exit 78', async () => {
  const { code, line } = await refusal({
    prefix: ['prlimit', '--nofile=200:200'],
    args: ['--max-connections', '136'],
  });
  expect(code).toBe(78);
  expect(line).toContain('allowed is at most 135');
});

const oneAndMoreThreads = test.each([1, 2].map((threads) => ['--threads', String(threads)]));

oneAndMoreThreads('an address that another process listens on: exit 74, naming it (%s %s)', async (...args) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  try {
    const listen = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    expect(await refusal({ listen, args })).toEqual({
      code: 74,
      line: `cannot listen on ${listen}: EADDRINUSE, another process listens there`,
    });
  } finally {
    other.close();
  }
});

oneAndMoreThreads(
  'an address that this machine does not have: exit 78, naming the setting (%s %s)',
  async (...args) => {
    // 192.0.2.0/24 is for documentation: no machine has it.
    expect(await refusal({ listen: '192.0.2.1:0', args, env: { CONCAVE_TOKEN: token } })).toEqual({
      code: 78,
      line: 'cannot listen on 192.0.2.1:0: EADDRNOTAVAIL; change listen (--listen)',
    });
  },
);

test('S24: a second server on the same directory: exit 75; the first one serves on', async () => {
  await using first = await ServerProcess.start();
  const { code, line } = await refusal({ dataDir: first.dataDir });
  expect(code).toBe(75);
  expect(line).toContain(first.dataDir);
  expect(await status(first, 'absent')).toBe(404);
});

test.each([
  ['--help', /--max-block-size SIZE/],
  ['--version', /^concave \d+\.\d+\.\d+\n$/],
])('%s prints and ends with 0', async (flag, expected) => {
  await using server = ServerProcess.launch({ args: [flag] });
  expect(await server.waitForExit()).toEqual({ code: 0, signal: null });
  expect(server.stdout).toMatch(expected);
  expect(server.stderr).toBe('');
});

test('start-up says what was recovered and how long it took, then where it listens', async () => {
  await using server = await ServerProcess.start();
  const events = server.log.map(({ event }) => event);
  expect(events.indexOf('recovered')).toBeGreaterThan(-1);
  expect(events.indexOf('recovered')).toBeLessThan(events.indexOf('ready'));
  expect(server.log.find(({ event }) => event === 'recovered')).toMatchObject({ keys: 0, tookMs: expect.any(Number) });
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
  expect(await status(server, 'absent')).toBe(404);
});

test('the ready line is printed at every log level, and nothing else at silent', async () => {
  await using server = await ServerProcess.start({ args: ['--log-level', 'silent'] });
  expect(server.log.map(({ event }) => event)).toEqual(['ready']);
});

test('N10, N8: neither token nor value is ever in what the server prints', async () => {
  await using server = await ServerProcess.start({ env: { CONCAVE_TOKEN: token }, args: ['--log-level', 'trace'] });
  const authorization = `Bearer ${token}`;
  expect(await put(server, 'key', 'a-value-not-to-be-seen', 0, { authorization })).toBe(200);
  expect(await put(server, 'key', 'a-value-not-to-be-seen', 0, { authorization })).toBe(412);
  expect(await status(server, 'key', { authorization })).toBe(200);
  expect(await status(server, 'key')).toBe(401);
  server.kill('SIGTERM');
  await server.waitForExit();
  for (const secret of [token, 'a-value-not-to-be-seen']) expect(server.stdout + server.stderr).not.toContain(secret);
});

test('nobody reading its output does not stop the server', async () => {
  await using server = await ServerProcess.start({ args: ['--log-level', 'trace'] });
  server.child.stdout!.destroy();
  server.child.stderr!.destroy();
  for (let version = 0; version < 3; version++) expect(await put(server, 'key', 'value', version)).toBe(200);
  server.kill('SIGTERM');
  expect(await server.waitForExit()).toEqual({ code: 0, signal: null });
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  'S30: %s ends the server with 0, and what was put is there again',
  async (signal) => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'concave-main-'));
    await using server = await ServerProcess.start({ dataDir: join(directory.path, 'data') });
    expect(await put(server, 'key', 'value', 0)).toBe(200);
    server.kill(signal);
    expect(await server.waitForExit()).toEqual({ code: 0, signal: null });
    expect(server.stderr).toBe('');
    expect(server.log.map(({ event }) => event).slice(-2)).toEqual(['draining', 'stopped']);

    await using again = await ServerProcess.start({ dataDir: server.dataDir });
    expect(await status(again, 'key')).toBe(200);
  },
);

test.each([
  ['the server', (server: ServerProcess) => server.kill('SIGTERM')],
  ['npm', (server: ServerProcess) => server.child.kill('SIGTERM')],
  ['the whole group', (server: ServerProcess) => server.killGroup('SIGTERM')],
  ['the whole group, as Ctrl-C does', (server: ServerProcess) => server.killGroup('SIGINT')],
])('S30: through npm start, a signal to %s drains the server, and npm ends with 0', async (_, signal) => {
  await using server = await ServerProcess.start({ throughNpm: true });
  expect(await put(server, 'key', 'value', 0)).toBe(200);
  signal(server);
  expect(await server.waitForExit()).toEqual({ code: 0, signal: null });
  expect(server.log.map(({ event }) => event).slice(-2)).toEqual(['draining', 'stopped']);
});

oneAndMoreThreads(
  'S30: puts taken in before the signal are answered, later ones refused, none lost (%s %s)',
  async (...args) => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'concave-main-'));
    await using server = await ServerProcess.start({ dataDir: join(directory.path, 'data'), args });
    const acknowledged = new Set<string>();
    const answers = new Set<number | 'gone'>();
    const isFirstAnswered = Promise.withResolvers<void>();
    const clients = Array.from({ length: 16 }, async (_, client) => {
      for (let count = 0; !answers.has('gone'); count++) {
        const key = `${client}:${count}`;
        const answer = await put(server, key, key, 0).catch(() => 'gone' as const);
        answers.add(answer);
        if (answer === 200) acknowledged.add(key);
        isFirstAnswered.resolve();
      }
    });
    await isFirstAnswered.promise;
    server.kill('SIGTERM');
    await Promise.all(clients);
    expect(await server.waitForExit()).toEqual({ code: 0, signal: null });
    expect([...answers].filter((answer) => answer !== 'gone' && answer !== 200 && answer !== 503)).toEqual([]);

    await using again = await ServerProcess.start({ dataDir: server.dataDir });
    for (const key of acknowledged) expect(await status(again, key), key).toBe(200);
  },
);

test('S31: after SIGKILL nothing needs cleaning up, and what was acknowledged is there', async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), 'concave-main-'));
  await using server = await ServerProcess.start({ dataDir: join(directory.path, 'data') });
  expect(await put(server, 'key', 'value', 0)).toBe(200);
  server.kill('SIGKILL');
  expect(await server.waitForExit()).toEqual({ code: null, signal: 'SIGKILL' });
  await using again = await ServerProcess.start({ dataDir: server.dataDir });
  expect(await status(again, 'key')).toBe(200);
});

async function status(server: ServerProcess, key: string, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(`${server.url}/v1/get?key=${encodeURIComponent(key)}`, { headers });
  await response.body?.cancel();
  return response.status;
}

async function put(
  server: ServerProcess,
  key: string,
  value: string,
  version: number,
  headers: Record<string, string> = {},
): Promise<number> {
  const response = await fetch(`${server.url}/v1/put`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify([{ key, value, version }]),
  });
  await response.body?.cancel();
  return response.status;
}
