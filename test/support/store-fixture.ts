/** A data directory for tests, with verbs for what happens to one. It is removed when the test ends. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { blockFileName, logBlockName } from '../../src/wal/block-name.ts';
import { BlockWriter, type SealedBlock } from '../../src/wal/block-writer.ts';
import { type DataDirectory, openDirectory } from '../../src/wal/data-directory.ts';
import type { Clock } from '../../src/wal/platform.ts';
import { type Recovered, type RecoveryNotice, type RecoveryProgress, recover } from '../../src/wal/recovery.ts';
import { Damage, StartRefusal } from '../../src/wal/refusal.ts';
import { encodeTx, TX_ID_BYTES, type TxWrite } from '../../src/wal/tx-codec.ts';
import type { Value } from '../../src/wal/value.ts';
import { FaultyFiles } from './faulty-files.ts';

/** One put: keys and what they become; `undefined` deletes. */
export type Put = Readonly<Record<string, Value | undefined>>;

/** Key → version and value (`undefined`: deleted). */
export type State = Readonly<Record<string, readonly [version: number, value: Value | undefined]>>;

export interface StoreOptions {
  readonly maxBlockSize?: number;
  /** A directory that is there already, or that is to be made; by default a new empty one. */
  readonly directory?: string;
}

/** Header, two pages of batches, footer: the smallest that the settings allow. */
export const SMALL_BLOCK = 16 * 1024;
export const TX_ID = new Uint8Array(TX_ID_BYTES).fill(0xab);

let storesMade = 0;

/** A store in an empty directory, started. */
export async function newStore(options: StoreOptions = {}): Promise<StoreFixture> {
  const store = new StoreFixture(options);
  await store.start();
  return store;
}

