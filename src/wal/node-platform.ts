/** The production side of the platform contract: Node's own files, monotonic clock, event loop and randomness. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { dirname, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import {
  type AppendableFile,
  errnoOf,
  type FileLock,
  type FileStat,
  type FileSystem,
  type Platform,
  type ReadableFile,
  type WritableFile,
} from './platform.ts';

export function nodePlatform(): Platform {
  return {
    files: nodeFileSystem,
    clock: {
      now: () => performance.now(),
      setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
      clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
    },
    turns: { nextTurn: (callback) => void setImmediate(callback) },
    random: { bytes: (count) => randomBytes(count) },
  };
}

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_DIRECTORY, W_OK } = fs.constants;
// One call that writes and syncs, where the system's O_DSYNC reaches the device. On macOS it stops at the drive's cache,
// and only fsync (which Node turns into F_FULLFSYNC) goes further: there an append is a write and a sync.
const O_DSYNC = process.platform === 'linux' ? fs.constants.O_DSYNC : 0;

const NO_FD = -1;

// The callback API with plain descriptors: no FileHandle objects, and one thread-pool hop per call.
const open = promisify(fs.open);
const close = promisify(fs.close);
const fstat = promisify(fs.fstat);
const fsync = promisify(fs.fsync);

export const nodeFileSystem: FileSystem = {
  list: (directory) => fs.promises.readdir(directory),
  async stat(path) {
    try {
      return fileStat(await fs.promises.stat(path));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  },
  async makeDirectory(path) {
    await fs.promises.mkdir(path, { mode: OWNER_ONLY_DIRECTORY });
  },
  async freeBytes(path) {
    const { bavail, bsize } = await fs.promises.statfs(path);
    return bavail * bsize;
  },
  openToRead: async (path) => new NodeFile(await open(path, O_RDONLY)),
  openToAppend: async (path, mode) =>
    mode === 'create' ? createToAppend(path) : new AppendFile(await open(path, O_RDWR | O_DSYNC), NO_FD),
  create: async (path) => new NodeFile(await open(path, O_RDWR | O_CREAT | O_EXCL, OWNER_ONLY_FILE)),
  rename: (from, to) => fs.promises.rename(from, to),
  unlink: (path) => fs.promises.unlink(path),
  async syncDirectory(directory) {
    const held = heldLocks.get(resolve(directory));
    if (held) return fsync(held.directoryFd);
    const fd = await open(directory, O_RDONLY | O_DIRECTORY);
    try {
      await fsync(fd);
    } finally {
      await close(fd);
    }
  },
  lock: lockFile,
};

class NodeFile implements ReadableFile, WritableFile {
  #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let done = 0;
    while (done < into.length) {
      const count = await this.#readSome(into, done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    return writeAll(this.#fd, bytes, position);
  }

  sync(): Promise<void> {
    return fsync(this.#fd);
  }

  async stat(): Promise<FileStat> {
    return fileStat(await fstat(this.#fd));
  }

  async close(): Promise<void> {
    const fd = this.#fd;
    this.#fd = NO_FD; // a moment later that number may be another file's
    await close(fd);
  }

  #readSome(into: Uint8Array, at: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.#fd, into, at, into.length - at, position, (error, count) =>
        error ? reject(error) : resolve(count),
      );
    });
  }
}

/**
 * Two descriptors of one file. What is appended goes through the one that syncs, which is there from the beginning, so that no
 * error of the file is missed. Zeros that prepare the file go through a plain one, and many of them share one `sync`.
 */
class AppendFile extends NodeFile implements AppendableFile {
  #plainFd: number;

  constructor(fd: number, plainFd: number) {
    super(fd);
    this.#plainFd = plainFd;
  }

  override write(bytes: Uint8Array, position: number): Promise<void> {
    return this.#plainFd === NO_FD ? super.write(bytes, position) : writeAll(this.#plainFd, bytes, position);
  }

