/** The inputs of a merge, each as one ascending stream of entries, and their union. */
import type { BlockReader, ReadBatch } from './block-reader.ts';
import { checkWrite, type EntrySlice, keyOf, sliceEntries, sliceTx } from './entry-slice.ts';
import type { ChainLink } from './format.ts';
import { compareKeyBytes } from './key-order.ts';
import { LatestEntries } from './latest-entries.ts';
import { MergeFailure } from './merge-failure.ts';
import { Damage, orDamage } from './refusal.ts';

export interface EntrySource {
  /** The block that the entry of this transaction comes from in the end. */
  pathOf(seq: number): string;
  /** The next entries, ascending by key; `undefined` at the end, and then all of the source is verified. */
  next(): Promise<readonly EntrySlice[] | undefined>;
}

/**
 * For each key the entry of the newest source that has it, ascending; a tombstone is an entry like any other. Each step is
 * as much as the sources' present batches allow. `sources` are oldest first; throws `Damage` where an older one has a
 * higher version of a key than a newer one.
 */
export async function* mergeSorted(sources: readonly EntrySource[]): AsyncGenerator<EntrySlice[], void> {
  let cursors = sources.map((source) => new Cursor(source));
  for (;;) {
    for (const cursor of cursors) if (cursor.isSpent) await cursor.refill();
    cursors = cursors.filter((cursor) => !cursor.isSpent);
    if (cursors.length === 0) return;
    const merged: EntrySlice[] = [];
    do merged.push(takeSmallest(cursors));
    while (!cursors.some((cursor) => cursor.isSpent));
    yield merged;
  }
}

/** Takes the smallest key from every cursor that has it. */
function takeSmallest(cursors: readonly Cursor[]): EntrySlice {
  let newest = cursors[0]!;
  for (let at = 1; at < cursors.length; at += 1) {
    const cursor = cursors[at]!;
    const order = compareKeyBytes(cursor.entry, newest.entry);
    if (order > 0) continue;
    if (order === 0) {
      checkSuccession(newest, cursor);
      // Also where a smaller key is met yet: the newer source has it still.
      newest.advance();
    }
    newest = cursor;
  }
  const { entry } = newest;
  checkValue(newest);
  newest.advance();
  return entry;
}

/** Only here, and so once for each key: values that are not plain take far longer than all else that a merge does. */
function checkValue(cursor: Cursor): void {
  const { entry } = cursor;
  if (entry.isPlain) return;
  const seqs = { first: entry.seq, last: entry.seq };
  orDamage(
    () => checkWrite(entry),
    (what) => new Damage({ file: cursor.path, offset: 0, seqs, what }),
  );
}

function checkSuccession(older: Cursor, newer: Cursor): void {
  const { version, seq } = newer.entry;
  if (version > older.entry.version && seq > older.entry.seq) return;
  throw new Damage({
    file: newer.path,
    offset: 0,
    seqs: { first: seq, last: seq },
    what: `version ${version} of key ${JSON.stringify(keyOf(newer.entry))} follows version ${older.entry.version} in ${older.path}`,
  });
}

/** Where the merge is in one source. */
class Cursor {
  readonly #source: EntrySource;
  #entries: readonly EntrySlice[] = [];
  #at = 0;

  constructor(source: EntrySource) {
    this.#source = source;
  }

  /** Of the block that the entry comes from. */
  get path(): string {
    return this.#source.pathOf(this.entry.seq);
  }

  /** Nothing is left of what was read. After a refill: nothing is left at all. */
  get isSpent(): boolean {
    return this.#at === this.#entries.length;
  }

  get entry(): EntrySlice {
    return this.#entries[this.#at]!;
  }

  advance(): void {
    this.#at += 1;
  }

  async refill(): Promise<void> {
    this.#at = 0;
    do this.#entries = (await this.#source.next()) ?? END;
    while (this.#entries.length === 0 && this.#entries !== END);
  }
}

const END: readonly EntrySlice[] = [];

/** A compacted block, read batch by batch and checked on the way. */
export class CompactedSource implements EntrySource {
  readonly #reader: BlockReader;
  #last: EntrySlice | undefined;

  constructor(reader: BlockReader) {
    this.#reader = reader;
  }

  pathOf(): string {
    return this.#reader.path;
  }

