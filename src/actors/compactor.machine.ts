/**
 * Owns the blocks after they are sealed: where there are more than `maxBlocks`, merges a run of the newest into one. It
 * decides when; what is done to the files is behind its ports. Puts never wait for it.
 *
 *     resting → merging → publishing → discarding → resting
 *
 * A merge that comes to nothing is tried again later (`backingOff`). Damage, or a disk that leaves it unknown what it
 * holds, ends compaction until the next start (`stopped`): memory is right, so serving goes on, and nothing is deleted.
 */
import { assign, fromPromise, setup } from 'xstate';
import { invariant } from '../invariant.ts';
import { blockFileName } from '../wal/block-name.ts';
import type { SealedBlock } from '../wal/block-writer.ts';
import { chooseRun } from '../wal/compaction-policy.ts';
import type { CompactionPorts } from '../wal/compaction-ports.ts';
import { NotPublished } from '../wal/compaction-steps.ts';
import type { MergeResult } from '../wal/merge.ts';
import { MergeFailure } from '../wal/merge-failure.ts';
import type { Clock } from '../wal/platform.ts';
import type { Sealed, ToCompactor } from './messages.ts';

export interface CompactorInput {
  /** Sealed blocks, oldest first. */
  readonly blocks: readonly SealedBlock[];
  /** Blocks that are left alone; at least 1. */
  readonly maxBlocks: number;
  readonly ports: CompactionPorts;
  readonly clock: Pick<Clock, 'now'>;
  readonly onNotice: (notice: CompactionNotice) => void;
}

/** Something that the person who runs the store should know. `message` says it all; the figures are for programs. */
export type CompactionNotice = { readonly message: string } & (
  | {
      readonly level: 'info';
      readonly event: 'compacted';
      readonly inputs: readonly string[];
      readonly output: string;
      readonly bytesBefore: number;
      readonly bytesAfter: number;
      readonly bytesWritten: number;
      readonly keys: number;
      readonly tookMs: number;
    }
  | {
      readonly level: 'warn';
      readonly event: 'compaction_failed';
      readonly inputs: readonly string[];
      /** Failures in a row. */
      readonly failures: number;
      readonly retryInMs: number;
    }
  | { readonly level: 'error'; readonly event: 'compaction_stopped' }
);

export interface CompactorContext extends CompactorInput {
  /** The blocks being merged, oldest first: neighbours in `blocks`. */
  readonly run: readonly SealedBlock[];
  readonly startedMs: number;
  /** Aborted when the compactor is told to stop, and then for good. */
  readonly abortion: AbortController;
  readonly result: MergeResult | undefined;
  /** Failures since the last merge that succeeded. */
  readonly failures: number;
  readonly isStopping: boolean;
}

const BACK_OFF_MIN_MS = 1000;
const BACK_OFF_MAX_MS = 60_000;

