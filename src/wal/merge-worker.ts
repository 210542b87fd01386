/** The thread that merges: answers each job with one message, and takes its time over it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { type MergeJob, type MergeResult, runMerge } from './merge.ts';
import { type PlainFailure, toPlainFailure } from './merge-failure.ts';
import { Backlog, MergePace } from './merge-pace.ts';
import { nodeFileSystem } from './node-platform.ts';

export type MergeReply =
  | { readonly ok: true; readonly result: MergeResult }
  | { readonly ok: false; readonly failure: PlainFailure };

parentPort!.on('message', async (job: MergeJob) => parentPort!.postMessage(await replyTo(job)));

async function replyTo(job: MergeJob): Promise<MergeReply> {
  try {
    const pace = new MergePace(new Backlog(job.backlog), performance, sleep);
    return { ok: true, result: await runMerge(nodeFileSystem, job, { rest: () => pace.rest() }) };
  } catch (error) {
    return { ok: false, failure: toPlainFailure(error) };
  }
}
