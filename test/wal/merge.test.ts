import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockFileName } from '../../src/wal/block-name.ts';
import { openDirectory } from '../../src/wal/data-directory.ts';
import { BATCH_BYTES_MAX, BATCH_HEAD_BYTES, FRAME_HEAD_BYTES, PAGE_BYTES } from '../../src/wal/format.ts';
import { merge, runMerge } from '../../src/wal/merge.ts';
import { nodeFileSystem, nodePlatform } from '../../src/wal/node-platform.ts';
import { recover } from '../../src/wal/recovery.ts';
import { encodeTx } from '../../src/wal/tx-codec.ts';
import { FaultyFiles } from '../support/faulty-files.ts';
import { TX_ID, temporaryDirectory } from '../support/store-fixture.ts';
import { BlockRun, batches, readCompacted, unsyncedFiles } from './merge-fixture.ts';

/** Replays the whole directory, as a start would. */
async function recoveredState({ directory }: BlockRun) {
  const { random, clock } = nodePlatform();
  const files = nodeFileSystem;
  const maxBlockSize = 4 * PAGE_BYTES;
  const opened = await openDirectory({ files, random, directory, maxBlockSize });
  const state = new Map();
  const notices: string[] = [];
  const replay = ({ key, version, value }: { key: string; version: number; value: unknown }) => {
    const before = state.get(key)?.[0] ?? 0;
    state.set(key, [version, value]);
    return before;
  };
  const { active, sealed } = await recover({
    files,
    clock,
    directory: opened,
    maxBlockSize,
    target: { replay },
    onNotice: ({ message }) => notices.push(message),
    onProgress: () => {},
  });
  await active.file.close();
  return { state, sealed, notices };
}

