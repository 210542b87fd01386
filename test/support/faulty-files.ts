/** A file system for tests that notes every call, and fails, cuts short or dies at the calls it is told to. */
import { basename } from 'node:path';
import type { AppendableFile, FileLock, FileStat, FileSystem, ReadableFile } from '../../src/wal/platform.ts';
import { unsyncedFiles } from './unsynced-files.ts';

const READING = ['list', 'stat', 'freeBytes', 'openToRead', 'read', 'fstat', 'close'] as const;
const CHANGING = [
  'makeDirectory',
  'openToAppend',
  'create',
  'write',
  'sync',
  'appendDurably',
  'rename',
  'unlink',
  'syncDirectory',
  'lock',
] as const;

export type CallKind = (typeof READING)[number] | (typeof CHANGING)[number];

export interface Call {
  readonly kind: CallKind;
  /** Name of the file without its folders, as it is called at that moment. */
  readonly file: string;
  /** What else there is to say: `4096+8192` is 8,192 bytes at offset 4,096. */
  readonly what: string;
}

/** Which call is meant: the nth (1 is the next) of that kind on that file, or on any. */
export interface WhichCall {
  readonly kind: CallKind;
  readonly file?: string;
  readonly nth?: number;
}

export interface Fault extends WhichCall {
  /** Without one the call resolves and has done nothing, as on a disk that lies. */
  readonly errno?: string;
  /** How many such calls fail, from the nth on. */
  readonly times?: number;
  /** As much is written, or read, before that. */
  readonly afterBytes?: number;
}

interface Trap {
  readonly fault: Fault;
  seen: number;
}

interface OpenFile {
  name: string;
  readonly inner: AppendableFile;
}

export class FaultyFiles implements FileSystem {
  readonly calls: Call[] = [];
  readonly #inner: FileSystem;
  readonly #traps: Trap[] = [];
  readonly #open = new Set<OpenFile>();
  readonly #underWay = new Set<Promise<unknown>>();
  #held: { readonly kind: CallKind; readonly until: Promise<void> } | undefined;
  #callsUntilDeath = Number.POSITIVE_INFINITY;

  constructor(inner: FileSystem = unsyncedFiles) {
    this.#inner = inner;
  }

  fail(fault: Fault): void {
    this.#traps.push({ fault, seen: 0 });
  }

  /** Nothing fails any more. */
  heal(): void {
    this.#traps.length = 0;
  }

