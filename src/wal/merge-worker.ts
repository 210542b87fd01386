/** The thread that merges: answers each job with one message. */
import { parentPort } from 'node:worker_threads';
import { type MergeJob, type MergeResult, runMerge } from './merge.ts';
import { type PlainFailure, toPlainFailure } from './merge-failure.ts';
import { nodeFileSystem } from './node-platform.ts';

export type MergeReply =
  | { readonly ok: true; readonly result: MergeResult }
  | { readonly ok: false; readonly failure: PlainFailure };

parentPort!.on('message', async (job: MergeJob) => parentPort!.postMessage(await replyTo(job)));

async function replyTo(job: MergeJob): Promise<MergeReply> {
  try {
    return { ok: true, result: await runMerge(nodeFileSystem, job) };
  } catch (error) {
    return { ok: false, failure: toPlainFailure(error) };
  }
}
