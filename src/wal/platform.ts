/**
 * The contract between concave and the machine below it: files, clock, turns of the event loop, randomness. Everything
 * in `src/wal` and `src/actors` reaches the outside through it and through nothing else, so a simulator can stand in
 * for all of it. `node-platform.ts` is the production side.
 */
import { constants } from 'node:os';

export interface Platform {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly turns: Turns;
  readonly random: Randomness;
}

/** A failed call rejects with an error of the system; `errnoOf` has its errno name (`ENOSPC`, `EIO`, …). */
export interface FileSystem {
  /** Names in a directory, in no particular order. */
  list(directory: string): Promise<string[]>;
  /** `undefined` if there is nothing of that name. */
  stat(path: string): Promise<FileStat | undefined>;
  /** Makes one directory, readable and writable by its owner only. Its parent must exist; EEXIST if it does. */
  makeDirectory(path: string): Promise<void>;
  /** Bytes that this process may still allocate on the file system that holds `path`. */
  freeBytes(path: string): Promise<number>;
  openToRead(path: string): Promise<ReadableFile>;
  /**
   * Opens an existing file (`open`) or makes a new one (`create`; EEXIST if it exists), readable and writable by its
   * owner only. The descriptor serves `appendDurably`; what `write` puts there is durable after `sync`, or earlier.
   */
  openToAppend(path: string, mode: 'open' | 'create'): Promise<AppendableFile>;
  /** Makes a new file for plain writes that a later `sync` makes durable. EEXIST if it exists. */
  create(path: string): Promise<WritableFile>;
  /** Atomic, replacing `to`. Durable only after `syncDirectory`. */
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  syncDirectory(directory: string): Promise<void>;
  /**
   * Takes the exclusive lock on `path`, making the file if need be; `undefined` if another process, or another store of
   * this one, holds it. The operating system frees it when the process is gone, however it went.
   */
  lock(path: string): Promise<FileLock | undefined>;
}

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'other';
  readonly bytes: number;
  /** Device and inode: the same pair means the same file. */
  readonly identity: string;
}

export interface ReadableFile {
  /** Fills `into` from byte `position` on; the count is short only at the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>;
  stat(): Promise<FileStat>;
  close(): Promise<void>;
}

export interface WritableFile extends ReadableFile {
  /** Writes all of `bytes`; short counts of the system are continued inside. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Everything written so far is on stable storage once this resolves. A failure is final: never call it again. */
  sync(): Promise<void>;
}

export interface AppendableFile extends WritableFile {
  /**
   * Writes all of `bytes` into space that was written and synced before; on stable storage once this resolves. A failure
   * leaves it unknown what reached the disk.
   */
  appendDurably(bytes: Uint8Array, position: number): Promise<void>;
}

export interface FileLock {
  release(): Promise<void>;
}

/** Monotonic: never goes back, says nothing about the time of day. The two timer methods are XState's `Clock`. */
export interface Clock {
  /** Milliseconds since some fixed moment, with a fraction. */
  now(): number;
  setTimeout(callback: (...args: unknown[]) => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
}

export interface Turns {
  /** Runs `callback` after the present turn of the event loop, before any timer of 1 ms. */
  nextTurn(callback: () => void): void;
}

export interface Randomness {
  bytes(count: number): Uint8Array;
}

/** The errno name of a failed call, or `undefined` for an error that did not come from the system. */
export function errnoOf(error: unknown): string | undefined {
  const { code, errno } = (error ?? {}) as { readonly code?: unknown; readonly errno?: unknown };
  if (typeof code === 'string' && /^E[A-Z0-9]+$/.test(code)) return code;
  // Node has no name for some errors of Linux, EDQUOT among them: there the code is `Unknown system error -122`.
  return typeof errno === 'number' ? (errnoNames.get(-errno) ?? `E${-errno}`) : undefined;
}

const errnoNames = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

/** Errors that say *no room now* and leave nothing half done while a file is being made. */
export function isNoRoom(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === 'ENOSPC' || errno === 'EDQUOT' || errno === 'EFBIG' || errno === 'EMFILE' || errno === 'ENFILE';
}