  /** The next call of that kind does nothing until the returned function is called. */
  hold(kind: CallKind): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = { kind, until: promise };
    return resolve;
  }

  /** Lets that many more changing calls through; then the process is dead, and no call of any kind does anything. */
  dieAfter(changingCalls: number): void {
    this.#callsUntilDeath = changingCalls;
  }

  get isDead(): boolean {
    return this.#callsUntilDeath < 0;
  }

  /** Ends the process: nothing more happens, and what was under way is over when this resolves. */
  async crash(): Promise<void> {
    this.#callsUntilDeath = -1;
    await Promise.allSettled(this.#underWay);
    await this.#closeAll();
  }

  /** Names of the files that are open. */
  get openFiles(): string[] {
    return [...this.#open].map(({ name }) => name).toSorted();
  }

  /** The changing calls so far, one line each; only those from `start` on, if given. */
  changes(start = 0): string[] {
    return this.calls
      .slice(start)
      .filter(({ kind }) => (CHANGING as readonly string[]).includes(kind))
      .map(({ kind, file, what }) => [kind, file, what].filter((word) => word !== '').join(' '));
  }

  list(directory: string): Promise<string[]> {
    return this.#call('list', directory, '', () => this.#inner.list(directory));
  }

  stat(path: string): Promise<FileStat | undefined> {
    return this.#call('stat', path, '', () => this.#inner.stat(path));
  }

  makeDirectory(path: string): Promise<void> {
    return this.#call('makeDirectory', path, '', () => this.#inner.makeDirectory(path));
  }

  freeBytes(path: string): Promise<number> {
    return this.#call('freeBytes', path, '', () => this.#inner.freeBytes(path));
  }

  openToRead(path: string): Promise<ReadableFile> {
    return this.#call('openToRead', path, '', async () => this.#wrap(path, await this.#inner.openToRead(path)));
  }

  openToAppend(path: string, mode: 'open' | 'create'): Promise<AppendableFile> {
    return this.#call('openToAppend', path, mode, async () =>
      this.#wrap(path, await this.#inner.openToAppend(path, mode)),
    );
  }

  create(path: string): Promise<AppendableFile> {
    return this.#call('create', path, '', async () => this.#wrap(path, await this.#inner.create(path)));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#call('rename', from, `to ${basename(to)}`, async () => {
      await this.#inner.rename(from, to);
      for (const file of this.#open) if (file.name === basename(from)) file.name = basename(to);
    });
  }

  unlink(path: string): Promise<void> {
    return this.#call('unlink', path, '', () => this.#inner.unlink(path));
  }

  syncDirectory(directory: string): Promise<void> {
    return this.#call('syncDirectory', directory, '', () => this.#inner.syncDirectory(directory));
  }

  lock(path: string): Promise<FileLock | undefined> {
    return this.#call('lock', path, '', () => this.#inner.lock(path));
  }

  // What is asked of a file that was opened for less never comes from typed code.
  #wrap(path: string, opened: ReadableFile): AppendableFile {
    const inner = opened as AppendableFile;
    const file: OpenFile = { name: basename(path), inner };
    this.#open.add(file);
    const extent = (bytes: Uint8Array, position: number) => `${position}+${bytes.length}`;
    return {
      read: (into, position) =>
        this.#call(
          'read',
          file.name,
          extent(into, position),
          () => inner.read(into, position),
          (count) => inner.read(into.subarray(0, count), position),
        ),
      stat: () => this.#call('fstat', file.name, '', () => inner.stat()),
      write: (bytes, position) =>
        this.#call(
          'write',
          file.name,
          extent(bytes, position),
          () => inner.write(bytes, position),
          (count) => inner.write(bytes.subarray(0, count), position),
        ),
      sync: () => this.#call('sync', file.name, '', () => inner.sync()),
      appendDurably: (bytes, position) =>
        this.#call(
          'appendDurably',
          file.name,
          extent(bytes, position),
          () => inner.appendDurably(bytes, position),
          (count) => inner.appendDurably(bytes.subarray(0, count), position),
        ),
      close: () => this.#call('close', file.name, '', () => this.#close(file)),
    };
  }

  #call<T>(
    kind: CallKind,
    path: string,
    what: string,
    work: () => Promise<T>,
    cutShort?: (bytes: number) => Promise<T>,
  ): Promise<T> {
    const done = this.#perform({ kind, file: basename(path), what }, work, cutShort);
    this.#underWay.add(done);
    const over = () => void this.#underWay.delete(done);
    done.then(over, over);
    return done;
  }

  async #perform<T>(call: Call, work: () => Promise<T>, cutShort?: (bytes: number) => Promise<T>): Promise<T> {
    if ((CHANGING as readonly string[]).includes(call.kind) && !this.isDead) this.#callsUntilDeath -= 1;
    if (this.isDead) throw systemError('EDEAD', call);
    this.calls.push(call);
    const held = this.#held;
    if (held?.kind === call.kind) {
      this.#held = undefined;
      await held.until;
    }
    const fault = this.#faultOf(call);
    if (!fault) return work();
    const result = fault.afterBytes === undefined ? undefined : await cutShort?.(fault.afterBytes);
    if (fault.errno !== undefined) throw systemError(fault.errno, call);
    return result as T;
  }

  #faultOf(call: Call): Fault | undefined {
    let found: Fault | undefined;
    for (const trap of this.#traps) {
      const { kind, file = call.file, nth = 1, times = 1 } = trap.fault;
      if (kind !== call.kind || file !== call.file) continue;
      trap.seen += 1;
      if (trap.seen >= nth && trap.seen < nth + times) found = trap.fault;
    }
    return found;
  }

  #close(file: OpenFile): Promise<void> {
    this.#open.delete(file);
    return file.inner.close();
  }

  async #closeAll(): Promise<void> {
    for (const file of this.#open) await this.#close(file);
  }
}

/** An error as the system's calls reject with. */
export function systemError(errno: string, { kind, file }: Pick<Call, 'kind' | 'file'>): Error {
  return Object.assign(new Error(`${errno}: injected, ${kind} '${file}'`), { code: errno });
}
