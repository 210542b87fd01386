import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { runMerge } from '../../src/wal/merge.ts';
import { MergeFailure } from '../../src/wal/merge-failure.ts';
import { mergeInWorker } from '../../src/wal/merge-in-worker.ts';
import { nodeFileSystem } from '../../src/wal/node-platform.ts';
import { temporaryDirectory } from '../support/store-fixture.ts';
import { BlockRun, type Put } from './merge-fixture.ts';

const neverAborted = new AbortController().signal;

/** A thread that does this instead of merging. */
const script = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);

let run: BlockRun;
let before: Map<string, Buffer>;

beforeEach(() => {
  run = new BlockRun(temporaryDirectory());
  const put = (block: number): Put =>
    Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`key ${n * block}`, block % 2 ? n : 'v'.repeat(n)]));
  for (const block of [1, 2, 3]) run.addBlock([[put(block)]]);
  before = run.snapshot();
});

const caught = (merging: Promise<unknown>) =>
  merging.then(
    () => undefined,
    (error: unknown) => error,
  );

test('a thread and this process write the same bytes and say the same of them', async () => {
  const inProcess = await runMerge(nodeFileSystem, run.job());
  const bytes = readFileSync(inProcess.temporaryPath);
  rmSync(inProcess.temporaryPath);
  const inWorker = await mergeInWorker(run.job(), neverAborted);
  expect(inWorker).toEqual(inProcess);
  expect(readFileSync(inWorker.temporaryPath).equals(bytes)).toBe(true);
});

test('a failure keeps its class, its kind and where it happened', async () => {
  run.flipBit(run.blocks[1]!.name, 5000);
  const failure = (await caught(mergeInWorker(run.job(), neverAborted))) as MergeFailure;
  expect(failure).toBeInstanceOf(MergeFailure);
  expect(failure.kind).toBe('damagedInput');
  expect(failure.message).toContain(run.path(run.blocks[1]!.name));
  expect(failure.stack).toContain('block-reader');
  const noRoom = await caught(mergeInWorker(run.job({ reserveBytes: 2 ** 52 }), neverAborted));
  expect(noRoom).toMatchObject({ name: 'MergeFailure', kind: 'noRoom' });
});

test('a thread that dies is a failed merge, and what it left is deleted', async () => {
  const merged = '0000000000000001-0000000000000003.00000001.cmp.tmp';
  for (const [code, what] of [
    ['process.exit(3)', 'exit code 3'],
    ['throw new Error("out of luck")', 'out of luck'],
    ['', 'exit code 0'],
  ] as const) {
    writeFileSync(`${run.directory}/${merged}`, 'half');
    const failure = await caught(mergeInWorker(run.job(), neverAborted, script(code)));
    expect(failure).toBeInstanceOf(MergeFailure);
    expect(failure).toMatchObject({ kind: 'failed', message: expect.stringContaining(what) });
    expect(run.snapshot()).toEqual(before);
  }
});

test('an aborted signal ends the thread, whatever it does, and its files are deleted', async () => {
  writeFileSync(`${run.directory}/0000000000000001-0000000000000003.00000001.cmp.tmp`, 'half');
  const controller = new AbortController();
  const merging = mergeInWorker(run.job(), controller.signal, script('for (;;);'));
  controller.abort(new Error('stopping'));
  await expect(merging).rejects.toThrow('stopping');
  expect(run.snapshot()).toEqual(before);
});

test('the real merge can be aborted at any moment', async () => {
  const controller = new AbortController();
  const merging = caught(mergeInWorker(run.job(), controller.signal));
  // As soon as it has begun to write, which shows in the directory.
  const isDone = merging.then(() => true);
  while (readdirSync(run.directory).length === before.size) if (await Promise.race([isDone, nextTurn()])) break;
  controller.abort(new Error('stopping'));
  const error = await merging;
  // It may have been faster: then its result is whole, and ours to delete.
  if (error === undefined) rmSync(`${run.directory}/0000000000000001-0000000000000003.00000001.cmp.tmp`);
  else expect(error).toEqual(new Error('stopping'));
  expect(run.snapshot()).toEqual(before);
});

test('a signal that is aborted already starts no thread', async () => {
  const aborted = AbortSignal.abort(new Error('too late'));
  const trace = script(`import fs from 'node:fs'; fs.writeFileSync(${JSON.stringify(`${run.directory}/trace`)}, '')`);
  await expect(mergeInWorker(run.job(), aborted, trace)).rejects.toThrow('too late');
  expect(run.snapshot()).toEqual(before);
});

function nextTurn(): Promise<false> {
  return new Promise((resolve) => setImmediate(() => resolve(false)));
}
