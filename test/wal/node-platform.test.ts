import fs, { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { nodeFileSystem as files, nodePlatform } from '../../src/wal/node-platform.ts';
import { errnoOf, isNoRoom, type WritableFile } from '../../src/wal/platform.ts';
import { temporaryDirectory } from '../support/store-fixture.ts';

afterEach(() => vi.restoreAllMocks());

const permissions = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** The file behind a descriptor; the one of the listing itself is gone by then. */
function linkOf(fd: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}

/** What a call rejects with, as our code looks at it. */
async function errnoFrom(call: Promise<unknown>): Promise<string | undefined> {
  return call.then(
    () => 'resolved',
    (error) => errnoOf(error),
  );
}

test('N10: files and directories are for their owner only', async () => {
  const directory = join(temporaryDirectory(), 'store');
  await files.makeDirectory(directory);
  await (await files.create(join(directory, 'created'))).close();
  await (await files.openToAppend(join(directory, 'appended'), 'create')).close();
  const lock = await files.lock(join(directory, 'LOCK'));
  expect(permissions(directory)).toBe('700');
  for (const file of ['created', 'appended', 'LOCK']) expect(permissions(join(directory, file)), file).toBe('600');
  await lock!.release();
});

test.runIf(process.platform === 'linux')(
  'zeros that prepare a file share a sync, and appends bring their own',
  async () => {
    const path = join(temporaryDirectory(), 'block');
    /** Of the descriptors of the file, whether each syncs. */
    const syncing = () =>
      readdirSync('/proc/self/fd')
        .filter((fd) => linkOf(fd) === path)
        .map((fd) => {
          const flags = Number.parseInt(/flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))![1]!, 8);
          return (flags & fs.constants.O_DSYNC) !== 0;
        })
        .toSorted();
    const writes = vi.spyOn(fs, 'write');
    const fdOf = (call: number) => writes.mock.calls[call]![0];
    const file = await files.openToAppend(path, 'create');
    await file.write(Buffer.alloc(8192), 0);
    await file.write(Buffer.alloc(8192), 8192);
    await file.sync();
    expect(syncing()).toEqual([false, true]);
    await file.appendDurably(Buffer.alloc(4096), 0);
    expect(fdOf(1)).toBe(fdOf(0));
    expect(fdOf(2)).not.toBe(fdOf(0));
    await vi.waitFor(() => expect(syncing()).toEqual([true]));
    // There is no other any more.
    await file.write(Buffer.alloc(4096), 4096);
    expect(fdOf(3)).toBe(fdOf(2));
    await file.close();
    expect(syncing()).toEqual([]);
  },
);

test('a new file or directory never takes the place of one that is there', async () => {
  const path = join(temporaryDirectory(), 'file');
  writeFileSync(path, 'content');
  expect(await errnoFrom(files.create(path))).toBe('EEXIST');
  expect(await errnoFrom(files.openToAppend(path, 'create'))).toBe('EEXIST');
  expect(await errnoFrom(files.makeDirectory(path))).toBe('EEXIST');
  expect(readFileSync(path, 'utf8')).toBe('content');
});

test('what is not there is told by its errno, and to stat by undefined', async () => {
  const directory = temporaryDirectory();
  const missing = join(directory, 'missing');
  expect(await files.stat(missing)).toBeUndefined();
  expect(await errnoFrom(files.stat(join(missing, 'deeper')))).toBe('resolved');
  expect(await errnoFrom(files.openToRead(missing))).toBe('ENOENT');
  expect(await errnoFrom(files.openToAppend(missing, 'open'))).toBe('ENOENT');
  expect(await errnoFrom(files.unlink(missing))).toBe('ENOENT');
  expect(await errnoFrom(files.rename(missing, join(directory, 'to')))).toBe('ENOENT');
  expect(await errnoFrom(files.list(missing))).toBe('ENOENT');
  expect(await errnoFrom(files.syncDirectory(missing))).toBe('ENOENT');
  expect(await errnoFrom(files.makeDirectory(join(missing, 'deeper')))).toBe('ENOENT');
  expect(await errnoFrom(files.lock(join(missing, 'LOCK')))).toBe('ENOENT');
  writeFileSync(join(directory, 'file'), '');
  expect(await errnoFrom(files.list(join(directory, 'file')))).toBe('ENOTDIR');
  expect(await errnoFrom(files.syncDirectory(join(directory, 'file')))).toBe('ENOTDIR');
  expect(await errnoFrom(files.unlink(directory))).toMatch(/^(EISDIR|EPERM)$/);
});

