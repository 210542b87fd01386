/** What the compactor asks of the disk, in production and in process. */
import type { SealedBlock } from './block-writer.ts';
import { discard, publish } from './compaction-steps.ts';
import { BATCH_BYTES_MAX } from './format.ts';
import type { MergeJob, MergeResult } from './merge.ts';
import { Backlog } from './merge-pace.ts';
import { MergeThread } from './merge-thread.ts';
import type { FileSystem } from './platform.ts';

export interface CompactionPorts {
  /** Blocks beyond those that are left alone, also while some are merged: the more there are, the faster that goes. */
  noteBacklog(blocks: number): void;
  /** Throws `MergeFailure`, and the signal's reason once that is aborted: the log is untouched then. */
  merge(inputs: readonly SealedBlock[], signal: AbortSignal): Promise<MergeResult>;
  /** Throws `NotPublished` if the log is untouched. After any other failure nothing may be deleted any more. */
  publish(result: MergeResult): Promise<void>;
  discard(inputs: readonly SealedBlock[]): Promise<void>;
}

export interface CompactionPlace {
  readonly files: FileSystem;
  readonly directory: string;
  readonly uuid: Uint8Array;
  readonly maxBlockSize: number;
}

/** With the default settings enough for all log blocks of a merge (docs/decisions/log-blocks-sorted-together.md). */
const SORTED_BYTES_MAX = 48 * 1024 * 1024;

/** The thread works with Node's own files: a place with other files needs another `run`, `runMerge` say. */
export function compactionPorts(
  { files, directory, uuid, maxBlockSize }: CompactionPlace,
  run: (job: MergeJob, signal: AbortSignal) => Promise<MergeResult> = mergeInThread(),
): CompactionPorts {
  // The log's next block and the spare behind it, each as large as the largest batch may need.
  const reserveBytes = 2 * Math.max(maxBlockSize, BATCH_BYTES_MAX);
  const backlog = new Backlog();
  const everyJob = { directory, uuid, reserveBytes, sortedBytesMax: SORTED_BYTES_MAX, backlog: backlog.shared };
  return {
    noteBacklog: (blocks) => {
      backlog.blocks = blocks;
    },
    merge: (inputs, signal) => run({ ...everyJob, inputs }, signal),
    publish: (result) => publish(files, directory, result),
    discard: (inputs) => discard(files, directory, inputs),
  };
}

function mergeInThread(): (job: MergeJob, signal: AbortSignal) => Promise<MergeResult> {
  const thread = new MergeThread();
  return (job, signal) => thread.merge(job, signal);
}
