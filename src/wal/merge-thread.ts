/**
 * Merges in a thread of its own, where however long it computes it cannot stall a put. The thread stays for the next merge
 * (docs/decisions/lasting-merge-thread.md), and ends when none has come for a while.
 */
import { Worker } from 'node:worker_threads';
import { invariant } from '../invariant.ts';
import { type MergeJob, type MergeResult, removeTemporaries } from './merge.ts';
import { fromPlainFailure, MergeFailure } from './merge-failure.ts';
import type { MergeReply } from './merge-worker.ts';
import { nodeFileSystem } from './node-platform.ts';

// Sources end in .ts, what is compiled from them in .js.
const EXTENSION = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
const SCRIPT = new URL(`./merge-worker${EXTENSION}`, import.meta.url);

/** After so long without a merge its memory is worth more than its compiled code. */
const REST_MS_MAX = 10_000;

export class MergeThread {
  readonly #script: URL;
  readonly #restMsMax: number;
  #isMerging = false;
  /** Between two merges. */
  #resting: RestingThread | undefined;

  constructor(script = SCRIPT, restMsMax = REST_MS_MAX) {
    this.#script = script;
    this.#restMsMax = restMsMax;
  }

  /**
   * One at a time. Throws `MergeFailure`, and the signal's reason once that is aborted, unless the merge was done by then;
   * the thread is gone when it throws, none of its file operations is under way any more, and its files are deleted. A thread
   * at rest ends with the signal too.
   */
  async merge(job: MergeJob, signal: AbortSignal): Promise<MergeResult> {
    invariant(!this.#isMerging, 'two merges at once');
    signal.throwIfAborted();
    this.#isMerging = true;
    try {
      return await this.#mergeIn(this.#wake() ?? new Thread(this.#script), job, signal);
    } finally {
      this.#isMerging = false;
    }
  }

  async #mergeIn(thread: Thread, job: MergeJob, signal: AbortSignal): Promise<MergeResult> {
    const terminate = () => thread.terminate();
    signal.addEventListener('abort', terminate);
    const reply = await thread.replyTo(job);
    signal.removeEventListener('abort', terminate);
    if (reply?.ok) {
      this.#rest(thread, signal);
      return reply.result;
    }
    thread.terminate();
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
      thread.terminate();
    };
    const timer = setTimeout(end, this.#restMsMax).unref();
    signal.addEventListener('abort', end);
    const stopWaiting = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    };
    this.#resting = { thread, stopWaiting };
    thread.keepsProcessAlive(false);
    if (signal.aborted) end();
  }

  /** The thread at rest, unless there is none or it died. */
  #wake(): Thread | undefined {
    if (!this.#resting) return undefined;
    const { thread, stopWaiting } = this.#resting;
    this.#resting = undefined;
    stopWaiting();
    thread.keepsProcessAlive(true);
    return thread.isGone ? undefined : thread;
  }
}

interface RestingThread {
  readonly thread: Thread;
  /** For what would end it. */
  readonly stopWaiting: () => void;
}

/** Lives through many merges: whatever waits for one is let go of at its end. */
class Thread {
  /** Resolves with why it ended, once its last file operation is done. */
  readonly ended: Promise<unknown>;
  readonly #worker: Worker;
  #isGone = false;
  #settle: ((reply: MergeReply | undefined) => void) | undefined;

  constructor(script: URL) {
    const worker = new Worker(script);
    this.#worker = worker;
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('message', (reply: MergeReply) => this.#end(reply));
    this.ended = new Promise((resolve) => {
      // Emitted when the thread's last file operation is done, whatever ended it.
      worker.on('exit', (code) => {
        this.#isGone = true;
        resolve(cause ?? `exit code ${code}`);
        this.#end(undefined);
      });
    });
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** One at a time, of a thread that is not gone. `undefined`: it ended without a reply. */
  replyTo(job: MergeJob): Promise<MergeReply | undefined> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#worker.postMessage(job);
    });
  }

  keepsProcessAlive(does: boolean): void {
    if (does) this.#worker.ref();
    else this.#worker.unref();
  }

  terminate(): void {
    void this.#worker.terminate();
  }

  #end(reply: MergeReply | undefined): void {
    this.#settle?.(reply);
    this.#settle = undefined;
  }
}