test('a read is short only at the end of the file', async () => {
  const path = join(temporaryDirectory(), 'file');
  writeFileSync(path, 'abcdef');
  const file = await files.openToRead(path);
  const into = Buffer.alloc(4, '-');
  expect(await file.read(into, 0)).toBe(4);
  expect(into.toString()).toBe('abcd');
  expect(await file.read(into, 4)).toBe(2);
  expect(into.toString()).toBe('efcd');
  expect(await file.read(into, 6)).toBe(0);
  expect(await file.read(into, 1000)).toBe(0);
  expect(await file.read(Buffer.alloc(0), 0)).toBe(0);
  await file.close();
});

test('a read that the system cuts short is continued', async () => {
  const path = join(temporaryDirectory(), 'file');
  writeFileSync(path, '0123456789');
  const read = fs.read as (...args: unknown[]) => void;
  vi.spyOn(fs, 'read').mockImplementation(((fd: number, into: Buffer, at: number, length: number, ...rest: unknown[]) =>
    read(fd, into, at, Math.min(length, 3), ...rest)) as never);
  const file = await files.openToRead(path);
  const into = Buffer.alloc(10);
  expect(await file.read(into, 0)).toBe(10);
  expect(into.toString()).toBe('0123456789');
  await file.close();
});

test.each([1, 2, 3, 4, 5, 6, 7])(
  'S13: writes that the system cuts to %d bytes are continued to the last byte',
  async (most) => {
    const path = join(temporaryDirectory(), 'file');
    const write = fs.write as (...args: unknown[]) => void;
    const spy = vi
      .spyOn(fs, 'write')
      .mockImplementation(((fd: number, bytes: Buffer, at: number, length: number, ...rest: unknown[]) =>
        write(fd, bytes, at, Math.min(length, most), ...rest)) as never);
    const file = await files.openToAppend(path, 'create');
    await file.write(Buffer.from('0123456789'), 0);
    await file.appendDurably(Buffer.from('abcdefghij'), 10);
    await file.close();
    expect(readFileSync(path, 'utf8')).toBe('0123456789abcdefghij');
    expect(spy).toHaveBeenCalledTimes(2 * Math.ceil(10 / most));
  },
);

test('S13: what stopped a short write shows on the next call, and ends the write', async () => {
  const file = await files.create(join(temporaryDirectory(), 'file'));
  const write = fs.write as (...args: unknown[]) => void;
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  vi.spyOn(fs, 'write')
    .mockImplementationOnce(((fd: number, bytes: Buffer, at: number, _: number, ...rest: unknown[]) =>
      write(fd, bytes, at, 4, ...rest)) as never)
    .mockImplementation(((...args: unknown[]) => (args.at(-1) as (error: Error) => void)(full)) as never);
  expect(await errnoFrom(file.write(Buffer.from('0123456789'), 0))).toBe('ENOSPC');
  expect((await file.stat()).bytes).toBe(4);
  await file.close();
});

test('a write that writes nothing is an error and no endless loop', async () => {
  const file = await files.create(join(temporaryDirectory(), 'file'));
  vi.spyOn(fs, 'write').mockImplementation(((...args: unknown[]) =>
    (args.at(-1) as (error: null, count: number) => void)(null, 0)) as never);
  expect(await errnoFrom(file.write(Buffer.from('a'), 0))).toBe('EIO');
  await file.close();
});

test('an append lands where it was told, inside the file and behind its end', async () => {
  const path = join(temporaryDirectory(), 'file');
  writeFileSync(path, Buffer.alloc(8));
  const file = await files.openToAppend(path, 'open');
  await file.appendDurably(Buffer.from('ab'), 3);
  await file.appendDurably(Buffer.from('cd'), 10);
  await file.sync();
  expect(await file.stat()).toMatchObject({ kind: 'file', bytes: 12 });
  const into = Buffer.alloc(12);
  expect(await file.read(into, 0)).toBe(12);
  expect(into.toString('latin1')).toBe('\0\0\0ab\0\0\0\0\0cd');
  await file.close();
});

test.runIf(process.platform === 'linux')(
  'S1: what is appended is on stable storage when the write returns',
  async () => {
    const path = join(temporaryDirectory(), 'file');
    for (const mode of ['create', 'open'] as const) {
      const file = await files.openToAppend(path, mode);
      const fd = readdirSync('/proc/self/fd').find((fd) => linkOf(fd) === path);
      const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))![1]!;
      expect(Number.parseInt(flags, 8) & fs.constants.O_DSYNC, mode).toBe(fs.constants.O_DSYNC);
      await file.close();
    }
  },
);

