import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { encodeBatch } from '../../src/wal/batch-codec.ts';
import { logBlockName } from '../../src/wal/block-name.ts';
import { BlockReader } from '../../src/wal/block-reader.ts';
import { CompactedWriter } from '../../src/wal/compacted-writer.ts';
import { type EntrySlice, keyOf, sliceEntries } from '../../src/wal/entry-slice.ts';
import { blockSeed, CHAIN_START, encodeFooter, encodeHeader, PAGE_BYTES } from '../../src/wal/format.ts';
import { MergeFailure } from '../../src/wal/merge-failure.ts';
import {
  CompactedSource,
  type EntrySource,
  LogSorter,
  MemorySource,
  mergeSorted,
  readingBack,
  SortedFileSource,
} from '../../src/wal/merge-source.ts';
import { nodeFileSystem } from '../../src/wal/node-platform.ts';
import { Damage } from '../../src/wal/refusal.ts';
import { encodeEntries, encodeTx, setSeq, TX_ID_BYTES, type TxWrite } from '../../src/wal/tx-codec.ts';
import { temporaryDirectory } from '../support/store-fixture.ts';
import { BlockRun, entryOf as entry } from './merge-fixture.ts';
import { bytesField, doubleField, fixed64Field, varintField } from './support/protobuf.ts';

/** A source that hands out these, one array a time; it counts how often it is asked. */
function sourceOf(...portions: readonly (readonly EntrySlice[])[]): EntrySource & { asked: number } {
  return {
    pathOf: (seq) => `${seq}.log`,
    asked: 0,
    async next() {
      this.asked += 1;
      return portions[this.asked - 1];
    },
  };
}

async function union(...sources: readonly EntrySource[]): Promise<string[][]> {
  const steps: string[][] = [];
  for await (const entries of mergeSorted(sources)) steps.push(entries.map((one) => `${keyOf(one)}${one.version}`));
  return steps;
}

describe('the union of sorted sources', () => {
  test('of every key the newest source counts, also where three have it', async () => {
    const oldest = sourceOf([entry('a', 1), entry('b', 1), entry('d', 1)]);
    const middle = sourceOf([entry('b', 2), entry('c', 2), entry('d', 2)]);
    const newest = sourceOf([entry('b', 3), entry('e', 3)]);
    expect((await union(oldest, middle, newest)).flat()).toEqual(['a1', 'b3', 'c2', 'd2', 'e3']);
  });

  test('a step ends where one of them must be read on', async () => {
    const older = sourceOf([entry('a', 1), entry('c', 1)], [entry('e', 1)]);
    const newer = sourceOf([entry('b', 2)], [entry('d', 2), entry('f', 2)]);
    expect(await union(older, newer)).toEqual([['a1', 'b2'], ['c1'], ['d2', 'e1'], ['f2']]);
  });

  test('a portion without entries is not the end: every source is read until it says so', async () => {
    const older = sourceOf([], [entry('a', 1)], [], [], [entry('b', 1)], []);
    const newer = sourceOf([entry('c', 2)]);
    const empty = sourceOf([]);
    expect((await union(older, empty, newer)).flat()).toEqual(['a1', 'b1', 'c2']);
    expect([older.asked, empty.asked, newer.asked]).toEqual([7, 2, 2]);
  });

  test('no sources, or only empty ones', async () => {
    expect(await union()).toEqual([]);
    expect(await union(sourceOf(), sourceOf([]))).toEqual([]);
  });

  test('an older source with a higher version, or of a later transaction, is damage', async () => {
    const merging = (older: EntrySlice, newer: EntrySlice) => union(sourceOf([older]), sourceOf([newer]));
    await expect(merging(entry('a', 3), entry('a', 2, 4))).rejects.toThrow(
      '4.log at offset 0, transaction 4: version 2 of key "a" follows version 3 in 3.log',
    );
    await expect(merging(entry('a', 3), entry('a', 3, 4))).rejects.toThrow(Damage);
    await expect(merging(entry('a', 3), entry('a', 4, 3))).rejects.toThrow(Damage);
    await expect(merging(entry('a', 3), entry('a', 4, 4))).resolves.toEqual([['a4']]);
  });
});

