import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { mayUse } from './support/can-run.ts';
import { ServerProcess } from './support/server-process.ts';

/** What the whole process does when the disk under it fails. Not every machine has or allows the tools; `.ci/run` does. */
const mayTrace = mayUse('strace');
const mayMount = mayUse('unshare');

const directory = mkdtempSync(join(tmpdir(), 'concave-disk-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.runIf(mayTrace).each(['1', '2'])(
  'S7: a failed sync: outcome unknown, one line on stderr, exit 74, and a new start recovers (--threads %s)',
  async (threads) => {
    const dataDir = join(directory, `eio-${threads}`);
    const block = join(dataDir, `${'1'.padStart(16, '0')}.log`);
    const inject = ['-e', 'trace=pwrite64', '-e', 'inject=pwrite64:error=EIO', '-P', block];
    await using server = await ServerProcess.start({
      dataDir,
      args: ['--threads', threads],
      prefix: ['strace', '-f', '-qq', '-o', join(directory, 'strace'), ...inject],
    });
    expect(await put(server, 'key', 'value')).toEqual({ status: 500, code: 'OUTCOME_UNKNOWN' });
    expect(await server.waitForExit()).toEqual({ code: 74, signal: null });
    expect(server.stderr).toMatch(/^concave: the disk failed, .*EIO.*\n$/);

    await using again = await ServerProcess.start({ dataDir });
    expect(await put(again, 'other', 'value')).toMatchObject({ status: 200 });
  },
);

test.runIf(mayMount)('S30: with a full disk the server still stops with 0', async () => {
  const mountPoint = join(directory, 'full');
  mkdirSync(mountPoint);
  const mount = `mount -t tmpfs -o size=256k tmpfs ${mountPoint} && exec "$@"`;
  await using server = await ServerProcess.start({
    dataDir: join(mountPoint, 'data'),
    prefix: ['unshare', '-Urm', 'sh', '-c', mount, 'sh'],
    args: ['--max-block-size', '16 KiB', '--max-blocks', '1000'],
  });
  let answer = await put(server, 'key-0', 'x'.repeat(8000));
  for (let count = 1; answer.status === 200; count++) answer = await put(server, `key-${count}`, 'x'.repeat(8000));
  expect(answer).toEqual({ status: 507, code: 'DISK_FULL' });
  server.kill('SIGTERM');
  expect(await server.waitForExit()).toEqual({ code: 0, signal: null });
  const [draining, stopped] = ['draining', 'stopped'].map(
    (name) => server.log.find(({ event }) => event === name)?.time,
  );
  expect(Date.parse(String(stopped)) - Date.parse(String(draining))).toBeLessThan(5000);
});

async function put(server: ServerProcess, key: string, value: string): Promise<{ status: number; code?: string }> {
  const response = await fetch(`${server.url}/v1/put`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ key, value, version: 0 }]),
  });
  const { code } = (await response.json()) as { code?: string };
  return { status: response.status, ...(code !== undefined && { code }) };
}
