import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type MergeJob, runMerge } from '../../src/wal/merge.ts';
import { MergeFailure } from '../../src/wal/merge-failure.ts';
import { Backlog } from '../../src/wal/merge-pace.ts';
import { MergeThread } from '../../src/wal/merge-thread.ts';
import { nodeFileSystem } from '../../src/wal/node-platform.ts';
import { temporaryDirectory } from '../support/store-fixture.ts';
import { until } from '../support/until.ts';
import { BlockRun, type Put } from './merge-fixture.ts';

/** Aborted when a test is over, so that no thread outlives it. */
let untilTheEnd: AbortController;
const threadsAtFirst = threads();

const merge = (job: MergeJob, signal: AbortSignal, script?: URL) => new MergeThread(script).merge(job, signal);

/** A thread that does this instead of merging. */
const script = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);

let run: BlockRun;
let before: Map<string, Buffer>;

beforeEach(() => {
  untilTheEnd = new AbortController();
  run = new BlockRun(temporaryDirectory());
  const put = (block: number): Put =>
    Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`key ${n * block}`, block % 2 ? n : 'v'.repeat(n)]));
  for (const block of [1, 2, 3]) run.addBlock([[put(block)]]);
  before = run.snapshot();
});

afterEach(async () => {
  untilTheEnd.abort();
  await ended();
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
  const inWorker = await merge(run.job(), untilTheEnd.signal);
  expect(inWorker).toEqual(inProcess);
  expect(readFileSync(inWorker.temporaryPath).equals(bytes)).toBe(true);
});

test('the thread rests between the steps of a merge, unless too many blocks wait', async () => {
  const trace = `${temporaryDirectory()}/rests`;
  // The thread as it is, but that it writes down each rest before it takes it.
  const traced = script(`import { appendFileSync } from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    import timers from 'node:timers/promises';
    const sleep = timers.setTimeout;
    timers.setTimeout = (ms) => {
      appendFileSync(${JSON.stringify(trace)}, ms + ' ');
      return sleep(ms);
    };
    syncBuiltinESMExports();
    await import(${JSON.stringify(new URL('../../src/wal/merge-worker.ts', import.meta.url).href)});`);
  const job = run.job();
  new Backlog(job.backlog).blocks = 1000;
  rmSync((await merge(job, untilTheEnd.signal, traced)).temporaryPath);
  expect(existsSync(trace)).toBe(false);
  new Backlog(job.backlog).blocks = 0;
  await merge(job, untilTheEnd.signal, traced);
  expect(readFileSync(trace, 'latin1')).toMatch(/^(\d+(\.\d+)? )+$/);
});

test('a failure keeps its class, its kind and where it happened', async () => {
  run.flipBit(run.blocks[1]!.name, 5000);
  const failure = (await caught(merge(run.job(), untilTheEnd.signal))) as MergeFailure;
  expect(failure).toBeInstanceOf(MergeFailure);
  expect(failure.kind).toBe('damagedInput');
  expect(failure.message).toContain(run.path(run.blocks[1]!.name));
  expect(failure.stack).toContain('block-reader');
  const noRoom = await caught(merge(run.job({ reserveBytes: 2 ** 52 }), untilTheEnd.signal));
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
    const failure = await caught(merge(run.job(), untilTheEnd.signal, script(code)));
    expect(failure).toBeInstanceOf(MergeFailure);
    expect(failure).toMatchObject({ kind: 'failed', message: expect.stringContaining(what) });
    expect(run.snapshot()).toEqual(before);
  }
});

test('an aborted signal ends the thread, whatever it does, and its files are deleted', async () => {
  writeFileSync(`${run.directory}/0000000000000001-0000000000000003.00000001.cmp.tmp`, 'half');
  const controller = new AbortController();
  const merging = merge(run.job(), controller.signal, script('for (;;);'));
  controller.abort(new Error('stopping'));
  await expect(merging).rejects.toThrow('stopping');
  expect(run.snapshot()).toEqual(before);
});

test('the real merge can be aborted at any moment', async () => {
  const controller = new AbortController();
  const merging = caught(merge(run.job(), controller.signal));
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
  await expect(merge(run.job(), aborted, trace)).rejects.toThrow('too late');
  expect(run.snapshot()).toEqual(before);
});