describe('a value that nobody can decode', () => {
  const bad = (version: number) => {
    const write = Buffer.concat([bytesField(1, 'a'), varintField(2, version), doubleField(6, Number.NaN)]);
    const bytes = bytesField(1, fixed64Field(1, version), bytesField(2, write));
    return sliceEntries(bytes, 0, bytes.length)[0]!;
  };

  test('S19: is damage to the block that has it, where it would be kept', async () => {
    const merging = union(sourceOf([entry('a', 3)]), sourceOf([bad(4), entry('b', 5)]));
    await expect(merging).rejects.toThrow(
      '4.log at offset 0, transaction 4: a good checksum over a bad record (a float that is not finite)',
    );
    await expect(union(sourceOf([bad(4)]))).rejects.toThrow(Damage);
  });

  test('and none where a later version takes its place', async () => {
    expect(await union(sourceOf([bad(4)]), sourceOf([entry('a', 5)]))).toEqual([['a5']]);
  });

  test('values that are not plain and can be decoded go through', async () => {
    const bytes = encodeEntries([{ key: 'a', version: 1, seq: 1, value: [1, 2.5] }]);
    expect(await union(sourceOf(sliceEntries(bytes, 0, bytes.length)))).toEqual([['a1']]);
  });
});

describe('a compacted block with good checksums', () => {
  /** Written by our writer, which leaves order and seqs to whoever uses it; the block is of transactions 1 to 10. */
  async function read(...entries: readonly EntrySlice[]): Promise<readonly EntrySlice[] | undefined> {
    const name = { first: 1, last: 2, generation: 1 };
    const uuid = new Uint8Array(16);
    const lastInput = { number: 2, lastSeq: 10, digest: new Uint8Array(32) };
    const path = join(temporaryDirectory(), 'block');
    const header = { name, uuid, blockBytes: 0, firstSeq: 1, previous: CHAIN_START, lastInput };
    const writer = await CompactedWriter.create(nodeFileSystem, path, header);
    for (const one of entries) writer.add(one);
    await writer.finish();
    await writer.close();
    const reader = await BlockReader.open(nodeFileSystem, path, name, uuid);
    try {
      return await new CompactedSource(reader).next();
    } finally {
      await reader.close();
    }
  }

  test('keys that do not ascend are damage', async () => {
    await expect(read(entry('b', 1), entry('a', 1))).rejects.toThrow('entries out of order');
    await expect(read(entry('a', 1), entry('a', 2))).rejects.toThrow('entries out of order');
    expect(await read(entry('\ue000', 1), entry('\u{10000}', 1))).toHaveLength(2);
  });

  test('an entry of a transaction that is not of the block is damage', async () => {
    await expect(read(entry('a', 1, 11))).rejects.toThrow('transaction 11, which is not of this block');
    expect(await read(entry('a', 1, 10))).toHaveLength(1);
  });
});