describe('against a plain Map', () => {
  test('whatever the blocks hold and however they are merged, every block holds the last write of each key', async () => {
    const root = temporaryDirectory();
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(batches, { minLength: 2, maxLength: 6 }),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(0, 8 * PAGE_BYTES, 16 * PAGE_BYTES, Number.MAX_SAFE_INTEGER),
        async (contents, merges, sortedBytesMax) => {
          runs += 1;
          const run = new BlockRun(join(root, `${runs}`));
          for (const content of contents) run.addBlock(content);
          for (const [where, howMany] of merges) {
            if (run.blocks.length < 2) break;
            const start = where % (run.blocks.length - 1);
            const count = 2 + (howMany % (run.blocks.length - start - 1));
            const result = await run.compact({ start, count, sortedBytesMax }, unsyncedFiles);
            const found = await readCompacted(run.path(result.name), result.name, run.uuid);
            const expected = run.expected(result.name);
            expect(found.entries).toEqual(expected);
            expect(found.end.kind).toBe('sealed');
            expect(result.entries).toBe(expected.length);
          }
          expect(readdirSync(run.directory).toSorted()).toEqual(
            run.blocks.map(({ name }) => blockFileName(name)).toSorted(),
          );

          run.addActiveBlock();
          const { state, sealed, notices } = await recoveredState(run);
          expect(state).toEqual(run.state);
          expect(sealed).toEqual(run.blocks);
          expect(notices).toEqual([]);
          run.remove();
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('what a merged block holds', () => {
  test('a tombstone stays, and so does the version that it counts on from', async () => {
    const run = new BlockRun(temporaryDirectory());
    run.addBlock([[{ a: 1 }, { b: 2 }]]);
    run.addBlock([[{ a: undefined }]]);
    const { name } = await run.compact();
    const { entries } = await readCompacted(run.path(name), name, run.uuid);
    expect(entries).toEqual([
      { seq: 3, key: 'a', version: 2, value: undefined },
      { seq: 2, key: 'b', version: 1, value: 2 },
    ]);
  });

  test('keys are in the order of their bytes, not of their UTF-16 units', async () => {
    const run = new BlockRun(temporaryDirectory());
    run.addBlock([[{ '\u{10000}': 1 }, { '\ue000': 2 }]]);
    run.addBlock([[{ '\uffff': 3 }, { '\ud7ff': 4 }]]);
    const { name } = await run.compact();
    const { entries } = await readCompacted(run.path(name), name, run.uuid);
    expect(entries.map(({ key }) => key)).toEqual(['\ud7ff', '\ue000', '\uffff', '\u{10000}']);
  });

  test('blocks that are all empty merge into an empty one that keeps the chain', async () => {
    const run = new BlockRun(temporaryDirectory());
    run.addBlock([[{ a: 1 }]]);
    run.addBlock([]);
    run.addBlock([[]]);
    const { name, entries, bytes } = await run.compact({ start: 1 });
    expect({ entries, bytes }).toEqual({ entries: 0, bytes: 2 * PAGE_BYTES });
    expect((await readCompacted(run.path(name), name, run.uuid)).batches).toEqual([]);
    await run.compact();
    run.addActiveBlock();
    expect((await recoveredState(run)).state).toEqual(run.state);
  });

  test('several keys share a frame of at most 64 KiB, several frames a batch of at most 256 KiB', async () => {
    const run = new BlockRun(temporaryDirectory());
    const put = (block: number) =>
      Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`key ${block}/${n}`, 'v'.repeat(700)]));
    run.addBlock([[put(1)]]);
    run.addBlock([[put(2)]]);
    const { name } = await run.compact();
    const found = await readCompacted(run.path(name), name, run.uuid);
    expect(found.batches.map(({ bytes, frames }) => [bytes, frames.length])).toEqual([
      [256 * 1024, 4],
      [256 * 1024, 4],
      [256 * 1024, 4],
      [256 * 1024, 4],
      [256 * 1024, 4],
      [expect.any(Number), 1],
    ]);
    const frames = found.batches.flatMap((batch) => batch.frames);
    expect(Math.max(...frames.map(({ bytes }) => bytes))).toBeLessThanOrEqual(64 * 1024);
    // No room for one more in any but the last.
    for (const { bytes, entries } of frames.slice(0, -1)) expect(64 * 1024 - 16 - bytes).toBeLessThan(bytes / entries);
  });

  test('the largest put of all has a frame and a batch of its own', async () => {
    const run = new BlockRun(temporaryDirectory());
    const overhead = encodeTx(TX_ID, [{ key: 'b', version: 1, value: 'v'.repeat(BATCH_BYTES_MAX / 2) }]).length;
    const room = BATCH_BYTES_MAX - BATCH_HEAD_BYTES - FRAME_HEAD_BYTES;
    run.addBlock([[{ b: 'v'.repeat(room - (overhead - BATCH_BYTES_MAX / 2)) }]]);
    expect(run.blocks[0]!.bytes).toBe(BATCH_BYTES_MAX + 2 * PAGE_BYTES);
    run.addBlock([[{ a: 'x'.repeat(70_000), c: 1 }]]);
    const { name } = await run.compact();
    const { entries, batches } = await readCompacted(run.path(name), name, run.uuid);
    expect(entries).toEqual(run.expected(name));
    expect(batches.map(({ frames }) => frames.map((frame) => frame.entries))).toEqual([[1], [1], [1]]);
  });

  test('the header tells where the run begins and ends, and that seqs are those of the whole block', async () => {
    const run = new BlockRun(temporaryDirectory());
    for (let n = 1; n <= 4; n += 1) run.addBlock([[{ [`key ${n}`]: n }, { again: n }]]);
    await run.compact({ start: 1, count: 2 });
    const { name } = await run.compact({ start: 1, count: 2 });
    expect(name).toEqual({ first: 2, last: 4, generation: 2 });
    const { header } = await readCompacted(run.path(name), name, run.uuid);
    expect([header.previous.number, header.firstSeq, header.lastInput!.number, header.lastInput!.lastSeq]).toEqual([
      1, 3, 4, 8,
    ]);
  });

  test('the same blocks always give the same bytes, however they were sorted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batches, { minLength: 2, maxLength: 4 }), async (contents) => {
        const [one, other] = [new BlockRun(temporaryDirectory()), new BlockRun(temporaryDirectory())];
        for (const content of contents) {
          one.addBlock(content);
          other.addBlock(content);
        }
        await one.compact({}, unsyncedFiles);
        await other.compact({ sortedBytesMax: Number.MAX_SAFE_INTEGER }, unsyncedFiles);
        expect(one.snapshot()).toEqual(other.snapshot());
        one.remove();
        other.remove();
      }),
      { numRuns: 10 },
    );
  });
});