/** An empty directory that is removed when the test ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'concave-wal-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export class StoreFixture {
  readonly directory: string;
  readonly maxBlockSize: number;
  /** Of the run that is under way, or the last one. */
  files = new FaultyFiles();
  notices: RecoveryNotice[] = [];
  progress: RecoveryProgress[] = [];
  sealed: SealedBlock[] = [];
  opened!: DataDirectory;
  recovered!: Recovered;
  writer!: BlockWriter;
  #state = new Map<string, readonly [number, Value | undefined]>();
  readonly #number: number;
  #clockMs = 0;

  constructor({ maxBlockSize = SMALL_BLOCK, directory }: StoreOptions = {}) {
    storesMade += 1;
    this.#number = storesMade;
    this.maxBlockSize = maxBlockSize;
    this.directory = directory ?? temporaryDirectory();
    onTestFinished(() => this.crash());
  }

  /** What start found, and every put since. */
  get state(): State {
    return Object.fromEntries(this.#state);
  }

  get warnings(): string[] {
    return this.notices.filter(({ level }) => level === 'warn').map(({ message }) => message);
  }

  get events(): string[] {
    return this.notices.map(({ level, event }) => `${level} ${event}`);
  }

  /** Recovers what the directory holds, as a new process would. `prepare` sees the new file system before it is used. */
  async start(prepare: (files: FaultyFiles) => void = () => {}): Promise<void> {
    await this.files.crash();
    const files = new FaultyFiles();
    Object.assign(this, { files, notices: [], progress: [], sealed: [] });
    this.#state = new Map();
    prepare(files);
    const { directory, maxBlockSize } = this;
    const random = { bytes: (count: number) => new Uint8Array(count).fill(this.#number) };
    this.opened = await openDirectory({ files, random, directory, maxBlockSize });
    this.recovered = await recover({
      files,
      clock: this.#clock,
      directory: this.opened,
      maxBlockSize,
      target: { replay: (write) => this.#take(write) },
      onNotice: (notice) => this.notices.push(notice),
      onProgress: (progress) => this.progress.push(progress),
    });
    this.writer = new BlockWriter({
      files,
      directory,
      uuid: this.opened.uuid,
      active: this.recovered.active,
      maxBlockSize,
      onSealed: (block) => this.sealed.push(block),
    });
  }

  /** Tries to start, and returns the refusal. A start that is refused changes nothing but temporary files. */
  async refusal(prepare?: (files: FaultyFiles) => void): Promise<StartRefusal> {
    const before = this.snapshot();
    const error = await this.start(prepare).then(
      () => undefined,
      (error: unknown) => error,
    );
    await this.crash();
    const after = this.snapshot();
    for (const [file, bytes] of before)
      if (!file.endsWith('.tmp') && !after.get(file)?.equals(bytes)) throw new Error(`a refused start changed ${file}`);
    if (error instanceof StartRefusal) return error;
    throw error ?? new Error('the store started where it should have refused');
  }

  /** Tries to start, and returns what damage was found. */
  async damage(): Promise<Damage> {
    const refusal = await this.refusal();
    if (refusal instanceof Damage) return refusal;
    throw refusal;
  }

  /** Appends one batch of these puts; resolves with the seq of the first. */
  async append(...puts: readonly Put[]): Promise<number> {
    const state = new Map(this.#state);
    const records = puts.map((put) => {
      const writes = Object.entries(put).map(([key, value]): TxWrite => {
        const version = (state.get(key)?.[0] ?? 0) + 1;
        state.set(key, [version, value]);
        return { key, version, value };
      });
      return encodeTx(TX_ID, writes);
    });
    const firstSeq = await this.writer.append(records);
    this.#state = state;
    return firstSeq;
  }

  mark(): Promise<void> {
    return this.writer.mark();
  }

  /** Ends the process as a SIGKILL would: nothing is closed or sealed, and nothing more is written. */
  crash(): Promise<void> {
    return this.files.crash();
  }

  close(): Promise<void> {
    return this.writer.close();
  }

  /** A crash and a start. */
  async reopen(): Promise<void> {
    await this.crash();
    await this.start();
  }

  /** A clean stop and a start: the block is sealed, unless it is empty. */
  async restart(): Promise<void> {
    await this.close();
    await this.start();
  }

  list(): string[] {
    return readdirSync(this.directory).toSorted();
  }

  path(file: FileOrBlock): string {
    return join(this.directory, typeof file === 'number' ? blockFileName(logBlockName(file)) : file);
  }

  read(file: FileOrBlock): Buffer {
    return readFileSync(this.path(file));
  }

  write(file: FileOrBlock, bytes: Uint8Array | string): void {
    writeFileSync(this.path(file), bytes);
  }

  /** Writes `bytes` into the middle of a file. */
  overwrite(file: FileOrBlock, offset: number, bytes: Uint8Array): void {
    const content = this.read(file);
    content.set(bytes, offset);
    this.write(file, content);
  }

  flipBit(file: FileOrBlock, offset: number, bit = 0): void {
    const content = this.read(file);
    this.overwrite(file, offset, Uint8Array.of(content[offset]! ^ (1 << bit)));
  }

  truncate(file: FileOrBlock, bytes: number): void {
    truncateSync(this.path(file), bytes);
  }

  remove(file: FileOrBlock): void {
    rmSync(this.path(file));
  }

  /** All files and their bytes, to be put back with `restore`. */
  snapshot(): ReadonlyMap<string, Buffer> {
    return new Map(this.list().map((file) => [file, this.read(file)]));
  }

  restore(snapshot: ReadonlyMap<string, Buffer>): void {
    for (const file of this.list()) if (!snapshot.has(file)) this.remove(file);
    for (const [file, bytes] of snapshot) this.write(file, bytes);
  }

  #take({ key, version, value }: TxWrite): number {
    const before = this.#state.get(key)?.[0] ?? 0;
    this.#state.set(key, [version, value]);
    return before;
  }

  // Half a second passes between any two looks at the clock, so that progress shows without waiting.
  get #clock(): Clock {
    return {
      now: () => {
        this.#clockMs += 500;
        return this.#clockMs;
      },
      setTimeout: () => undefined,
      clearTimeout: () => {},
    };
  }
}

/** A name in the directory, or the number of a log block. */
export type FileOrBlock = string | number;
