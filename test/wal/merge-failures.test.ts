import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { blockFileName } from '../../src/wal/block-name.ts';
import { CompactedWriter } from '../../src/wal/compacted-writer.ts';
import { sliceEntries } from '../../src/wal/entry-slice.ts';
import { type BlockHeader, PAGE_BYTES } from '../../src/wal/format.ts';
import { merge, runMerge } from '../../src/wal/merge.ts';
import { MergeFailure } from '../../src/wal/merge-failure.ts';
import { nodeFileSystem } from '../../src/wal/node-platform.ts';
import type { FileSystem } from '../../src/wal/platform.ts';
import { type CompactedEntry, encodeEntries } from '../../src/wal/tx-codec.ts';
import { type Call, FaultyFiles } from '../support/faulty-files.ts';
import { temporaryDirectory } from '../support/store-fixture.ts';
import { BlockRun, type Put, readCompacted } from './merge-fixture.ts';

/** A compacted block and two log blocks: of the first of those a sorted copy is made. */
let run: BlockRun;
let before: Map<string, Buffer>;

beforeEach(async () => {
  run = new BlockRun(temporaryDirectory());
  const put = (n: number): Put => ({ [`key ${n}`]: n, again: n });
  run.addBlock([[put(1)], [put(2), put(3)]]);
  run.addBlock([[put(4)]]);
  await run.compact();
  run.addBlock([[put(5)], [put(6)]]);
  run.addBlock([[put(7), { large: 'v'.repeat(300_000) }]]);
  before = run.snapshot();
});

async function failureOf(files: FileSystem, job = run.job()): Promise<MergeFailure> {
  const error = await runMerge(files, job).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error instanceof MergeFailure) return error;
  throw error ?? new Error('the merge succeeded');
}

/** Every call that a merge makes, and which of its kind and file it is. */
async function callsOfMerge(): Promise<(Call & { nth: number })[]> {
  const files = new FaultyFiles();
  const { temporaryPath } = await runMerge(files, run.job());
  rmSync(temporaryPath);
  return files.calls.map((call, index) => {
    const same = files.calls.slice(0, index + 1).filter(({ kind, file }) => kind === call.kind && file === call.file);
    return { ...call, nth: same.length };
  });
}

describe('the disk fails', () => {
  test('S12: no room at any write or new file: nothing is left of the merge, and the inputs are untouched', async () => {
    const making = (await callsOfMerge()).filter(({ kind }) => ['create', 'write', 'sync'].includes(kind));
    expect(making.length).toBeGreaterThan(8);
    for (const { kind, file, nth } of making) {
      const files = new FaultyFiles();
      files.fail({ kind, file, nth, errno: 'ENOSPC' });
      const failure = await failureOf(files);
      expect({ kind: failure.kind, what: failure.message }).toEqual({
        kind: 'noRoom',
        what: expect.stringContaining(`ENOSPC: injected, ${kind} '${file}'`),
      });
      expect(run.snapshot()).toEqual(before);
      expect(files.openFiles).toEqual([]);
    }
  });

  test('an error of the device at any call but close and unlink: the same, to be tried again', async () => {
    const calls = (await callsOfMerge()).filter(({ kind }) => kind !== 'close' && kind !== 'unlink');
    expect(new Set(calls.map(({ kind }) => kind))).toEqual(
      new Set(['freeBytes', 'openToRead', 'fstat', 'read', 'create', 'write', 'sync']),
    );
    for (const { kind, file, nth } of calls) {
      const files = new FaultyFiles();
      files.fail({ kind, file, nth, errno: 'EIO' });
      const failure = await failureOf(files);
      expect(failure.kind, `${kind} ${file} ${nth}`).toBe('failed');
      expect(failure.message).toContain('EIO');
      expect(run.snapshot()).toEqual(before);
      expect(files.openFiles).toEqual([]);
    }
  });

  test('a file that cannot be closed changes nothing', async () => {
    for (const { kind, file, nth } of (await callsOfMerge()).filter((call) => call.kind === 'close')) {
      const files = new FaultyFiles();
      files.fail({ kind, file, nth, errno: 'EIO' });
      rmSync((await runMerge(files, run.job())).temporaryPath);
      await files.crash();
    }
    expect(run.snapshot()).toEqual(before);
  });

  test('what cannot be deleted stays as a temporary file, and the next attempt deletes it', async () => {
    const files = new FaultyFiles();
    files.fail({ kind: 'write', file: '0000000000000001-0000000000000004.00000002.cmp.tmp', errno: 'EIO' });
    files.fail({ kind: 'unlink', errno: 'EIO', times: 100 });
    await failureOf(files);
    const left = readdirSync(run.directory).filter((name) => !before.has(name));
    expect(left).toEqual([
      '0000000000000001-0000000000000004.00000002.cmp.tmp',
      '0000000000000003-0000000000000003.00000001.cmp.tmp',
    ]);
    const { temporaryPath } = await runMerge(nodeFileSystem, run.job());
    rmSync(temporaryPath);
    expect(run.snapshot()).toEqual(before);
  });

  test('a file whose sync failed is never finished: the sync is not tried again', async () => {
    const merged = '0000000000000001-0000000000000004.00000002.cmp.tmp';
    const files = new FaultyFiles();
    files.fail({ kind: 'sync', file: merged, errno: 'EIO' });
    await failureOf(files);
    expect(files.calls.filter(({ kind, file }) => kind === 'sync' && file === merged)).toHaveLength(1);
  });
});

