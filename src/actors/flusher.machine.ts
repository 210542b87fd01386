/**
 * Group commit: the puts that gather while one flush is under way go out together with the next, which starts as soon as
 * that one is done. One batch is in flight, never two.
 *
 *     idle → gathering → flushing → (flushing while something waits) → unmarked → marking → idle
 */
import { enqueueActions, fromPromise, sendParent, setup } from 'xstate';
import { NoRoom } from '../wal/blank-block.ts';
import type { Clock, Turns } from '../wal/platform.ts';
import type { Append, FlusherHalted, NotApplied, ToFlusher } from './messages.ts';
import type { WriteBatch } from './write-batch.ts';

/** The log as the flusher uses it: one call at a time. `BlockWriter` is the real one. */
export interface Log {
  /** Resolves with the seq of the first record once all are durable. `NoRoom`: nothing was written. */
  append(records: readonly Buffer[]): Promise<number>;
  mark(): Promise<void>;
  makeRoom(): Promise<void>;
}

export interface FlusherInput {
  readonly log: Log;
  readonly batch: WriteBatch;
  readonly clock: Clock;
  readonly turns: Turns;
  /** How long a batch is held open to fill, in milliseconds; 0: until the end of the turn. */
  readonly batchTime: number;
  /** Waiting bytes that end `batchTime`. */
  readonly maxBatchSize: number;
  /** How long nothing must have been flushed before the last batch is marked, in milliseconds. */
  readonly idleMarkMs: number;
}

const ROOM_CHECK_MS = 1000;

export const flusherMachine = setup({
  types: {
    input: {} as FlusherInput,
    context: {} as FlusherInput,
    events: {} as ToFlusher,
  },
  actors: {
    waitToFill: fromPromise<void, FlusherInput>(({ input }) => waitToFill(input)),
    flush: fromPromise<number, FlusherInput>(({ input }) => input.log.append(input.batch.close())),
    mark: fromPromise<void, FlusherInput>(({ input }) => input.log.mark()),
    makeRoom: fromPromise<void, FlusherInput>(({ input }) => input.log.makeRoom()),
  },
  delays: {
    idleMark: ({ context }) => context.idleMarkMs,
    roomCheck: ROOM_CHECK_MS,
  },
  guards: {
    somethingWaits: ({ context }) => context.batch.waitingCount > 0,
    batchIsFull: ({ context }) => context.batch.waitingBytes >= context.maxBatchSize,
    thereIsNoRoom: ({ event }) => (event as unknown as { error: unknown }).error instanceof NoRoom,
  },
  actions: {
    gather: ({ context, event }) => context.batch.add(event as Append),
    reportDurable: enqueueActions(({ context, event, enqueue }) => {
      const firstSeq = (event as unknown as { output: number }).output;
      context.batch.settleInFlight(({ replyTo }, index) =>
        enqueue.sendTo(replyTo, { type: 'durable', seq: firstSeq + index }),
      );
    }),
    reportUndecided: enqueueActions(({ context, event, enqueue }) => {
      const error = `the disk failed while the put was being written (${messageOf(event)}); it may be applied or not`;
      context.batch.settleInFlight(({ replyTo }) => enqueue.sendTo(replyTo, { type: 'undecided', error }));
    }),
    // What gathered behind a batch without room goes with it: it would meet the same full disk.
    refuseAllForRoom: enqueueActions(({ context, enqueue }) => {
      context.batch.settleInFlight(({ replyTo }) => enqueue.sendTo(replyTo, NO_ROOM));
      context.batch.settleWaiting(({ replyTo }) => enqueue.sendTo(replyTo, NO_ROOM));
    }),
    refuseForRoom: enqueueActions(({ event, enqueue }) => enqueue.sendTo((event as Append).replyTo, NO_ROOM)),
    refuseGathered: enqueueActions(({ context, enqueue }) => {
      context.batch.settleWaiting(({ replyTo }) => enqueue.sendTo(replyTo, HALTED));
    }),
    refuse: enqueueActions(({ event, enqueue }) => enqueue.sendTo((event as Append).replyTo, HALTED)),
    tellStore: sendParent(({ event }): FlusherHalted => {
      return { type: 'flusherHalted', error: (event as unknown as { error: unknown }).error };
    }),
  },
}).createMachine({
  id: 'flusher',
  context: ({ input }) => input,
  on: { append: { actions: 'gather' } },
  initial: 'idle',
  states: {
    // Nothing waits, and the last batch is proved by what lies behind it.
    idle: {
      on: { append: { target: 'gathering', actions: 'gather' } },
    },
    gathering: {
      always: { guard: 'batchIsFull', target: 'flushing' },
      invoke: { src: 'waitToFill', input: ({ context }) => context, onDone: { target: 'flushing' } },
    },
    flushing: {
      invoke: {
        src: 'flush',
        input: ({ context }) => context,
        onDone: { target: 'flushed', actions: 'reportDurable' },
        onError: [
          { guard: 'thereIsNoRoom', target: 'waitingForRoom', actions: 'refuseAllForRoom' },
          { target: 'halted', actions: ['reportUndecided', 'refuseGathered', 'tellStore'] },
        ],
      },
    },
    flushed: {
      always: [{ guard: 'somethingWaits', target: 'flushing' }, { target: 'unmarked' }],
    },
    unmarked: {
      on: { append: { target: 'gathering', actions: 'gather' } },
      after: { idleMark: { target: 'marking' } },
    },
    marking: {
      invoke: {
        src: 'mark',
        input: ({ context }) => context,
        onDone: { target: 'marked' },
        onError: [
          { guard: 'thereIsNoRoom', target: 'marked' },
          { target: 'halted', actions: ['refuseGathered', 'tellStore'] },
        ],
      },
    },
    marked: {
      always: [{ guard: 'somethingWaits', target: 'flushing' }, { target: 'idle' }],
    },
    // The disk is full: nothing of the batch was written, and nothing will be until there is room for a block.
    waitingForRoom: {
      on: { append: { actions: 'refuseForRoom' } },
      after: { roomCheck: { target: 'makingRoom' } },
    },
    makingRoom: {
      on: { append: { actions: 'refuseForRoom' } },
      invoke: {
        src: 'makeRoom',
        input: ({ context }) => context,
        onDone: { target: 'unmarked' },
        onError: [
          { guard: 'thereIsNoRoom', target: 'waitingForRoom' },
          { target: 'halted', actions: 'tellStore' },
        ],
      },
    },
    // After a failed sync nobody knows what reached the disk: nothing is written any more.
    halted: {
      on: { append: { actions: 'refuse' } },
    },
  },
});

const NO_ROOM: NotApplied = {
  type: 'notApplied',
  code: 'DISK_FULL',
  error: 'the disk has no room for the next log block; writing resumes by itself when there is room',
};

const HALTED: NotApplied = {
  type: 'notApplied',
  code: 'HALTED',
  error: 'the store has halted because its disk failed; restart it',
};

function waitToFill({ batchTime, turns, clock }: FlusherInput): Promise<void> {
  return new Promise((resolve) => {
    if (batchTime === 0) turns.nextTurn(resolve);
    else clock.setTimeout(() => resolve(), batchTime);
  });
}

function messageOf(event: unknown): string {
  const { error } = event as { error: unknown };
  return error instanceof Error ? error.message : String(error);
}