/** Answers with how many jobs it has had, and ends where that is `last`. */
const counting = (last = Number.POSITIVE_INFINITY) =>
  script(`import { parentPort } from 'node:worker_threads';
    let jobs = 0;
    parentPort.on('message', () => {
      parentPort.postMessage({ ok: true, result: (jobs += 1) });
      if (jobs === ${last}) parentPort.close();
    });`);

describe('a thread at rest', () => {
  test('takes the next job, also after the signal of the one before', async () => {
    const controller = new AbortController();
    const thread = new MergeThread(counting());
    expect(await thread.merge(run.job(), untilTheEnd.signal)).toBe(1);
    expect(await thread.merge(run.job(), controller.signal)).toBe(2);
    expect(threads()).toBe(threadsAtFirst + 1);
    controller.abort();
    await ended();
    expect(await thread.merge(run.job(), untilTheEnd.signal)).toBe(1);
  });

  test('ends after 10 s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const thread = new MergeThread(counting());
    for (const jobs of [1, 2]) {
      expect(await thread.merge(run.job(), untilTheEnd.signal)).toBe(jobs);
      vi.advanceTimersByTime(9_999);
    }
    expect(threads()).toBe(threadsAtFirst + 1);
    vi.advanceTimersByTime(1);
    vi.useRealTimers();
    await ended();
    expect(await thread.merge(run.job(), untilTheEnd.signal)).toBe(1);
  });

  test('may die, and another takes its place', async () => {
    const { promise: exit, resolve } = Promise.withResolvers<void>();
    process.once('worker', (worker) => worker.once('exit', () => resolve()));
    const thread = new MergeThread(counting(1));
    expect(await thread.merge(run.job(), untilTheEnd.signal)).toBe(1);
    await exit;
    expect(await thread.merge(run.job(), untilTheEnd.signal)).toBe(1);
  });

  test('is not kept where the signal was aborted when its answer was under way', async () => {
    const controller = new AbortController();
    const answered = `${run.directory}/answered`;
    const code = `import fs from 'node:fs';
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', () => {
        parentPort.postMessage({ ok: true, result: 1 });
        fs.writeFileSync(${JSON.stringify(answered)}, '');
      });`;
    const merging = new MergeThread(script(code)).merge(run.job(), controller.signal);
    // Without a turn of the event loop, in which the answer would be taken.
    while (!existsSync(answered));
    controller.abort(new Error('stopping'));
    expect(await merging).toBe(1);
    await ended();
  });

  test('is not kept after a failure', async () => {
    const thread = new MergeThread();
    await expect(thread.merge(run.job({ reserveBytes: 2 ** 52 }), untilTheEnd.signal)).rejects.toThrow('no room');
    await ended();
    expect(await thread.merge(run.job(), untilTheEnd.signal)).toMatchObject({ entries: expect.any(Number) });
  });

  test('does not keep the process alive, and one that merges does, also where it was at rest before', async () => {
    // Answers its second job only after many turns of its own loop.
    const slow = script(`import { parentPort } from 'node:worker_threads';
      let jobs = 0;
      parentPort.on('message', async () => {
        jobs += 1;
        if (jobs > 1) for (let turn = 0; turn < 1000; turn += 1) await new Promise(setImmediate);
        parentPort.postMessage({ ok: true, result: jobs });
      });`);
    const program = `
      import { MergeThread } from ${JSON.stringify(new URL('../../src/wal/merge-thread.ts', import.meta.url))};
      const thread = new MergeThread(new URL(${JSON.stringify(slow)}), 2 ** 30);
      const merge = () => thread.merge({ directory: '/', inputs: [] }, new AbortController().signal);
      console.log(await merge(), await merge());`;
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
    expect(stdout).toBe('1 2\n');
  });

  test('one merge at a time', async () => {
    const thread = new MergeThread(counting());
    const first = thread.merge(run.job(), untilTheEnd.signal);
    await expect(thread.merge(run.job(), untilTheEnd.signal)).rejects.toThrow('two merges at once');
    expect(await first).toBe(1);
    expect(await thread.merge(run.job(), untilTheEnd.signal)).toBe(2);
  });
});

function ended(): Promise<void> {
  const question = async () => {
    await nextTurn();
    return threads() === threadsAtFirst;
  };
  return until(question, 'the thread ended');
}

/** Threads of JavaScript in this process beside the one that asks. */
function threads(): number {
  return (process.report.getReport() as { workers: unknown[] }).workers.length;
}

function nextTurn(): Promise<false> {
  return new Promise((resolve) => setImmediate(() => resolve(false)));
}