describe('free space', () => {
  const withFree = (freeBytes: () => number): FileSystem => ({ ...nodeFileSystem, freeBytes: async () => freeBytes() });

  test('S12: inputs and reserve must be free before a byte is written', async () => {
    const needed = run.blocks.reduce((sum, { bytes }) => sum + bytes, 0) + 1000;
    const files = new FaultyFiles(withFree(() => needed - 1));
    const failure = await failureOf(files, run.job({ reserveBytes: 1000 }));
    expect(failure.kind).toBe('noRoom');
    expect(failure.message).toContain(`${needed - 1} are free`);
    expect(files.changes().filter((change) => !change.startsWith('unlink'))).toEqual([]);
    const { temporaryPath } = await runMerge(
      withFree(() => needed),
      run.job({ reserveBytes: 1000 }),
    );
    rmSync(temporaryPath);
  });

  test('S12: where others fill the disk meanwhile, the reserve is left to the log', async () => {
    const large = new BlockRun(temporaryDirectory());
    const put = (block: number) =>
      Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`${block}/${n}`, 'v'.repeat(1000)]));
    large.addBlock([[put(1)]]);
    large.addBlock([[put(2)]]);
    const untouched = large.snapshot();
    for (let enoughLooks = 1; ; enoughLooks += 1) {
      let looks = 0;
      const files = new FaultyFiles(
        withFree(() => {
          looks += 1;
          return looks <= enoughLooks ? 10_000_000 : 1000;
        }),
      );
      const job = large.job({ reserveBytes: 1000 });
      const failure = await runMerge(files, job).then(
        () => undefined,
        (error: unknown) => error,
      );
      const written = files.calls.filter(({ kind }) => kind === 'write').map(({ what }) => Number(what.split('+')[1]));
      if (failure === undefined) {
        // A sorted copy of half a MB, and the merged block of one.
        expect(enoughLooks).toBe(1 + 2 + 4);
        return;
      }
      expect(failure).toMatchObject({ kind: 'noRoom' });
      // Not a byte more than there was room for when it last looked: 256 KiB a look, and what ends a file.
      const bytes = written.reduce((sum, count) => sum + count, 0);
      expect(bytes).toBeLessThanOrEqual((enoughLooks - 1) * 256 * 1024 + 3 * PAGE_BYTES);
      expect(large.snapshot()).toEqual(untouched);
    }
  });
});