  async appendDurably(bytes: Uint8Array, position: number): Promise<void> {
    // It was for preparing the file, and has done that.
    if (this.#plainFd !== NO_FD) void this.#closePlain();
    await super.write(bytes, position);
    if (O_DSYNC === 0) await this.sync();
  }

  override async close(): Promise<void> {
    await this.#closePlain();
    await super.close();
  }

  /** What went through it was synced through the other one: nothing that closing it could say is of interest. */
  async #closePlain(): Promise<void> {
    const fd = this.#plainFd;
    this.#plainFd = NO_FD;
    if (fd !== NO_FD) await close(fd).catch(() => {});
  }
}

async function createToAppend(path: string): Promise<AppendFile> {
  const fd = await open(path, O_RDWR | O_DSYNC | O_CREAT | O_EXCL, OWNER_ONLY_FILE);
  try {
    return new AppendFile(fd, O_DSYNC === 0 ? NO_FD : await open(path, O_RDWR));
  } catch (error) {
    await close(fd).catch(() => {});
    await fs.promises.unlink(path).catch(() => {});
    throw error;
  }
}

async function writeAll(fd: number, bytes: Uint8Array, position: number): Promise<void> {
  let done = await writeSome(fd, bytes, 0, position);
  // A short count comes without an exception; what stopped it, a full disk say, shows on the next call.
  while (done < bytes.length) done += await writeSome(fd, bytes, done, position + done);
}

function writeSome(fd: number, bytes: Uint8Array, at: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.write(fd, bytes, at, bytes.length - at, position, (error, count) => {
      if (error) reject(error);
      else if (count === 0 && bytes.length > at)
        reject(Object.assign(new Error('write wrote nothing'), { code: 'EIO' }));
      else resolve(count);
    });
  });
}

interface HeldLock {
  readonly database: DatabaseSync;
  readonly directoryFd: number;
}

/**
 * Locks that this process holds, by the directory they lie in. They are kept here, for a database that nobody can reach is
 * closed by the garbage collector, and its lock is gone. The directory stays open with its lock: once a new block has its
 * name, the sync of the directory must not fail because clients have taken the last descriptor.
 */
const heldLocks = new Map<string, HeldLock>();

/**
 * SQLite's own lock on a database file that is never written: the system frees it when the process ends, it works
 * wherever Node does, and SQLite also keeps two connections of one process apart. Nothing else in this process may open
 * the file: on POSIX, closing any descriptor of it would drop the lock.
 */
async function lockFile(path: string): Promise<FileLock | undefined> {
  const directory = resolve(dirname(path));
  await fs.promises.access(directory, W_OK); // SQLite would only say that it cannot open the file
  const database = openDatabase(path);
  if (!database) return undefined;
  try {
    await fs.promises.chmod(path, OWNER_ONLY_FILE);
    const held = { database, directoryFd: await open(directory, O_RDONLY | O_DIRECTORY) };
    heldLocks.set(directory, held);
    return { release: () => releaseLock(directory, held) };
  } catch (error) {
    database.close();
    throw error;
  }
}

async function releaseLock(directory: string, held: HeldLock): Promise<void> {
  if (heldLocks.get(directory) !== held) return; // released before
  heldLocks.delete(directory);
  held.database.close();
  await close(held.directoryFd);
}

/** `undefined` if somebody else holds it. */
function openDatabase(path: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database?.close();
    if (isBusy(error)) return undefined;
    const message = `cannot lock ${path}: ${(error as Error).message}`;
    throw Object.assign(new Error(message, { cause: error }), { code: 'EIO' });
  }
}

/** SQLITE_BUSY; the upper bytes of an extended code say why. */
function isBusy(error: unknown): boolean {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' && (errcode & 0xff) === 5;
}

function fileStat(stats: fs.Stats): FileStat {
  const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
  return { kind, bytes: stats.size, identity: `${stats.dev}:${stats.ino}` };
}
