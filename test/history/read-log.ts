/**
 * An offline reader of a data directory that shares no code with `src/wal`: what a store must hold after a start from these
 * files. It reads only, and throws `BadLog` on whatever a sound log cannot have; where a batch of the newest block is not
 * valid it stops there, as after a torn write.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoggedTransaction, LoggedWrite } from './history.ts';
import { BadLog, type Block, type BlockFile, type Link, readBlock, readIdentity } from './log-blocks.ts';
import { type LoggedEntry, readEntries, readTx } from './log-records.ts';

/** The files of a data directory by name. */
export type DirectoryImage = ReadonlyMap<string, Uint8Array>;

export interface LogContents {
  /** What each key holds, deleted ones (`DELETED`) included. */
  readonly state: ReadonlyMap<string, Holding>;
  /** Oldest first, from `compactedSeq + 1` on. */
  readonly transactions: readonly LoggedTransaction[];
  /** Of the transactions up to this one only the state is left; 0 if nothing was compacted. */
  readonly compactedSeq: number;
  readonly lastSeq: number;
}

export interface Holding {
  readonly value: string;
  readonly version: number;
}

export function readLog(files: DirectoryImage): LogContents {
  const identity = files.get('IDENTITY');
  const found = blockFiles(files);
  if (!identity) {
    // A first start that did not come to its end: nothing was acknowledged.
    if (found.some(({ last, generation }) => last > 1 || generation > 0))
      throw new BadLog('IDENTITY', 0, 'missing, and there are blocks');
    return { state: new Map(), transactions: [], compactedSeq: 0, lastSeq: 0 };
  }
  const uuid = readIdentity(asBuffer(identity));
  const reading = new Reading();
  const blocks = chooseBlocks(found, uuid);
  for (const [index, block] of blocks.entries()) reading.take(block, blocks[index + 1]);
  return reading;
}

/** The same from a real directory. */
export function readLogDirectory(directory: string): LogContents {
  return readLog(readFiles(directory));
}

export function readFiles(directory: string): ReadonlyMap<string, Buffer> {
  const entries = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(entries.map(({ name }) => [name, readFileSync(join(directory, name))]));
}

class Reading implements LogContents {
  readonly state = new Map<string, Holding>();
  readonly transactions: LoggedTransaction[] = [];
  compactedSeq = 0;
  lastSeq = 0;
  #link: Link = { block: 0, lastSeq: 0, digest: '00'.repeat(32) };

  take(block: Block, next: Block | undefined): void {
    const { file, previous, firstSeq, link } = block;
    if (!sameLink(previous, this.#link)) throw new BadLog(file.name, 0, 'another block should lie before it');
    if (firstSeq !== this.lastSeq + 1) throw new BadLog(file.name, 0, `it begins with transaction ${firstSeq}`);
    checkEnd(block, next);
    if (file.generation > 0) this.#takeEntries(block);
    else this.#takeTransactions(block);
    this.lastSeq = link.lastSeq;
    this.#link = link;
  }

  #takeTransactions({ file, frames, firstSeq }: Block): void {
    for (const [index, { offset, payload }] of frames.entries()) {
      const transaction = decoded(file, offset, () => readTx(payload));
      if (transaction.seq !== firstSeq + index)
        throw new BadLog(file.name, offset, `transaction ${transaction.seq} in the place of ${firstSeq + index}`);
      for (const write of transaction.writes)
        if (write.version !== this.#version(write.key) + 1) throw wrongVersion(file, offset, write);
        else this.#hold(write);
      this.transactions.push(transaction);
    }
  }

  #takeEntries({ file, frames, firstSeq, link }: Block): void {
    let before: LoggedEntry | undefined;
    for (const { offset, payload } of frames)
      for (const entry of decoded(file, offset, () => readEntries(payload))) {
        if (entry.seq < firstSeq || entry.seq > link.lastSeq)
          throw new BadLog(file.name, offset, `an entry of transaction ${entry.seq}`);
        if (before && Buffer.compare(Buffer.from(before.key), Buffer.from(entry.key)) >= 0)
          throw new BadLog(file.name, offset, `key ${JSON.stringify(entry.key)} is out of order`);
        if (entry.version <= this.#version(entry.key)) throw wrongVersion(file, offset, entry);
        this.#hold(entry);
        before = entry;
      }
    // What lies in log blocks before it is known one by one, but not what this block replaced.
    this.transactions.length = 0;
    this.compactedSeq = link.lastSeq;
  }

  #version(key: string): number {
    return this.state.get(key)?.version ?? 0;
  }

  #hold({ key, value, version }: LoggedWrite): void {
    this.state.set(key, { value, version });
  }
}