export const compactorMachine = setup({
  types: {
    input: {} as CompactorInput,
    context: {} as CompactorContext,
    events: {} as ToCompactor,
  },
  actors: {
    merge: fromPromise<MergeResult, CompactorContext>(async ({ input: { ports, run, abortion } }) =>
      ports.merge(run, abortion.signal),
    ),
    publish: fromPromise<void, CompactorContext>(async ({ input: { ports, result } }) => ports.publish(result!)),
    discard: fromPromise<void, CompactorContext>(async ({ input: { ports, run } }) => ports.discard(run)),
  },
  delays: {
    backOff: ({ context }) => backOffMs(context.failures),
  },
  guards: {
    thereAreTooMany: ({ context }) => chooseRun(context.blocks, context.maxBlocks).length > 0,
    isStopping: ({ context }) => context.isStopping,
    anInputIsDamaged: ({ event }) => isError(event, MergeFailure) && event.error.kind === 'damagedInput',
    nothingWasPublished: ({ event }) => isError(event, NotPublished),
  },
  actions: {
    addBlock: assign(({ context, event }) => addBlock(context, (event as Sealed).block)),
    tellBacklog: ({ context: { ports, blocks, maxBlocks } }) => ports.noteBacklog(blocks.length - maxBlocks),
    beginMerge: assign(({ context }) => ({
      run: chooseRun(context.blocks, context.maxBlocks),
      startedMs: context.clock.now(),
    })),
    abortMerge: ({ context }) => context.abortion.abort(),
    noteStop: assign({ isStopping: true }),
    noteResult: assign(({ event }) => ({ result: (event as unknown as { output: MergeResult }).output })),
    replaceRun: assign(({ context }) => replaceRun(context)),
    noteFailure: assign(({ context }) => ({ failures: context.failures + 1 })),
    reportMerged: ({ context }) => context.onNotice(mergedNotice(context)),
    reportFailure: ({ context, event }) => context.onNotice(failureNotice(context, messageOf(event))),
    reportStopped: ({ context, event }) =>
      context.onNotice({ level: 'error', event: 'compaction_stopped', message: stopReason(event) }),
  },
}).createMachine({
  id: 'compactor',
  context: ({ input }) => ({
    ...input,
    run: [],
    startedMs: 0,
    abortion: new AbortController(),
    result: undefined,
    failures: 0,
    isStopping: false,
  }),
  on: {
    sealed: { actions: ['addBlock', 'tellBacklog'] },
    stop: { actions: ['noteStop', 'abortMerge'] },
  },
  initial: 'resting',
  states: {
    resting: {
      always: [
        { guard: 'isStopping', target: 'closed' },
        { guard: 'thereAreTooMany', target: 'merging' },
      ],
    },
    merging: {
      entry: ['beginMerge', 'tellBacklog'],
      invoke: {
        src: 'merge',
        input: ({ context }) => context,
        onDone: { target: 'publishing', actions: 'noteResult' },
        onError: [
          // Its end is waited for: whoever stops us lets go of the directory next, and the files of another server that
          // takes it over may have the names of ours.
          { guard: 'isStopping', target: 'closed' },
          { guard: 'anInputIsDamaged', target: 'stopped', actions: 'reportStopped' },
          { target: 'backingOff', actions: ['noteFailure', 'reportFailure'] },
        ],
      },
    },
    publishing: {
      invoke: {
        src: 'publish',
        input: ({ context }) => context,
        onDone: { target: 'discarding', actions: 'replaceRun' },
        onError: [
          { guard: 'nothingWasPublished', target: 'backingOff', actions: ['noteFailure', 'reportFailure'] },
          { target: 'stopped', actions: 'reportStopped' },
        ],
      },
    },
    // Also on the way to the end: a few unlinks now save the next start from reading the merged block twice.
    discarding: {
      invoke: {
        src: 'discard',
        input: ({ context }) => context,
        onDone: { target: 'resting', actions: 'reportMerged' },
        onError: { target: 'stopped', actions: 'reportStopped' },
      },
    },
    backingOff: {
      always: { guard: 'isStopping', target: 'closed' },
      after: { backOff: { target: 'resting' } },
    },
    stopped: {
      always: { guard: 'isStopping', target: 'closed' },
    },
    closed: { type: 'final' },
  },
});

function addBlock({ blocks }: CompactorContext, block: SealedBlock): Pick<CompactorContext, 'blocks'> {
  const newest = blocks.at(-1);
  invariant(
    !newest || newest.name.last + 1 === block.name.first,
    () => `${blockFileName(block.name)} follows no block`,
  );
  return { blocks: [...blocks, block] };
}

function replaceRun({ blocks, run, result }: CompactorContext): Pick<CompactorContext, 'blocks' | 'failures'> {
  const { name, bytes } = result!;
  return { blocks: blocks.toSpliced(blocks.indexOf(run[0]!), run.length, { name, bytes }), failures: 0 };
}

/** 1 s, 2 s, 4 s and so on, up to a minute. */
function backOffMs(failures: number): number {
  return Math.min(BACK_OFF_MIN_MS * 2 ** (failures - 1), BACK_OFF_MAX_MS);
}

function mergedNotice({ run, result, startedMs, clock }: CompactorContext): CompactionNotice {
  const { name, bytes: bytesAfter, bytesWritten, entries: keys } = result!;
  const inputs = fileNames(run);
  const output = blockFileName(name);
  const bytesBefore = run.reduce((sum, { bytes }) => sum + bytes, 0);
  const tookMs = Math.round(clock.now() - startedMs);
  const message = `merged ${run.length} blocks of ${bytesBefore} bytes into ${output} of ${bytesAfter}`;
  const figures = { inputs, output, bytesBefore, bytesAfter, bytesWritten, keys, tookMs };
  return { level: 'info', event: 'compacted', message, ...figures };
}

function failureNotice({ run, failures }: CompactorContext, reason: string): CompactionNotice {
  const retryInMs = backOffMs(failures);
  const message = `could not merge blocks, trying again in ${retryInMs / 1000} s: ${reason}`;
  return { level: 'warn', event: 'compaction_failed', message, inputs: fileNames(run), failures, retryInMs };
}

function stopReason(event: unknown): string {
  return `blocks are not merged any more until the next start: ${messageOf(event)}`;
}

function fileNames(blocks: readonly SealedBlock[]): string[] {
  return blocks.map(({ name }) => blockFileName(name));
}

/** Whether the event says that an invoked actor failed, and with an error of this class. */
function isError<E extends Error>(event: unknown, type: new (...args: never[]) => E): event is { readonly error: E } {
  return (event as { error?: unknown }).error instanceof type;
}

function messageOf(event: unknown): string {
  const { error } = event as { error: unknown };
  return error instanceof Error ? error.message : String(error);
}
