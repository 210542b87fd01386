/** Runs a merge in a thread of its own, where however long it computes it cannot stall a put. */
import { Worker } from 'node:worker_threads';
import { type MergeJob, type MergeResult, removeTemporaries } from './merge.ts';
import { fromPlainFailure, MergeFailure } from './merge-failure.ts';
import type { MergeReply } from './merge-worker.ts';
import { nodeFileSystem } from './node-platform.ts';

// Sources end in .ts, what is compiled from them in .js.
const EXTENSION = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
const SCRIPT = new URL(`./merge-worker${EXTENSION}`, import.meta.url);

/**
 * Throws `MergeFailure`, and the signal's reason once that is aborted. By then the thread is gone, none of its file
 * operations is under way any more, and its files are deleted.
 */
export async function mergeInWorker(job: MergeJob, signal: AbortSignal, script = SCRIPT): Promise<MergeResult> {
  signal.throwIfAborted();
  const worker = new Worker(script, { workerData: job });
  const terminate = () => void worker.terminate();
  signal.addEventListener('abort', terminate);
  const end = await endOf(worker);
  signal.removeEventListener('abort', terminate);

  if (end.reply?.ok) return end.reply.result;
  // A thread that ended by itself has cleaned up by itself; one that was stopped or died could not.
  await removeTemporaries(nodeFileSystem, job);
  signal.throwIfAborted();
  if (end.reply) throw fromPlainFailure(end.reply.failure);
  throw new MergeFailure('failed', `the thread that merged blocks died: ${end.cause}`, { cause: end.cause });
}

interface WorkerEnd {
  readonly reply: MergeReply | undefined;
  /** Why there is no reply. */
  readonly cause: unknown;
}

function endOf(worker: Worker): Promise<WorkerEnd> {
  return new Promise((resolve) => {
    let reply: MergeReply | undefined;
    let cause: unknown;
    worker.on('message', (message: MergeReply) => {
      reply = message;
    });
    worker.on('error', (error) => {
      cause = error;
    });
    // Emitted when the thread's last file operation is done, whatever ended it.
    worker.on('exit', (code) => resolve({ reply, cause: cause ?? `exit code ${code}` }));
  });
}
