/** The whole process with HTTP on threads of its own. What it has in common with one thread is tested beside that. */
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mayUse } from './support/can-run.ts';
import { HttpClient } from './support/http-client.ts';
import { traced } from './support/sandbox.ts';
import { ServerProcess } from './support/server-process.ts';

const args = ['--threads', '2'];

test('a second server on its port: exit 74, naming it; the first one serves on', async () => {
  await using first = await ServerProcess.start({ args });
  const listen = first.url.slice('http://'.length);
  for (const threads of ['1', '2']) {
    await using second = ServerProcess.launch({ listen, args: ['--threads', threads] });
    expect(await second.waitForExit()).toEqual({ code: 74, signal: null });
    expect(second.stderr).toBe(`concave: cannot listen on ${listen}: EADDRINUSE, another process listens there\n`);
  }
  using client = new HttpClient(first.url);
  expect(await client.get('k')).toMatchObject({ status: 404 });
});

test('S32: an error in the thread of the store ends the process with 70, threads and all, and nobody is answered', async () => {
  const preload = new URL('./support/throw-on-signal.ts', import.meta.url).href;
  await using server = await ServerProcess.start({
    // A put waits for its batch to fill.
    args: [...args, '--batch-time', '1000', '--max-batch-size', '1 MiB'],
    env: { NODE_OPTIONS: `--import=${preload}` },
  });
  const { rest } = await putWithRival(server.url);
  server.kill('SIGUSR2');
  expect(await rest).toBe('lost');
  expect(await server.waitForExit()).toEqual({ code: 70, signal: null });
  expect(server.stderr).toBe('concave: a bug, the server stops: a bug\n');
});

test.runIf(mayUse('strace'))('S30: a disk that hangs while the server stops: 504, and the end with 74', async () => {
  using root = mkdtempDisposableSync(join(tmpdir(), 'concave-threads-'));
  const dataDir = join(root.path, 'data');
  const block = join(dataDir, `${'1'.padStart(16, '0')}.log`);
  // It holds on to the process as long as that, once it has ended.
  const hang = {
    log: join(root.path, 'strace'),
    calls: ['pwrite64'],
    paths: [block],
    inject: 'delay_enter=8s:when=1',
  };
  await using server = await ServerProcess.start({ dataDir, args, ...traced(hang) });
  const { rest } = await putWithRival(server.url);
  server.kill('SIGTERM');
  expect(await rest).toBe(504);
  expect(await server.waitForExit()).toEqual({ code: 74, signal: null });
});

/**
 * Two puts of one key. When this resolves the store has one of them, for the other has been refused: whichever came first.
 * What became of that one is `rest`.
 */
async function putWithRival(url: string): Promise<{ readonly rest: Promise<unknown> }> {
  const answers = [1, 2].map(async (value) => {
    using client = new HttpClient(url);
    try {
      return (await client.put([{ key: 'k', value, version: 0 }])).status;
    } catch {
      return 'lost';
    }
  });
  expect(await Promise.race(answers)).toBe(409);
  return { rest: Promise.all(answers).then((all) => all.find((answer) => answer !== 409)) };
}