describe('damage', () => {
  test('a flipped bit anywhere in any input is found, named, and nothing is deleted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(2), fc.nat(), fc.nat(7), async (which, where, bit) => {
        const { name, bytes } = run.blocks[which]!;
        run.flipBit(name, where % bytes, bit);
        const damaged = run.digests();
        const failure = await failureOf(nodeFileSystem);
        expect(failure.kind).toBe('damagedInput');
        expect(failure.message).toContain(run.path(name));
        expect(run.digests()).toEqual(damaged);
        run.flipBit(name, where % bytes, bit);
      }),
      { numRuns: 100 },
    );
    expect(run.snapshot()).toEqual(before);
  });

  test('an input that is not there, or not sealed', async () => {
    const { name, bytes } = run.blocks[1]!;
    const content = before.get(blockFileName(name))!;
    rmSync(run.path(name));
    expect(await failureOf(nodeFileSystem)).toMatchObject({
      kind: 'damagedInput',
      message: `cannot read ${run.path(name)} at offset 0: ENOENT`,
    });

    writeFileSync(run.path(name), Buffer.from(content).fill(0, bytes - PAGE_BYTES));
    const unsealed = await failureOf(nodeFileSystem);
    expect(unsealed.kind).toBe('damagedInput');
    expect(unsealed.message).toContain('the block ends without a footer');
  });

  test('a compacted input that is not sealed', async () => {
    const { name, bytes } = run.blocks[0]!;
    writeFileSync(run.path(name), before.get(blockFileName(name))!.subarray(0, bytes - PAGE_BYTES));
    const unsealed = await failureOf(nodeFileSystem);
    expect(unsealed.kind).toBe('damagedInput');
    expect(unsealed.message).toContain('the block ends without a footer');
  });

  test('a block of the right name that follows another predecessor', async () => {
    const other = new BlockRun(join(run.directory, 'other'));
    // The same number of transactions in each.
    for (const puts of [3, 1, 2]) other.addBlock([Array.from({ length: puts }, (_, n): Put => ({ x: n }))]);
    const foreign = other.blocks[2]!;
    writeFileSync(run.path(foreign.name), other.snapshot().get(blockFileName(foreign.name))!);
    other.remove();
    const failure = await failureOf(nodeFileSystem);
    expect(failure.kind).toBe('damagedInput');
    expect(failure.message).toContain(`damage in ${run.path(foreign.name)} at offset 0`);
    expect(failure.message).toContain('another predecessor');
  });

  const versions = async (lie: (key: string, next: number) => number) => {
    const lying = new BlockRun(temporaryDirectory());
    lying.addBlock([[{ a: 1 }, { a: 2 }]]);
    lying.addBlock([[{ b: 1, a: 3 }]], { versionOf: lie });
    return failureOf(nodeFileSystem, lying.job());
  };

  test('a version that goes back or stands still from one input to the next', async () => {
    for (const version of [1, 2]) {
      const failure = await versions((key, next) => (key === 'a' ? version : next));
      expect(failure.kind).toBe('damagedInput');
      expect(failure.message).toContain(`version ${version} of key "a" follows version 2`);
      expect(failure.message).toContain('0000000000000002.log');
    }
  });

  test('a version left out within a log block', async () => {
    const lying = new BlockRun(temporaryDirectory());
    lying.addBlock([]);
    lying.addBlock([[{ a: 1 }, { a: 2 }]], { versionOf: (_, due) => 2 * due });
    const failure = await failureOf(nodeFileSystem, lying.job());
    expect(failure.kind).toBe('damagedInput');
    expect(failure.message).toContain('version 6 of key "a" follows version 2');
  });

  test('a transaction left out between two inputs', async () => {
    const lying = new BlockRun(temporaryDirectory());
    lying.addBlock([[{ a: 1 }]]);
    lying.addBlock([[{ b: 1 }]], { firstSeq: 3 });
    const failure = await failureOf(nodeFileSystem, lying.job());
    expect(failure.kind).toBe('damagedInput');
    expect(failure.message).toContain('another predecessor');
  });

  test('a transaction left out within a log block', async () => {
    const lying = new BlockRun(temporaryDirectory());
    lying.addBlock([]);
    lying.addBlock([[{ a: 1 }, { a: 2 }]], { seqOf: (due) => (due === 2 ? 3 : due) });
    const failure = await failureOf(nodeFileSystem, lying.job());
    expect(failure.kind).toBe('damagedInput');
    expect(failure.message).toContain('transaction 3 in the place of 2');
  });

  test('a version left out between two log blocks that are sorted together', async () => {
    const lying = new BlockRun(temporaryDirectory());
    lying.addBlock([[{ a: 1 }]]);
    const { name } = lying.addBlock([[{ a: 2 }]], { versionOf: () => 3 });
    const failure = await failureOf(nodeFileSystem, lying.job({ sortedBytesMax: Number.MAX_SAFE_INTEGER }));
    expect(failure.kind).toBe('damagedInput');
    expect(failure.message).toContain(lying.path(name));
    expect(failure.message).toContain('version 3 of key "a" follows version 1');
  });

  test('a version that comes again in another log block, sorted together or not', async () => {
    for (const sortedBytesMax of [0, Number.MAX_SAFE_INTEGER]) {
      const lying = new BlockRun(temporaryDirectory());
      lying.addBlock([[{ a: 1 }]]);
      const { name } = lying.addBlock([[{ b: 1 }, { a: 2 }]], { versionOf: (key, due) => (key === 'a' ? 1 : due) });
      const failure = await failureOf(nodeFileSystem, lying.job({ sortedBytesMax }));
      expect(failure.kind).toBe('damagedInput');
      expect(failure.message).toContain(lying.path(name));
      expect(failure.message).toContain('version 1 of key "a" follows version 1');
    }
  });

  test('a newer version in an older block is blamed on the block that has it, out of those sorted together', async () => {
    const lying = new BlockRun(temporaryDirectory());
    lying.addBlock([[{ a: 1 }]], { versionOf: () => 5 });
    lying.addBlock([[{ b: 1 }]]);
    await lying.compact({ start: 0, count: 2 });
    lying.addBlock([[{ c: 1 }]]);
    const { name: newer } = lying.addBlock([[{ a: 2 }]], { versionOf: () => 4 });
    lying.addBlock([[{ d: 2 }]]);
    const { bytes: lastBytes } = lying.addBlock([[{ e: 2 }]]);
    // In memory, or through a sorted copy of three.
    for (const sortedBytesMax of [Number.MAX_SAFE_INTEGER, 3 * lastBytes]) {
      const failure = await failureOf(nodeFileSystem, lying.job({ sortedBytesMax }));
      expect(failure.kind).toBe('damagedInput');
      expect(failure.message).toContain(`damage in ${lying.path(newer)}`);
    }
  });

  test('a good checksum over a bad record', async () => {
    const lying = new BlockRun(temporaryDirectory());
    lying.addBlock([[{ a: 1 }]]);
    lying.addBlock([[{ a: 2 }]], { seqOf: () => 2 ** 60 });
    const failure = await failureOf(nodeFileSystem, lying.job());
    expect(failure.kind).toBe('damagedInput');
    expect(failure.message).toContain('a good checksum over a bad record (a seq above 2^53 - 1)');
  });

  test('a merged file that reads back other than it was written is no damage to the log: deleted, and tried again', async () => {
    const merged = '0000000000000001-0000000000000004.00000002.cmp.tmp';
    for (const offset of [100, PAGE_BYTES + 100, -PAGE_BYTES + 100]) {
      const files = new FaultyFiles(changing(merged, offset));
      const failure = await failureOf(files);
      expect(failure.kind).toBe('failed');
      expect(failure.message).toContain('reads back other than it was written');
      expect(run.snapshot()).toEqual(before);
      expect(files.openFiles).toEqual([]);
    }
  });

  test('so is a sorted copy', async () => {
    const failure = await failureOf(changing('0000000000000003-0000000000000003.00000001.cmp.tmp', PAGE_BYTES + 100));
    expect(failure.kind).toBe('failed');
    expect(run.snapshot()).toEqual(before);
  });

  test('a whole and valid file of other content is not taken for the merged block', async () => {
    const merged = '0000000000000001-0000000000000004.00000002.cmp.tmp';
    const name = { first: 1, last: 4, generation: 2 };
    const { temporaryPath } = await runMerge(nodeFileSystem, run.job());
    const { entries, header } = await readCompacted(temporaryPath, name, run.uuid);
    rmSync(temporaryPath);
    const [again, ...others] = entries;
    const withOther = async (change: readonly CompactedEntry[]) => {
      const failure = await failureOf(onReopened(merged, await encoded(header, [...change, ...others])));
      expect(failure.kind).toBe('failed');
      expect(run.snapshot()).toEqual(before);
      return failure.message;
    };
    expect(await withOther([])).toContain('8 entries of 9');
    expect(await withOther([{ ...again!, value: 'another' }])).toContain('another digest');
  });

  /** Files in which a bit of that one has turned over when it is opened again. */
  function changing(file: string, offset: number): FileSystem {
    return onReopened(file, (content) => {
      const at = offset < 0 ? content.length + offset : offset;
      content[at]! ^= 1;
      return content;
    });
  }

  /** Files in which that one has another content once it is opened again. */
  function onReopened(file: string, change: (content: Buffer) => Buffer): FileSystem {
    return {
      ...nodeFileSystem,
      async openToRead(path) {
        if (path.endsWith(file)) writeFileSync(path, change(readFileSync(path)));
        return nodeFileSystem.openToRead(path);
      },
    };
  }

  /** The bytes of a block with that header and these entries, whatever was there before. */
  async function encoded(header: BlockHeader, entries: readonly CompactedEntry[]): Promise<() => Buffer> {
    const path = join(temporaryDirectory(), 'block');
    const writer = await CompactedWriter.create(nodeFileSystem, path, header);
    for (const entry of entries) {
      const bytes = encodeEntries([entry]);
      writer.add(sliceEntries(bytes, 0, bytes.length)[0]!);
    }
    await writer.finish();
    await writer.close();
    return () => readFileSync(path);
  }
});

