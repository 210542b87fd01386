import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { lockDirectory } from '../../src/wal/data-directory.ts';
import { nodeFileSystem as files } from '../../src/wal/node-platform.ts';
import { errnoOf } from '../../src/wal/platform.ts';
import { temporaryDirectory } from '../support/store-fixture.ts';

const script = (name: string) => fileURLToPath(new URL(`./support/${name}.ts`, import.meta.url));

/** Starts a process that tries to take the lock; resolves with it and what it says. */
async function holder(path: string, ...flags: string[]): Promise<{ child: ChildProcess; says: string }> {
  const child = spawn(process.execPath, [...flags, script('lock-holder'), path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [says] = await once(child.stdout!, 'data');
  return { child, says: String(says).trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

test('S24: a second holder in the same process gets nothing until the first lets go', async () => {
  const path = join(temporaryDirectory(), 'LOCK');
  const first = await files.lock(path);
  expect(first).toBeDefined();
  expect(await files.lock(path)).toBeUndefined();
  await first!.release();
  const second = await files.lock(path);
  expect(second).toBeDefined();
  await first!.release(); // for the second time: it is no longer his
  expect(await files.lock(path)).toBeUndefined();
  await second!.release();
});

test('S24: the lock keeps out another process, and SIGKILL frees it', async () => {
  const path = join(temporaryDirectory(), 'LOCK');
  const { child, says } = await holder(path);
  expect(says).toBe('held');
  expect(await files.lock(path)).toBeUndefined();
  expect((await holder(path)).says).toBe('refused');
  await kill(child);
  const mine = await files.lock(path);
  expect(mine).toBeDefined();
  expect((await holder(path)).says).toBe('refused');
  await mine!.release();
  expect((await holder(path)).says).toBe('held');
});

test('a lock is held though nobody keeps hold of it', async () => {
  const path = join(temporaryDirectory(), 'LOCK');
  const { says } = await holder(path, '--expose-gc');
  expect(says).toBe('held');
  expect((await holder(path)).says).toBe('refused');
});

test('a lock leaves one empty file, and nothing beside it', async () => {
  const directory = temporaryDirectory();
  const lock = await files.lock(join(directory, 'LOCK'));
  expect(readdirSync(directory)).toEqual(['LOCK']);
  await lock!.release();
  expect(readdirSync(directory)).toEqual(['LOCK']);
  expect(statSync(join(directory, 'LOCK')).size).toBe(0);
});

test('locks of two directories do not concern each other', async () => {
  const [one, two] = [
    await files.lock(join(temporaryDirectory(), 'LOCK')),
    await files.lock(join(temporaryDirectory(), 'LOCK')),
  ];
  expect(one && two).toBeDefined();
  await one!.release();
  await two!.release();
});

test('a LOCK that is something else is an error that says so', async () => {
  const path = join(temporaryDirectory(), 'LOCK');
  writeFileSync(path, 'somebody else wrote this\n'.repeat(100));
  const error = await files.lock(path).catch((error: Error) => error);
  expect(errnoOf(error)).toBe('EIO');
  expect((error as Error).message).toBe(`cannot lock ${path}: file is not a database`);
});

test('S24: lock held: refused with exit code 75, and the directory is named', async () => {
  const directory = temporaryDirectory();
  const lock = await lockDirectory(files, directory);
  await expect(lockDirectory(files, directory)).rejects.toMatchObject({
    name: 'StartRefusal',
    exitCode: 75,
    message: `data directory ${directory} is in use by another concave server; stop that one, or give this one a directory of its own`,
  });
  await lock.release();
});

test('S11: who holds the lock can sync the directory with no descriptor left', async () => {
  const directory = temporaryDirectory();
  const limited = ['-c', 'ulimit -n 64 && exec "$0" "$@"', process.execPath, script('without-descriptors'), directory];
  const child = spawn('sh', limited, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [says] = await once(child.stdout!, 'data');
  expect(String(says)).toBe('EMFILE synced\n');
});