test('a closed file is never written again, though its number may be another file by then', async () => {
  const directory = temporaryDirectory();
  const closed = await files.create(join(directory, 'closed'));
  await closed.close();
  const other = await files.create(join(directory, 'other'));
  const calls: ((file: WritableFile) => Promise<unknown>)[] = [
    (file) => file.write(Buffer.from('x'), 0),
    (file) => file.read(Buffer.alloc(1), 0),
    (file) => file.sync(),
    (file) => file.stat(),
    (file) => file.close(),
  ];
  for (const call of calls) await expect(call(closed)).rejects.toThrow();
  expect((await other.stat()).bytes).toBe(0);
  await other.write(Buffer.from('mine'), 0);
  await other.close();
  expect(readFileSync(join(directory, 'other'), 'utf8')).toBe('mine');
});

test('a rename replaces, and the file keeps its identity', async () => {
  const directory = temporaryDirectory();
  const [from, to] = [join(directory, 'from'), join(directory, 'to')];
  writeFileSync(from, 'new');
  writeFileSync(to, 'old');
  const before = await files.stat(from);
  await files.rename(from, to);
  await files.syncDirectory(directory);
  expect(await files.list(directory)).toEqual(['to']);
  expect(await files.stat(to)).toEqual(before);
  expect(readFileSync(to, 'utf8')).toBe('new');
});

test('stat tells files from directories and one directory from another of the same name', async () => {
  const directory = temporaryDirectory();
  const inner = join(directory, 'inner');
  mkdirSync(inner);
  symlinkSync('/dev/null', join(directory, 'device'));
  const before = await files.stat(inner);
  expect(before?.kind).toBe('directory');
  expect((await files.stat(join(directory, 'device')))?.kind).toBe('other');
  await files.rename(inner, join(directory, 'moved'));
  mkdirSync(inner);
  expect((await files.stat(inner))?.identity).not.toBe(before?.identity);
  expect((await files.stat(join(directory, 'moved')))?.identity).toBe(before?.identity);
});

test('free bytes are those that df shows to a user', async () => {
  const directory = temporaryDirectory();
  vi.spyOn(fs.promises, 'statfs').mockImplementation(((path: string) =>
    Promise.resolve(path === directory ? { bavail: 3, bfree: 9, blocks: 99, bsize: 4096 } : undefined)) as never);
  expect(await files.freeBytes(directory)).toBe(12288);
});

test('errors that mean no room are told from the others', () => {
  const error = (code: string) => Object.assign(new Error(code), { code });
  for (const code of ['ENOSPC', 'EDQUOT', 'EFBIG', 'EMFILE', 'ENFILE']) expect(isNoRoom(error(code)), code).toBe(true);
  for (const code of ['EIO', 'EROFS', 'EACCES', 'ENOENT', 'EBADF']) expect(isNoRoom(error(code)), code).toBe(false);
  expect(isNoRoom(undefined)).toBe(false);
  const nameless = (errno: number) =>
    Object.assign(new Error('Unknown'), { errno, code: `Unknown system error ${errno}` });
  expect(errnoOf(nameless(-constants.errno.EDQUOT))).toBe('EDQUOT');
  expect(isNoRoom(nameless(-constants.errno.EDQUOT))).toBe(true);
  expect(errnoOf(nameless(-9999))).toBe('E9999');
  expect(errnoOf(error('ERR_OUT_OF_RANGE'))).toBeUndefined();
  expect(errnoOf(new Error('plain'))).toBeUndefined();
  expect(errnoOf(null)).toBeUndefined();
});

test('the platform has a clock that never goes back, turns, and random bytes', async () => {
  const { clock, turns, random } = nodePlatform();
  const before = clock.now();
  await new Promise<void>((resolve) => turns.nextTurn(resolve));
  expect(clock.now()).toBeGreaterThanOrEqual(before);
  expect(clock.now()).toBeLessThan(Date.now()); // no time of day
  expect(random.bytes(16)).toHaveLength(16);
  expect(random.bytes(16)).not.toEqual(random.bytes(16));
  const fired: string[] = [];
  const timer = clock.setTimeout(() => fired.push('cleared'), 0);
  clock.clearTimeout(timer);
  await new Promise<void>((resolve) => clock.setTimeout(() => resolve(), 1));
  expect(fired).toEqual([]);
});

test('a directory whose lock is held is synced through the descriptor that came with the lock, not by its path', async () => {
  const directory = join(temporaryDirectory(), 'store');
  mkdirSync(directory);
  const lock = await files.lock(join(directory, 'LOCK'));
  fs.renameSync(directory, `${directory}-moved`);
  expect(await errnoFrom(files.syncDirectory(directory))).toBe('resolved');
  await lock!.release();
  expect(await errnoFrom(files.syncDirectory(directory))).toBe('ENOENT');
});

test('S15: a read that fails rejects with its errno', async () => {
  const directory = await files.openToRead(temporaryDirectory());
  expect(await errnoFrom(directory.read(Buffer.alloc(10), 0))).toBe('EISDIR');
  await directory.close();
});