describe('a log block with good checksums', () => {
  const NAME = logBlockName(3);
  const uuid = new Uint8Array(16).fill(7);
  const seed = blockSeed(uuid, NAME);
  const id = new Uint8Array(TX_ID_BYTES);
  const FIRST_SEQ = 5;
  const previous = { number: 2, lastSeq: FIRST_SEQ - 1, digest: new Uint8Array(32).fill(2) };
  const blockBytes = 8 * PAGE_BYTES;

  const emptyBlock = () =>
    encodeHeader({ name: NAME, uuid, blockBytes, firstSeq: FIRST_SEQ, previous, lastInput: undefined });

  /** One transaction a batch, each of the seq given, as nothing of ours would write them. */
  async function sorted(...batches: readonly (readonly [seq: number, writes: readonly TxWrite[]])[]) {
    const content = batches.map(([seq, writes], index) => {
      const record = encodeTx(id, writes);
      setSeq(record, 0, seq);
      const seqs = { firstSeq: FIRST_SEQ + index, durableSeq: FIRST_SEQ + index - 1 };
      const page = Buffer.alloc(PAGE_BYTES);
      encodeBatch(page, [record], seqs, { seed, fileOffset: PAGE_BYTES * (1 + index) });
      return page;
    });
    return sortedBytes(Buffer.concat([emptyBlock(), ...content]), batches.length);
  }

  /** Sorts a block of these bytes, with a footer for so many transactions behind them unless there is none. */
  async function sortedBytes(bytes: Buffer, txCount: number | undefined) {
    const digest = createHash('sha256').update(bytes).digest();
    const seal = {
      lastSeq: FIRST_SEQ - 1 + (txCount ?? 0),
      txCount: txCount ?? 0,
      byteLength: bytes.length,
      nextBlock: 4,
      digest,
    };
    const footer = txCount === undefined ? Buffer.alloc(0) : encodeFooter(seal, NAME, seed);
    const path = join(temporaryDirectory(), 'block');
    writeFileSync(path, Buffer.concat([bytes, footer, Buffer.alloc(blockBytes)]).subarray(0, blockBytes));
    const reader = await BlockReader.open(nodeFileSystem, path, NAME, uuid);
    try {
      const sorter = new LogSorter();
      const steps = sorter.read(reader);
      for (let count = 0; ; count += 1) {
        const step = await steps.next();
        if (step.done) return { ...sorter.sorted(), link: step.value, steps: count, digest };
      }
    } finally {
      await reader.close();
    }
  }

  const write = (key: string, version: number): TxWrite => ({ key, version, value: version });

  test('holds of each key the last write, in the order of the keys, and says how it ends', async () => {
    const { entries, link, steps, digest } = await sorted(
      [5, [write('b', 3), write('a', 1)]],
      [6, [write('b', 4)]],
      [7, [write('c', 9)]],
    );
    expect(entries.map((one) => [keyOf(one), one.version, one.seq])).toEqual([
      ['a', 1, 5],
      ['b', 4, 6],
      ['c', 9, 7],
    ]);
    expect(link).toEqual({ number: 3, lastSeq: 7, digest });
    expect(steps).toBe(3);
  });

  test('a transaction in the place of another is damage, and which is said', async () => {
    const damage = await sorted([5, [write('a', 1)]], [7, [write('b', 1)]]).catch((error) => error);
    expect(damage).toBeInstanceOf(Damage);
    expect(damage.message).toContain(`at offset ${2 * PAGE_BYTES}, transaction 6: transaction 7 in the place of 6`);
  });

  test('a version that is skipped or comes again is damage, and the first of a key may be any', async () => {
    await expect(sorted([5, [write('a', 1)]], [6, [write('a', 3)]])).rejects.toThrow(
      'transaction 6: version 3 of key "a" follows version 1',
    );
    await expect(sorted([5, [write('a', 1)]], [6, [write('a', 1)]])).rejects.toThrow('follows version 1');
    await expect(sorted([5, [write('a', 8)]], [6, [write('a', 9)]])).resolves.toMatchObject({ steps: 2 });
  });

  test('S19: a record that is none is damage, not a bug', async () => {
    const page = Buffer.alloc(PAGE_BYTES);
    encodeBatch(page, [Buffer.from('no record')], { firstSeq: 5, durableSeq: 4 }, { seed, fileOffset: PAGE_BYTES });
    const damage = await sortedBytes(Buffer.concat([emptyBlock(), page]), 1).catch((error) => error);
    expect(damage).toBeInstanceOf(Damage);
    expect(damage.message).toContain(`at offset ${PAGE_BYTES}`);
    expect(damage.message).toContain('a good checksum over a bad record');
  });

  test('without a footer it is damage', async () => {
    await expect(sortedBytes(emptyBlock(), undefined)).rejects.toThrow('the block ends without a footer');
    await expect(sortedBytes(emptyBlock(), 0)).resolves.toMatchObject({ entries: [], link: { number: 3, lastSeq: 4 } });
  });
});

test('whoever asks where an entry came from does not keep the entries', async () => {
  const directory = temporaryDirectory();
  const run = new BlockRun(directory);
  const { name } = run.addBlock([[{ a: 1 }]]);
  const sorted = async () => {
    const sorter = new LogSorter();
    const reader = await BlockReader.open(nodeFileSystem, run.path(name), name, run.uuid);
    for await (const _ of sorter.read(reader));
    await reader.close();
    const { entries, pathOf } = sorter.sorted();
    return { entries: new WeakRef(entries[0]!), pathOf };
  };
  const { entries, pathOf } = await sorted();
  await new Promise(setImmediate);
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  expect(entries.deref()).toBeUndefined();
  expect(pathOf(1)).toBe(run.path(name));
});

test('what we wrote and cannot read back is a failed merge, with the words of the failure', async () => {
  const cause = new Error('bad bytes');
  const failure = await readingBack(() => Promise.reject(cause)).catch((error) => error);
  expect(failure).toBeInstanceOf(MergeFailure);
  expect(failure).toMatchObject({
    kind: 'failed',
    message: 'a file of the merge reads back other than it was written: bad bytes',
    cause,
  });
  expect(await readingBack(async () => 7)).toBe(7);
});

test('sources say which block their entries come from in the end', async () => {
  const pathOf = (seq: number) => `${seq}.log`;
  const memory = new MemorySource({ entries: [entry('a', 1)], pathOf });
  expect(memory.pathOf(3)).toBe('3.log');
  expect(await memory.next()).toHaveLength(1);
  expect(await memory.next()).toBeUndefined();
  const damaged = { path: 'copy.tmp', next: () => Promise.reject(new Error('rot')) };
  expect(new CompactedSource(damaged as never).pathOf()).toBe('copy.tmp');
  const sorted = new SortedFileSource(pathOf, damaged as never);
  expect(sorted.pathOf(5)).toBe('5.log');
  // Damage to a copy of our own is none to the log.
  await expect(sorted.next()).rejects.toThrow('reads back other than it was written: rot');
});
