/** What lies on disk, what happens when it is taken away, and where memory ends. */
import { existsSync, mkdtempDisposableSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HttpClient } from '../support/http-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { judge } from './judge.ts';
import { Load } from './load.ts';

test('S25: a directory renamed under load: exit 74, none is made in its place, and the renamed one has every put', async () => {
  using root = temporaryRoot();
  const dataDir = join(root.path, 'data');
  const renamed = join(root.path, 'renamed');
  const load = new Load({ clients: 16, keys: 100, seed: 1 });
  // No block is full meanwhile: nothing but the watch on the directory can notice.
  await using server = await ServerProcess.start({ dataDir, args: ['--max-block-size', '64 MiB'] });
  const gone = load.run(server.url);
  await load.answered(100);
  renameSync(dataDir, renamed);
  await gone;
  expect(await server.waitForExit()).toEqual({ code: 74, signal: null });
  expect(server.stderr).toMatch(/^concave: .*was removed or replaced.*\n$/);
  expect(existsSync(dataDir)).toBe(false);
  load.recorder.restart();

  await using again = await ServerProcess.start({ dataDir: renamed });
  await load.readAll(again.url);
  again.killNow();
  await again.waitForExit();
  judge(load.recorder.history, renamed, 'a renamed directory');
});

test('S29: beyond memoryMax puts are refused and reads go on; what was taken in can be started again', async () => {
  using root = temporaryRoot();
  const dataDir = join(root.path, 'data');
  const smallHeap = { dataDir, env: { NODE_OPTIONS: '--max-old-space-size=64' } };
  const keysAPut = 8000;
  let puts = 0;
  {
    await using server = await ServerProcess.start(smallHeap);
    using client = new HttpClient(server.url);
    let reply = await putMany(client, puts, keysAPut);
    for (; reply.status === 200; reply = await putMany(client, puts, keysAPut)) puts += 1;
    expect(reply).toMatchObject({ status: 507, json: { code: 'MEMORY_LIMIT' } });
    expect(puts).toBeGreaterThan(10);
    expect(await client.get(`${puts - 1}:0`)).toMatchObject({ status: 200 });
    expect(await client.get(`${puts}:0`)).toMatchObject({ status: 404 });
    server.killNow();
    await server.waitForExit();
  }
  {
    await using again = await ServerProcess.start(smallHeap);
    expect(again.log.find(({ event }) => event === 'recovered')).toMatchObject({ keys: puts * keysAPut });
  }
  await using smaller = ServerProcess.launch({ ...smallHeap, args: ['--memory-max', '1 MiB'] });
  expect((await smaller.waitForExit()).code).toBe(78);
  expect(smaller.stderr).toMatch(/^concave: .*1048576.*memoryMax.*\n$/);
}, 60_000);

test('N14: files are for their owner only, and nothing is in them but what was put', async () => {
  using root = temporaryRoot();
  const dataDir = join(root.path, 'data');
  const canary = 'canary-that-must-not-be-on-disk';
  await using server = await ServerProcess.start({
    dataDir,
    args: ['--max-block-size', '16 KiB', '--max-blocks', '1'],
    env: { CONCAVE_TOKEN: canary },
    // The strictest modes are the server's own doing.
    prefix: ['sh', '-c', 'umask 0; exec "$@"', 'sh'],
  });
  using client = new HttpClient(server.url, { authorization: `Bearer ${canary}` });
  expect(await client.put([{ key: 'refused', value: canary, version: 1 }])).toMatchObject({ status: 412 });
  for (let version = 0; version < 20; version += 1)
    expect(await client.put([{ key: 'key', value: 'v'.repeat(3000), version }])).toMatchObject({ status: 200 });
  await server.waitForEvent('compacted');
  server.kill('SIGTERM');
  expect(await server.waitForExit()).toEqual({ code: 0, signal: null });

  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  const files = readdirSync(dataDir);
  expect(files.some((file) => file.endsWith('.cmp'))).toBe(true);
  for (const file of files) {
    expect(statSync(join(dataDir, file)).mode & 0o777, file).toBe(0o600);
    expect(readFileSync(join(dataDir, file)).includes(canary), file).toBe(false);
  }
});

/** Small keys, of which memory takes the most for what they hold. */
function putMany(client: HttpClient, put: number, count: number) {
  return client.put(
    Array.from({ length: count }, (_, index) => ({ key: `${put}:${index}`, value: index, version: 0 })),
  );
}

function temporaryRoot() {
  return mkdtempDisposableSync(join(tmpdir(), 'concave-limits-'));
}