  async next(): Promise<readonly EntrySlice[] | undefined> {
    const batch = await this.#reader.next();
    if (batch.kind === 'sealed') {
      this.#last = undefined; // it holds on to its batch
      return undefined;
    }
    if (batch.kind === 'unsealed') throw this.#reader.damage('the block ends without a footer', batch.offset);
    const entries = slices(this.#reader, batch, sliceEntries).flat();
    const { firstSeq, durableSeq } = batch.head;
    for (const entry of entries) {
      if (this.#last && compareKeyBytes(this.#last, entry) >= 0)
        throw this.#reader.damage('entries out of order', batch.offset);
      const { seq } = entry;
      if (seq < firstSeq || seq > durableSeq)
        throw this.#reader.damage(`an entry of transaction ${seq}, which is not of this block`, batch.offset);
      this.#last = entry;
    }
    return entries;
  }
}

/** The sorted copy of some log blocks in a temporary file of our own. */
export class SortedFileSource implements EntrySource {
  readonly pathOf: (seq: number) => string;
  readonly #copy: CompactedSource;

  constructor(pathOf: (seq: number) => string, reader: BlockReader) {
    this.pathOf = pathOf;
    this.#copy = new CompactedSource(reader);
  }

  next(): Promise<readonly EntrySlice[] | undefined> {
    return readingBack(() => this.#copy.next());
  }
}

/** Log blocks that stay in memory. */
export class MemorySource implements EntrySource {
  readonly pathOf: (seq: number) => string;
  #entries: readonly EntrySlice[] | undefined;

  constructor({ pathOf, entries }: SortedLogBlocks) {
    this.pathOf = pathOf;
    this.#entries = entries;
  }

  async next(): Promise<readonly EntrySlice[] | undefined> {
    const entries = this.#entries;
    this.#entries = undefined;
    return entries;
  }
}

/** What some log blocks say of each of their keys in the end. */
export interface SortedLogBlocks {
  readonly entries: readonly EntrySlice[];
  /** The block that has this transaction. */
  readonly pathOf: (seq: number) => string;
}

/** Sorts neighbouring log blocks as if they were one. */
export class LogSorter {
  readonly #latest = new LatestEntries();
  readonly #blocks: { readonly path: string; readonly lastSeq: number }[] = [];

  /**
   * Reads the next block whole, a batch a step, and checks all that it alone can show, and that no version is missing between
   * the blocks. Returns what its successor must say of it. Throws `Damage`.
   */
  async *read(reader: BlockReader): AsyncGenerator<void, ChainLink> {
    for (;;) {
      const batch = await reader.next();
      if (batch.kind === 'unsealed') throw reader.damage('the block ends without a footer', batch.offset);
      if (batch.kind === 'sealed') break;
      for (const [index, writes] of slices(reader, batch, sliceTx).entries())
        for (const write of writes) take(this.#latest, write, reader, batch, index);
      yield;
    }
    const { lastSeq } = reader;
    this.#blocks.push({ path: reader.path, lastSeq });
    return { number: reader.header.name.last, lastSeq, digest: reader.digest() };
  }

  sorted(): SortedLogBlocks {
    const entries = this.#latest.sorted();
    return { entries, pathOf: pathIn(this.#blocks) };
  }
}

// Not in the method: a function made there would keep the sorter, and with it every entry, for as long as it lives.
function pathIn(blocks: readonly { readonly path: string; readonly lastSeq: number }[]): (seq: number) => string {
  return (seq) => blocks.find(({ lastSeq }) => seq <= lastSeq)!.path;
}

/** Checks what recovery checks of a write: that no transaction is missing and no version is. */
function take(
  latest: LatestEntries,
  write: EntrySlice,
  reader: BlockReader,
  { offset, head }: ReadBatch,
  index: number,
): void {
  const { version, seq } = write;
  const expectedSeq = head.firstSeq + index;
  const seqs = { first: expectedSeq, last: expectedSeq };
  if (seq !== expectedSeq) throw reader.damage(`transaction ${seq} in the place of ${expectedSeq}`, offset, seqs);
  const before = latest.replace(write)?.version;
  if (before !== undefined && version !== before + 1)
    throw reader.damage(
      `version ${version} of key ${JSON.stringify(keyOf(write))} follows version ${before}`,
      offset,
      seqs,
    );
}

/** What `slice` makes of each frame, out of a copy: the batch itself lives only until the next one is read. */
function slices(
  reader: BlockReader,
  batch: ReadBatch,
  slice: (bytes: Buffer, start: number, end: number) => EntrySlice[],
): EntrySlice[][] {
  const bytes = Buffer.concat(batch.payloads);
  let at = 0;
  const sliceNext = ({ length }: Buffer) => {
    at += length;
    return slice(bytes, at - length, at);
  };
  return orDamage(
    () => batch.payloads.map(sliceNext),
    (what) => reader.damage(what, batch.offset),
  );
}

/** What we wrote ourselves a moment ago and cannot read back is no damage to the log: it is deleted, and made anew. */
export async function readingBack<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new MergeFailure(
      'failed',
      `a file of the merge reads back other than it was written: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}