describe('how it writes', () => {
  const put = (from: number, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`key ${from + n}`.padEnd(20), 'v'.repeat(1000)]));

  test('a sync after every MiB at most, and one at the end', async () => {
    const run = new BlockRun(temporaryDirectory());
    run.addBlock([[put(0, 2000)]]);
    run.addBlock([[put(2000, 2000)]]);
    const files = new FaultyFiles();
    const { bytes } = await runMerge(files, run.job());
    let unsynced = 0;
    let most = 0;
    for (const { kind, file, what } of files.calls) {
      if (kind === 'create') expect(file).toMatch(/\.tmp$/);
      if (kind === 'write') unsynced += Number(what.split('+')[1]);
      if (kind === 'sync') {
        most = Math.max(most, unsynced);
        unsynced = 0;
      }
    }
    expect(unsynced).toBe(0);
    expect(most).toBeLessThanOrEqual(1024 * 1024);
    expect(bytes).toBeGreaterThan(4_000_000);
  });

  test('log blocks that fit are sorted together, counted from the newest; of all but the last group there is a copy', async () => {
    const run = new BlockRun(temporaryDirectory());
    for (let n = 0; n < 7; n += 1) run.addBlock([[put(n * 5, 10)]]);
    const blockBytes = run.blocks[0]!.bytes;
    expect(new Set(run.blocks.map(({ bytes }) => bytes))).toEqual(new Set([blockBytes]));
    const made = async (sortedBytesMax: number) => {
      const files = new FaultyFiles();
      const { temporaryPath } = await runMerge(files, run.job({ sortedBytesMax }));
      await nodeFileSystem.unlink(temporaryPath);
      return files.calls
        .filter(({ kind }) => kind === 'create')
        .map(({ file }) => file.replaceAll('000000000000000', '').replace('.00000001.cmp.tmp', ''));
    };
    expect(await made(7 * blockBytes)).toEqual(['1-7']);
    expect(await made(7 * blockBytes - 1)).toEqual(['1-1', '1-7']);
    expect(await made(3 * blockBytes)).toEqual(['1-1', '2-4', '1-7']);
    expect(await made(2 * blockBytes - 1)).toEqual(['1-1', '2-2', '3-3', '4-4', '5-5', '6-6', '1-7']);

    await run.compact({ start: 2, count: 2 });
    expect(await made(7 * blockBytes)).toEqual(['1-2', '1-7.00000002.cmp.tmp']);
  });

  test('of the log blocks all but the last get a sorted copy, which is deleted; what was written is told', async () => {
    const run = new BlockRun(temporaryDirectory());
    for (let n = 0; n < 3; n += 1) run.addBlock([[put(n * 10, 10)]]);
    const files = new FaultyFiles();
    const result = await runMerge(files, run.job());
    const made = files.calls.filter(({ kind }) => kind === 'create').map(({ file }) => file);
    expect(made).toEqual([
      '0000000000000001-0000000000000001.00000001.cmp.tmp',
      '0000000000000002-0000000000000002.00000001.cmp.tmp',
      '0000000000000001-0000000000000003.00000001.cmp.tmp',
    ]);
    expect(readdirSync(run.directory).filter((name) => name.endsWith('.tmp'))).toEqual([made[2]]);
    const written = files.calls.filter(({ kind }) => kind === 'write').map(({ what }) => Number(what.split('+')[1]));
    expect(result.bytesWritten).toBe(written.reduce((sum, bytes) => sum + bytes, 0));
  });

  test('a compacted block and one log block are merged without any copy', async () => {
    const run = new BlockRun(temporaryDirectory());
    for (let n = 0; n < 3; n += 1) run.addBlock([[put(n * 10, 10)]]);
    await run.compact({ count: 2 });
    const files = new FaultyFiles();
    const { bytes, bytesWritten } = await runMerge(files, run.job());
    expect(bytesWritten).toBe(bytes);
    expect(files.calls.filter(({ kind }) => kind === 'create')).toHaveLength(1);
  });

  test('nothing of the inputs is changed, and no file stays open', async () => {
    const run = new BlockRun(temporaryDirectory());
    for (let n = 0; n < 3; n += 1) run.addBlock([[put(n * 10, 10)]]);
    const before = run.snapshot();
    const files = new FaultyFiles();
    const { temporaryPath } = await runMerge(files, run.job());
    await nodeFileSystem.unlink(temporaryPath);
    expect(run.snapshot()).toEqual(before);
    expect(files.openFiles).toEqual([]);
  });

  test('it goes in steps, and no step reads or writes more than a batch and what is read ahead', async () => {
    const run = new BlockRun(temporaryDirectory());
    run.addBlock([[put(0, 1000)], [put(0, 1000)]]);
    run.addBlock([[put(1000, 1000)], [put(500, 1000)]]);
    const files = new FaultyFiles();
    const steps = merge(files, run.job());
    const counts: number[] = [];
    for (let seen = 0; ; seen = files.calls.length) {
      const { done } = await steps.next();
      const bytes = files.calls
        .slice(seen)
        .filter(({ kind }) => kind === 'write' || kind === 'read')
        .map(({ what }) => Number(what.split('+')[1]));
      // The last step reads the result back whole, in large strides.
      if (done) break;
      counts.push(bytes.reduce((sum, count) => sum + count, 0));
    }
    expect(counts.length).toBeGreaterThan(20);
    expect(Math.max(...counts)).toBeLessThan(3 * 1024 * 1024);
  });
});
