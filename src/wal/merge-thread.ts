/**
 * Merges in a thread of its own, where however long it computes it cannot stall a put. The thread stays for the next merge
 * (docs/decisions/lasting-merge-thread.md), and ends when none has come for a while.
 */
import { Worker } from 'node:worker_threads';
import { type MergeJob, type MergeResult, removeTemporaries } from './merge.ts';
import { fromPlainFailure, MergeFailure } from './merge-failure.ts';
import type { MergeReply } from './merge-worker.ts';
import { nodeFileSystem } from './node-platform.ts';

// Sources end in .ts, what is compiled from them in .js.
const EXTENSION = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
const SCRIPT = new URL(`./merge-worker${EXTENSION}`, import.meta.url);

/** After so long without a merge its memory is worth more than its compiled code. */
const REST_MS_MAX = 10_000;

interface Thread {
  readonly worker: Worker;
  /** Resolves with why it ended, once it is gone and its last file operation is done. */
  readonly ended: Promise<unknown>;
}

/** A thread between two merges. It does not keep the process alive. */
interface RestingThread extends Thread {
  readonly wake: () => void;
}

export class MergeThread {
  readonly #script: URL;
  readonly #restMsMax: number;
  #resting: RestingThread | undefined;

  constructor(script = SCRIPT, restMsMax = REST_MS_MAX) {
    this.#script = script;
    this.#restMsMax = restMsMax;
  }

  /**
   * One at a time. Throws `MergeFailure`, and the signal's reason once that is aborted; by then the thread is gone, none of
   * its file operations is under way any more, and its files are deleted. A thread at rest ends with the signal too.
   */
  async merge(job: MergeJob, signal: AbortSignal): Promise<MergeResult> {
    signal.throwIfAborted();
    const thread = this.#wake() ?? start(this.#script);
    const terminate = () => void thread.worker.terminate();
    signal.addEventListener('abort', terminate);
    const reply = await Promise.race([replyOf(thread, job), thread.ended.then(() => undefined)]);
    signal.removeEventListener('abort', terminate);
    if (reply?.ok) {
      this.#rest(thread, signal);
      return reply.result;
    }
    terminate();
    const cause = await thread.ended;
    // A merge that failed has cleaned up by itself; one that was stopped or died could not.
    await removeTemporaries(nodeFileSystem, job);
    signal.throwIfAborted();
    if (reply) throw fromPlainFailure(reply.failure);
    throw new MergeFailure('failed', `the thread that merged blocks died: ${cause}`, { cause });
  }

  #rest(thread: Thread, signal: AbortSignal): void {
    const end = () => {
      this.#wake();
      void thread.worker.terminate();
    };
    const timer = setTimeout(end, this.#restMsMax).unref();
    signal.addEventListener('abort', end);
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      thread.worker.ref();
    };
    const resting = { ...thread, wake };
    this.#resting = resting;
    thread.worker.unref();
    if (signal.aborted) end();
    void thread.ended.then(() => {
      if (this.#resting === resting) this.#wake();
    });
  }

  #wake(): Thread | undefined {
    const resting = this.#resting;
    this.#resting = undefined;
    resting?.wake();
    return resting;
  }
}

function start(script: URL): Thread {
  const worker = new Worker(script);
  let cause: unknown;
  worker.on('error', (error) => {
    cause = error;
  });
  const ended = new Promise((resolve) => {
    // Emitted when the thread's last file operation is done, whatever ended it.
    worker.on('exit', (code) => resolve(cause ?? `exit code ${code}`));
  });
  return { worker, ended };
}

function replyOf({ worker }: Thread, job: MergeJob): Promise<MergeReply> {
  return new Promise((resolve) => {
    worker.once('message', resolve);
    worker.postMessage(job);
  });
}
