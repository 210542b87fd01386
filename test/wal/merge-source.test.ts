import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BlockReader } from '../../src/wal/block-reader.ts';
import { CompactedWriter } from '../../src/wal/compacted-writer.ts';
import { type EntrySlice, sliceEntries } from '../../src/wal/entry-slice.ts';
import { CHAIN_START } from '../../src/wal/format.ts';
import { CompactedSource, type EntrySource, mergeSorted } from '../../src/wal/merge-source.ts';
import { nodeFileSystem } from '../../src/wal/node-platform.ts';
import { Damage } from '../../src/wal/refusal.ts';
import { encodeEntries } from '../../src/wal/tx-codec.ts';
import { temporaryDirectory } from '../support/store-fixture.ts';

function entry(key: string, version: number, seq = version): EntrySlice {
  const bytes = encodeEntries([{ key, version, seq, value: true }]);
  return sliceEntries(bytes, 0, bytes.length)[0]!;
}

/** A source that hands out these, one array a time; it counts how often it is asked. */
function sourceOf(...portions: readonly (readonly EntrySlice[])[]): EntrySource & { asked: number } {
  return {
    path: 'some.log',
    asked: 0,
    async next() {
      this.asked += 1;
      return portions[this.asked - 1];
    },
  };
}

async function union(...sources: readonly EntrySource[]): Promise<string[][]> {
  const steps: string[][] = [];
  for await (const entries of mergeSorted(sources)) steps.push(entries.map(({ key, version }) => `${key}${version}`));
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
    await expect(merging(entry('a', 3), entry('a', 2, 4))).rejects.toThrow('version 2 of key "a" follows version 3');
    await expect(merging(entry('a', 3), entry('a', 3, 4))).rejects.toThrow(Damage);
    await expect(merging(entry('a', 3), entry('a', 4, 3))).rejects.toThrow(Damage);
    await expect(merging(entry('a', 3), entry('a', 4, 4))).resolves.toEqual([['a4']]);
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