describe('giving up half-way', () => {
  test('after any number of steps: no file is left, and none is open', async () => {
    for (let taken = 0; ; taken += 1) {
      const files = new FaultyFiles();
      const steps = merge(files, run.job());
      let isDone = false;
      for (let step = 0; step < taken && !isDone; step += 1) isDone = (await steps.next()).done === true;
      if (isDone) {
        expect(taken).toBeGreaterThan(5);
        return;
      }
      await steps.return(undefined as never);
      expect(run.snapshot()).toEqual(before);
      expect(files.openFiles).toEqual([]);
    }
  });

  test('an aborted signal ends it with its reason', async () => {
    const controller = new AbortController();
    const files = new FaultyFiles({
      ...nodeFileSystem,
      async create(path) {
        controller.abort(new Error('enough'));
        return nodeFileSystem.create(path);
      },
    });
    await expect(runMerge(files, run.job(), { signal: controller.signal })).rejects.toThrow('enough');
    expect(run.snapshot()).toEqual(before);
    expect(files.openFiles).toEqual([]);
  });
});

test('a merge of one block, or of blocks that are no neighbours, is a defect of whoever asks', async () => {
  await expect(runMerge(nodeFileSystem, run.job({ count: 1 }))).rejects.toThrow('fewer than two');
  const job = run.job();
  const apart = { ...job, inputs: [job.inputs[0]!, job.inputs[2]!] };
  await expect(runMerge(nodeFileSystem, apart)).rejects.toThrow('no neighbours');
});
