/** Sealed blocks for tests of merging, written byte by byte from the format; and what a merge of them should hold. */
import { createHash, hash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { encodeBatch, payloadBytesOf } from '../../src/wal/batch-codec.ts';
import { type BlockName, blockFileName, IDENTITY_FILE, logBlockName } from '../../src/wal/block-name.ts';
import { BlockReader, decodeCompactedBatch } from '../../src/wal/block-reader.ts';
import type { SealedBlock } from '../../src/wal/block-writer.ts';
import { discard, publish } from '../../src/wal/compaction-steps.ts';
import { type EntrySlice, sliceEntries } from '../../src/wal/entry-slice.ts';
import {
  batchExtent,
  blockSeed,
  CHAIN_START,
  type ChainLink,
  encodeFooter,
  encodeHeader,
  encodeIdentity,
  PAGE_BYTES,
} from '../../src/wal/format.ts';
import { type MergeJob, type MergeResult, runMerge } from '../../src/wal/merge.ts';
import { Backlog } from '../../src/wal/merge-pace.ts';
import { nodeFileSystem } from '../../src/wal/node-platform.ts';
import type { FileSystem } from '../../src/wal/platform.ts';
import { type CompactedEntry, encodeEntries, encodeTx, setSeq, TX_ID_BYTES } from '../../src/wal/tx-codec.ts';
import { floatValue, integerValue, type NumberValue, type Value } from '../../src/wal/value.ts';

/** Keys and what they become; `undefined` deletes. */
export type Put = Readonly<Record<string, Value | undefined>>;

/** The puts of one flush. None: a mark. */
export type Batch = readonly Put[];

interface Lies {
  readonly firstSeq?: number;
  readonly versionOf?: (key: string, due: number) => number;
  readonly seqOf?: (due: number) => number;
}

/** Header, batches and footer, and two pages of the zeros that a log block ends in. */
const TRAILING_BYTES = 2 * PAGE_BYTES;
const TX_ID = new Uint8Array(TX_ID_BYTES).fill(0xab);

/** Node's files, where nothing waits for the disk: for tests in which no power is lost. */
export const unsyncedFiles: FileSystem = {
  ...nodeFileSystem,
  async create(path) {
    const file = await nodeFileSystem.create(path);
    return {
      read: (into, position) => file.read(into, position),
      stat: () => file.stat(),
      write: (bytes, position) => file.write(bytes, position),
      sync: async () => {},
      close: () => file.close(),
    };
  },
  syncDirectory: async () => {},
};

/** As a compacted block has it. */
export function entryOf(key: string, version: number, seq = version): EntrySlice {
  const bytes = encodeEntries([{ key, version, seq, value: true }]);
  return sliceEntries(bytes, 0, bytes.length)[0]!;
}

/** The sealed blocks of one store, oldest first, and every write in them. */
export class BlockRun {
  readonly directory: string;
  readonly uuid = new Uint8Array(16).fill(7);
  blocks: SealedBlock[] = [];
  #writes: CompactedEntry[] = [];
  #link: ChainLink = CHAIN_START;
  #seqs = new Map<number, { first: number; last: number }>();
  #versions = new Map<string, number>();

  constructor(directory: string) {
    this.directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /** Writes the next log block. `lies` may say other versions and seqs than are due. */
  addBlock(batches: readonly Batch[], lies: Lies = {}): SealedBlock {
    const name = logBlockName(this.#link.number + 1);
    const { firstSeq = this.#link.lastSeq + 1 } = lies;
    const seed = blockSeed(this.uuid, name);
    const pages: Buffer[] = [];
    let offset = PAGE_BYTES;
    let seq = firstSeq;
    for (const puts of batches) {
      const payloads = puts.map((put, index) => this.#encode(put, seq + index, lies));
      const page = Buffer.alloc(batchExtent(payloadBytesOf(payloads)));
      encodeBatch(page, payloads, { firstSeq: seq, durableSeq: seq - 1 }, { seed, fileOffset: offset });
      pages.push(page);
      offset += page.length;
      seq += puts.length;
    }
    const bytes = offset + PAGE_BYTES;
    const blockBytes = bytes + TRAILING_BYTES;
    const previous = this.#link;
    const header = encodeHeader({ name, uuid: this.uuid, blockBytes, firstSeq, previous, lastInput: undefined });
    const digest = createHash('sha256').update(header).update(Buffer.concat(pages)).digest();
    const lastSeq = seq - 1;
    const seal = { lastSeq, txCount: seq - firstSeq, byteLength: offset, nextBlock: name.first + 1, digest };
    const content = [header, ...pages, encodeFooter(seal, name, seed), Buffer.alloc(TRAILING_BYTES)];
    writeFileSync(this.path(name), Buffer.concat(content));

    this.#link = { number: name.first, lastSeq, digest };
    this.#seqs.set(name.first, { first: firstSeq, last: lastSeq });
    const block = { name, bytes };
    this.blocks.push(block);
    return block;
  }

  /** Makes the directory a store that can be recovered: its IDENTITY, and an empty newest block. */
  addActiveBlock(): void {
    const name = logBlockName(this.#link.number + 1);
    const blockBytes = 4 * PAGE_BYTES;
    const firstSeq = this.#link.lastSeq + 1;
    const content = Buffer.alloc(blockBytes);
    content.set(
      encodeHeader({ name, uuid: this.uuid, blockBytes, firstSeq, previous: this.#link, lastInput: undefined }),
    );
    writeFileSync(this.path(name), content);
    writeFileSync(join(this.directory, IDENTITY_FILE), encodeIdentity(this.uuid));
  }

  /** To merge `count` blocks from the `start`th on; by default all. */
  job({ start = 0, count = this.blocks.length, reserveBytes = 0, sortedBytesMax = 0 } = {}): MergeJob {
    const { directory, uuid } = this;
    const inputs = this.blocks.slice(start, start + count);
    return { directory, uuid, inputs, reserveBytes, sortedBytesMax, backlog: new Backlog().shared };
  }

  /** Merges, publishes and discards, as the compactor does. */
  async compact(
    where: { start?: number; count?: number; sortedBytesMax?: number } = {},
    files = nodeFileSystem,
  ): Promise<MergeResult> {
    const job = this.job(where);
    const result = await runMerge(files, job);
    await publish(files, this.directory, result);
    await discard(files, this.directory, job.inputs);
    const { name, bytes } = result;
    this.blocks = this.blocks.toSpliced(where.start ?? 0, job.inputs.length, { name, bytes });
    return result;
  }

  /** What a block of that name should hold: for each key its last write in there. */
  expected({ first, last }: BlockName): CompactedEntry[] {
    const from = this.#seqs.get(first)!.first;
    const to = this.#seqs.get(last)!.last;
    const latest = new Map<string, CompactedEntry>();
    for (const write of this.#writes) if (write.seq >= from && write.seq <= to) latest.set(write.key, write);
    return [...latest.values()].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  /** What every key holds after all blocks. */
  get state(): Map<string, readonly [version: number, value: Value | undefined]> {
    return new Map(this.#writes.map(({ key, version, value }) => [key, [version, value]]));
  }

  path(name: BlockName): string {
    return join(this.directory, blockFileName(name));
  }

  /** All files and their bytes. */
  snapshot(): Map<string, Buffer> {
    const names = readdirSync(this.directory).toSorted();
    return new Map(names.map((name) => [name, readFileSync(join(this.directory, name))]));
  }

  /** All files and a digest of each: quicker to compare than their bytes. */
  digests(): Map<string, string> {
    return new Map([...this.snapshot()].map(([name, bytes]) => [name, hash('sha256', bytes)]));
  }

  flipBit(name: BlockName, offset: number, bit = 0): void {
    const content = readFileSync(this.path(name));
    content[offset]! ^= 1 << bit;
    writeFileSync(this.path(name), content);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  #encode(put: Put, seq: number, { versionOf = (_key, due) => due, seqOf = (due) => due }: Lies): Buffer {
    const writes = Object.entries(put).map(([key, value]) => {
      const version = versionOf(key, (this.#versions.get(key) ?? 0) + 1);
      this.#versions.set(key, version);
      return { key, version, value };
    });
    this.#writes.push(...writes.map((write) => ({ seq, ...write })));
    const record = encodeTx(TX_ID, writes);
    setSeq(record, 0, seqOf(seq));
    return record;
  }
}

/** Every entry of a compacted block, in the order of the file, with the sizes of its batches and frames. */
export async function readCompacted(path: string, name: BlockName, uuid: Uint8Array) {
  const reader = await BlockReader.open(nodeFileSystem, path, name, uuid);
  const entries: CompactedEntry[] = [];
  const batches: { bytes: number; frames: { bytes: number; entries: number }[] }[] = [];
  try {
    for (;;) {
      const batch = await reader.next();
      if (batch.kind !== 'batch') return { entries, batches, end: batch, header: reader.header };
      const before = entries.length;
      entries.push(...decodeCompactedBatch(reader, batch));
      const frames = batch.payloads.map((payload) => ({
        bytes: payload.length,
        entries: decodeCompactedBatch(reader, { ...batch, payloads: [payload] }).length,
      }));
      if (entries.length === before) throw new Error('a batch without entries');
      batches.push({ bytes: batchExtent(batch.head.payloadBytes), frames });
    }
  } finally {
    await reader.close();
  }
}

/** Keys that sort otherwise by UTF-16 units than by bytes, and keys that come again and again. */
export const keys: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('a', 'b', 'ab', 'b\0', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}', '\ufffd'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
);

const numbers: fc.Arbitrary<NumberValue> = fc.oneof(
  fc.maxSafeInteger().map((integer) => integer + 0),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(integerValue),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(floatValue),
);

/** Values of all kinds; `undefined` is a tombstone. */
export const values: fc.Arbitrary<Value | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.boolean(),
  numbers,
  fc.array(numbers, { maxLength: 4 }),
  // Larger than a frame.
  { arbitrary: fc.nat(70_000).map((more) => 'v'.repeat(60_000 + more)), weight: 1 },
);

const put: fc.Arbitrary<Put> = fc
  .array(fc.tuple(keys, values), { minLength: 1, maxLength: 6 })
  .map((writes) => Object.fromEntries(writes));

/** What a log block may hold, from nothing at all to several batches and marks. */
export const batches: fc.Arbitrary<readonly Batch[]> = fc.array(fc.array(put, { maxLength: 4 }), { maxLength: 4 });
