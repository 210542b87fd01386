/** The thread that merges: takes a job, answers with one message, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { type MergeJob, type MergeResult, runMerge } from './merge.ts';
import { type PlainFailure, toPlainFailure } from './merge-failure.ts';
import { nodeFileSystem } from './node-platform.ts';

export type MergeReply =
  | { readonly ok: true; readonly result: MergeResult }
  | { readonly ok: false; readonly failure: PlainFailure };

parentPort!.postMessage(await replyTo(workerData as MergeJob));

async function replyTo(job: MergeJob): Promise<MergeReply> {
  try {
    return { ok: true, result: await runMerge(nodeFileSystem, job) };
  } catch (error) {
    return { ok: false, failure: toPlainFailure(error) };
  }
}
