/** File systems that are full, small or may not be written to, and processes that may open or write too little. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempDisposableSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mayUse } from '../support/can-run.ts';
import { HttpClient, type HttpReply } from '../support/http-client.ts';
import { onTmpfs, readTrace, traced, withFilesUpTo } from '../support/sandbox.ts';
import { ServerProcess } from '../support/server-process.ts';
import { Tenant } from '../support/tenant.ts';
import { until } from '../support/until.ts';
import { fillAndFree } from './full-disk.ts';

const mayMount = mayUse('unshare');
const mayLimit = mayUse('prlimit');

const KiB = 1024;
const smallBlocks = ['--max-block-size', '16 KiB', '--idle-mark-ms', '60000'];
const full = { status: 507, json: { result: 'Failure', code: 'DISK_FULL' } };

test.runIf(mayMount)(
  'S9: the disk fills up and is freed: nothing refused is there, and writing resumes by itself',
  async () => {
    using root = temporaryRoot();
    const { cycles, acknowledged, refused } = await fillAndFree(root.path, 4);
    expect(cycles).toBe(4);
    expect(refused).toBe(4);
    expect(acknowledged).toBeGreaterThan(8);
  },
);

test.runIf(mayMount)('S12: a merge that would need the room of the log is put off, and puts go on', async () => {
  using root = temporaryRoot();
  await using server = await ServerProcess.start({
    dataDir: join(root.path, 'data'),
    args: [...smallBlocks, '--max-blocks', '1'],
    ...onTmpfs(root.path, 'size=1m'),
  });
  using client = new HttpClient(server.url);
  let version = 0;
  while ((await putLong(client, 'key', version)).status === 200) version += 1;
  // 1 MiB holds 64 blocks of 16 KiB: all of it went to the log, and none to a merge.
  expect(version).toBeGreaterThan(100);
  expect(await server.waitForEvent('compaction_failed')).toMatchObject({ msg: expect.stringContaining('free') });
  expect(await client.get('key')).toMatchObject({ status: 200, json: { version } });
  const files = readdirSync(join(`/proc/${server.pid}/root`, root.path, 'data'));
  expect(files.filter((file) => file.endsWith('.tmp'))).toEqual([]);
});

test.runIf(mayMount && mayUse('strace'))('S13: a short write of a full disk is not taken for a whole one', async () => {
  using root = temporaryRoot();
  const mountPoint = join(root.path, 'mount');
  mkdirSync(mountPoint);
  const log = join(root.path, 'strace');
  const tracing = traced({ log, calls: ['pwrite64'] });
  const mount = onTmpfs(mountPoint, 'size=1m');
  await using server = await ServerProcess.start({
    dataDir: join(mountPoint, 'data'),
    args: smallBlocks,
    prefix: [...mount.prefix, ...tracing.prefix],
    env: tracing.env,
  });
  using client = new HttpClient(server.url);
  // Two pages are left, and a block has four.
  new Tenant(server.pid, mountPoint).takeAll(8 * KiB);
  const replies: HttpReply[] = [];
  for (let version = 0; replies.at(-1)?.status !== 507 && version < 8; version += 1)
    replies.push(await putLong(client, 'key', version));
  expect(replies.at(-1)).toMatchObject(full);
  server.killNow();
  await server.waitForExit();
  const writes = readTrace(log).map(({ line }) => line.slice(line.lastIndexOf('"...')));
  const short = writes.indexOf('"..., 16384, 0) = 8192');
  expect(short, writes.join('\n')).toBeGreaterThan(-1);
  expect(writes[short + 1]).toContain('8192, 8192) = -1 ENOSPC');
});

test.runIf(mayLimit)(
  'S11: no descriptor for the next block: 507, gets go on, and writing resumes by itself',
  async () => {
    await using server = await ServerProcess.start({ args: smallBlocks });
    using client = new HttpClient(server.url);
    using other = new HttpClient(server.url);
    // Both are connected before the descriptors are gone.
    let version = 0;
    expect(await putLong(client, 'key', version)).toMatchObject({ status: 200 });
    expect(await other.isReady()).toBe(true);
    limitFiles(server, '3:');
    let reply: HttpReply | undefined;
    do {
      version += 1;
      reply = await putLong(client, 'key', version);
    } while (reply.status === 200 && version < 10);
    expect(reply).toMatchObject(full);
    expect(await other.get('key')).toMatchObject({ status: 200, json: { version } });
    expect(await other.isReady()).toBe(false);
    limitFiles(server, '1000:');
    await until(() => other.isReady(), 'there are descriptors again');
    expect(await putLong(client, 'key', version)).toMatchObject({ status: 200 });
  },
);

test.runIf(mayLimit)(
  'S11: files may not become that large: 507 for the put that needs it, and others go on',
  async () => {
    await using server = await ServerProcess.start({ args: smallBlocks, ...withFilesUpTo(16 * KiB) });
    using client = new HttpClient(server.url);
    expect(await putLong(client, 'small', 0)).toMatchObject({ status: 200 });
    // Its batch is larger than a block and needs one of its own.
    expect(await client.put([{ key: 'large', value: 'x'.repeat(20 * KiB), version: 0 }])).toMatchObject(full);
    expect(await client.get('large')).toMatchObject({ status: 404 });
    await until(() => client.isReady(), 'writing resumes');
    for (let version = 1; version <= 6; version += 1)
      expect(await putLong(client, 'small', version)).toMatchObject({ status: 200 });
  },
);

test.runIf(mayLimit)('S11: files may not become as large as the first block: refused', async () => {
  await using server = ServerProcess.launch({ args: smallBlocks, ...withFilesUpTo(8 * KiB) });
  expect(await server.waitForExit()).toEqual({ code: 74, signal: null });
  expect(server.stderr).toMatch(/^concave: no room in data directory .*EFBIG.*\n$/);
});

test.runIf(mayMount).each([
  ['new', '', /^concave: cannot use data directory .*EROFS.*\n$/],
  ['there', 'mkdir MOUNT/data &&', /^concave: cannot use data directory .*EROFS.*\n$/],
])('S33: a read-only file system, on which the directory is %s: refused', async (_what, before, line) => {
  using root = temporaryRoot();
  const prepare = `${before.replace('MOUNT', root.path)} mount -o remount,ro ${root.path}`;
  await using server = ServerProcess.launch({
    dataDir: join(root.path, 'data'),
    ...onTmpfs(root.path, 'size=1m', prepare),
  });
  expect(await server.waitForExit()).toEqual({ code: 74, signal: null });
  expect(server.stderr).toMatch(line);
});

/** Two of them fill a block of 16 KiB. */
function putLong(client: HttpClient, key: string, version: number): Promise<HttpReply> {
  return client.put([{ key, value: 'x'.repeat(3000), version }]);
}

/** Of a server that runs; `soft:` leaves the hard limit as it is. */
function limitFiles(server: ServerProcess, limit: string): void {
  const { status } = spawnSync('prlimit', ['--pid', String(server.pid), `--nofile=${limit}`]);
  expect(status).toBe(0);
}

function temporaryRoot() {
  return mkdtempDisposableSync(join(tmpdir(), 'concave-full-'));
}