/** Every block but the newest is sealed, or its successor, which was made first, says what it held. */
function checkEnd({ file, isSealed, end, link }: Block, next: Block | undefined): void {
  if (!next && isSealed) throw new BadLog(file.name, end, 'a sealed block without successor');
  if (next && !isSealed && (file.generation > 0 || !sameLink(next.previous, link)))
    throw new BadLog(file.name, end, 'neither a batch nor a footer');
}

function blockFiles(files: DirectoryImage): BlockFile[] {
  const found: BlockFile[] = [];
  for (const [name, bytes] of files) {
    const [, first, last = first, generation = '0'] =
      /^([0-9a-f]{16})(?:\.log|-([0-9a-f]{16})\.([0-9a-f]{8})\.cmp)$/.exec(name) ?? [];
    if (first === undefined || last === undefined) continue;
    const [firstNumber, lastNumber, number] = [first, last, generation].map((digits) => Number.parseInt(digits, 16));
    found.push({ name, first: firstNumber!, last: lastNumber!, generation: number!, bytes: asBuffer(bytes) });
  }
  return found;
}

/**
 * The blocks that make up the log, oldest first. A compacted block stands in for blocks of lower generations that are still
 * there; one that is damaged gives way to them.
 */
function chooseBlocks(files: readonly BlockFile[], uuid: string): Block[] {
  const blocks: Block[] = [];
  const newestGenerationFirst = files.toSorted((a, b) => b.generation - a.generation);
  for (const file of newestGenerationFirst) {
    if (blocks.some((block) => block.file.first <= file.first && file.last <= block.file.last)) continue;
    const below = files.filter((other) => other.generation < file.generation && overlap(other, file));
    try {
      const block = readBlock(file, uuid);
      if (file.generation > 0 && !block.isSealed)
        throw new BadLog(file.name, block.end, 'neither a batch nor a footer');
      blocks.push(block);
    } catch (error) {
      if (!(error instanceof BadLog) || !areWhole(file, below)) throw error;
    }
  }
  blocks.sort((a, b) => a.file.first - b.file.first);
  for (const [index, { file }] of blocks.entries()) {
    const expected = index === 0 ? 1 : blocks[index - 1]!.file.last + 1;
    if (file.first !== expected) throw new BadLog(file.name, 0, `log block ${expected} is missing, or there twice`);
  }
  if (blocks.length === 0) throw new BadLog('IDENTITY', 0, 'no block at all');
  return blocks;
}

/** Whether these files stand for all log blocks that `file` stands for. */
function areWhole(file: BlockFile, parts: readonly BlockFile[]): boolean {
  let expected = file.first;
  for (const { first, last } of parts.toSorted((a, b) => a.first - b.first))
    if (first <= expected) expected = Math.max(expected, last + 1);
  return parts.length > 0 && expected === file.last + 1;
}

function overlap(a: BlockFile, b: BlockFile): boolean {
  return a.first <= b.last && b.first <= a.last;
}

function sameLink(a: Link, b: Link): boolean {
  return a.block === b.block && a.lastSeq === b.lastSeq && a.digest === b.digest;
}

function decoded<T>({ name }: BlockFile, offset: number, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw new BadLog(name, offset, (error as Error).message);
  }
}

function wrongVersion({ name }: BlockFile, offset: number, { key, version }: LoggedWrite): BadLog {
  return new BadLog(name, offset, `version ${version} of key ${JSON.stringify(key)} does not follow the one before`);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
