import { readdirSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { blockFileName } from '../../src/wal/block-name.ts';
import type { SealedBlock } from '../../src/wal/block-writer.ts';
import { discard, NotPublished, publish } from '../../src/wal/compaction-steps.ts';
import { type MergeResult, runMerge } from '../../src/wal/merge.ts';
import { Backlog } from '../../src/wal/merge-pace.ts';
import { nodeFileSystem } from '../../src/wal/node-platform.ts';
import type { FileSystem } from '../../src/wal/platform.ts';
import { FaultyFiles } from '../support/faulty-files.ts';
import { newStore, type StoreFixture, temporaryDirectory } from '../support/store-fixture.ts';
import { BlockRun } from './merge-fixture.ts';

const MERGED = '0000000000000001-0000000000000002.00000001.cmp';
const INPUTS = ['0000000000000001.log', '0000000000000002.log'];

describe('each step', () => {
  let run: BlockRun;
  let inputs: readonly SealedBlock[];
  let result: MergeResult;
  const list = () => readdirSync(run.directory).toSorted();

  beforeEach(async () => {
    run = new BlockRun(temporaryDirectory());
    run.addBlock([[{ a: 1 }]]);
    run.addBlock([[{ a: 2 }]]);
    inputs = run.blocks;
    result = await runMerge(nodeFileSystem, run.job());
  });

  const caught = (step: Promise<void>) =>
    step.then(
      () => undefined,
      (error: unknown) => error as Error,
    );

  test('S23: the name is durable before the inputs are touched', async () => {
    const files = new FaultyFiles();
    await publish(files, run.directory, result);
    await discard(files, run.directory, inputs);
    const directory = run.directory.split('/').at(-1);
    expect(files.changes()).toEqual([
      `rename ${MERGED}.tmp to ${MERGED}`,
      `syncDirectory ${directory}`,
      `unlink ${INPUTS[0]}`,
      `unlink ${INPUTS[1]}`,
      `syncDirectory ${directory}`,
    ]);
    expect(list()).toEqual([MERGED]);
  });

  test('a rename that fails: nothing was published, and the temporary file is gone', async () => {
    const files = new FaultyFiles();
    files.fail({ kind: 'rename', errno: 'EIO' });
    expect(await caught(publish(files, run.directory, result))).toBeInstanceOf(NotPublished);
    expect(list()).toEqual(INPUTS);
  });

  test('a rename that fails, and the temporary file cannot be deleted: still nothing was published', async () => {
    const files = new FaultyFiles();
    files.fail({ kind: 'rename', errno: 'EIO' });
    files.fail({ kind: 'unlink', errno: 'EIO' });
    expect(await caught(publish(files, run.directory, result))).toBeInstanceOf(NotPublished);
    expect(list()).toEqual([`${MERGED}.tmp`, ...INPUTS].toSorted());
  });

  test('a rename that fails and was done all the same counts as published: nobody knows what is on disk', async () => {
    const files: FileSystem = {
      ...nodeFileSystem,
      async rename(from, to) {
        await nodeFileSystem.rename(from, to);
        throw new Error('late error');
      },
    };
    const error = await caught(publish(files, run.directory, result));
    expect(error?.message).toBe('late error');
    expect(error).not.toBeInstanceOf(NotPublished);
    expect(list()).toEqual([MERGED, ...INPUTS].toSorted());
  });

  test('a rename that fails, and then nothing can be looked at: nobody knows', async () => {
    const files = new FaultyFiles();
    files.fail({ kind: 'rename', errno: 'EIO' });
    files.fail({ kind: 'stat', errno: 'EIO' });
    expect(await caught(publish(files, run.directory, result))).not.toBeInstanceOf(NotPublished);
  });

  test('a directory that cannot be synced: published or not, nobody knows, and the inputs stay', async () => {
    const files = new FaultyFiles();
    files.fail({ kind: 'syncDirectory', errno: 'EIO' });
    const error = await caught(publish(files, run.directory, result));
    expect(error?.message).toContain('EIO');
    expect(error).not.toBeInstanceOf(NotPublished);
    expect(list()).toEqual([MERGED, ...INPUTS].toSorted());
  });

  test('an input that cannot be deleted fails the step', async () => {
    const files = new FaultyFiles();
    await publish(files, run.directory, result);
    files.fail({ kind: 'unlink', errno: 'EIO', nth: 2 });
    expect((await caught(discard(files, run.directory, inputs)))?.message).toContain('EIO');
    expect(list()).toEqual([MERGED, INPUTS[1]]);
  });
});

describe('S22: the process dies', () => {
  const merged = '0000000000000001-0000000000000004.00000002.cmp';
  const inputNames = [MERGED, '0000000000000003.log', '0000000000000004.log'];

  /** A compacted block and two log blocks, which all have keys in common; the last put is in the newest block. */
  async function crashedStore() {
    const store = await newStore();
    await store.append({ a: 1, b: 'old' }, { c: true });
    await store.restart();
    await store.append({ a: 2 });
    await store.restart();
    await compact(store, store.recovered.sealed, store.files);
    await store.append({ a: 3, d: undefined });
    await store.restart();
    await store.append({ b: 'new', d: 4.5 });
    await store.restart();
    await store.append({ a: 4 });
    const inputs = store.recovered.sealed;
    expect(inputs.map(({ name }) => blockFileName(name))).toEqual(inputNames);
    await store.crash();
    return { store, inputs, state: store.state, snapshot: store.snapshot() };
  }

  /** As the compactor does it. */
  async function compact(store: StoreFixture, inputs: readonly SealedBlock[], files: FileSystem): Promise<void> {
    const { directory, opened } = store;
    const result = await runMerge(files, {
      directory,
      uuid: opened.uuid,
      inputs,
      reserveBytes: 0,
      sortedBytesMax: 0,
      backlog: new Backlog().shared,
    });
    await publish(files, directory, result);
    await discard(files, directory, inputs);
  }

  const blocksOf = (store: StoreFixture) => store.list().filter((name) => /^0.*-|^000000000000000[1-4]/.test(name));

  const succeeds = (work: Promise<void>) =>
    work.then(
      () => true,
      () => false,
    );

  test('after any call of a compaction: the next start finds every put, and no trace of what was under way', async () => {
    const { store, inputs, state, snapshot } = await crashedStore();
    const outcomes: string[] = [];
    for (let isDone = false; !isDone; ) {
      store.restore(snapshot);
      const files = new FaultyFiles();
      files.dieAfter(outcomes.length);
      isDone = await succeeds(compact(store, inputs, files));
      await files.crash();
      await store.start();
      expect(store.state, `died after ${outcomes.length} calls`).toEqual(state);
      expect(store.warnings).toEqual([]);
      const isMerged = store.list().includes(merged);
      expect(blocksOf(store)).toEqual(isMerged ? [merged] : inputNames);
      outcomes.push(isMerged ? 'merged' : 'as before');
      await store.crash();
    }
    expect(new Set(outcomes)).toEqual(new Set(['as before', 'merged']));
    // Once the block has its name it stays.
    expect(outcomes).toEqual(outcomes.toSorted());
    expect(outcomes.length).toBeGreaterThan(15);
  });

  test('and again after any call of the start that finishes the compaction', async () => {
    const { store, inputs, state, snapshot } = await crashedStore();
    for (const file of inputNames.slice(0, 2)) {
      for (let calls = 0, isStarted = false; !isStarted; calls += 1) {
        store.restore(snapshot);
        const files = new FaultyFiles();
        files.fail({ kind: 'unlink', file, errno: 'EIO' });
        await expect(compact(store, inputs, files)).rejects.toThrow('EIO');
        expect(blocksOf(store)).toContain(merged);
        isStarted = await succeeds(store.start((starting) => starting.dieAfter(calls)));
        await store.crash();
        await store.start();
        expect(store.state, `stopped at ${file}, and the start after ${calls} calls`).toEqual(state);
        expect(blocksOf(store)).toEqual([merged]);
        await store.crash();
      }
    }
  });
});
