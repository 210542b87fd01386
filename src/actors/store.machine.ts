/**
 * The root of all actors: recovers before it serves, drains before it closes, and halts when the ground is broken.
 *
 *     recovering → serving → draining → stoppingCompactor → closingLog → closed
 */
import { assign, fromPromise, sendTo, setup, spawnChild, stopChild } from 'xstate';
import type { Platform } from '../wal/platform.ts';
import { type CompactorInput, compactorMachine } from './compactor.machine.ts';
import { compileMachine } from './compile-machine.ts';
import { directoryWatch } from './directory-watch.ts';
import { type FlusherInput, flusherMachine } from './flusher.machine.ts';
import { keyLocksMachine } from './key-locks.machine.ts';
import type { Sealed, ToStore } from './messages.ts';
import { type OpenLog, type OpenLogInput, openLog } from './open-log.ts';
import { transactionsLogic } from './transactions.ts';
import type { WriteBatch } from './write-batch.ts';

export interface StoreInput {
  readonly platform: Platform;
  readonly open: Omit<OpenLogInput, 'onSealed'>;
  readonly batch: WriteBatch;
  readonly flushing: Pick<FlusherInput, 'batchTime' | 'maxBatchSize' | 'idleMarkMs'>;
  readonly compaction: (log: OpenLog) => CompactorInput;
  readonly putTimeoutMs: number;
  /** The store writes nothing any more and must be started anew. */
  readonly onHalt: (error: unknown) => void;
  readonly onBug: (error: unknown) => void;
}

interface StoreContext extends StoreInput {
  readonly log: OpenLog | undefined;
  /** Why the store could not start, or why it halted. */
  readonly error: unknown;
}

export const storeMachine = setup({
  types: {
    input: {} as StoreInput,
    context: {} as StoreContext,
    events: {} as ToStore,
  },
  actors: {
    keyLocks: compileMachine(keyLocksMachine),
    flusher: compileMachine(flusherMachine),
    compactor: compactorMachine,
    transactions: transactionsLogic,
    directoryWatch,
    openLog: fromPromise<OpenLog, OpenLogInput>(({ input }) => openLog(input)),
    closeLog: fromPromise<void, OpenLog>(async ({ input: { writer, lock } }) => {
      await writer.close();
      await lock.release();
    }),
  },
  actions: {
    takeLog: assign(({ event }) => ({ log: (event as unknown as { output: OpenLog }).output })),
    noteError: assign(({ event }) => ({ error: (event as unknown as { error: unknown }).error })),
    startKeyLocks: spawnChild('keyLocks', {
      id: 'keyLocks',
      systemId: 'keyLocks',
      input: ({ context }) => ({ index: context.log!.index }),
    }),
    startFlusher: spawnChild('flusher', {
      id: 'flusher',
      systemId: 'flusher',
      input: ({ context: { platform, batch, flushing, log } }) => {
        return { log: log!.writer, batch, clock: platform.clock, turns: platform.turns, ...flushing };
      },
    }),
    startCompactor: spawnChild('compactor', {
      id: 'compactor',
      systemId: 'compactor',
      input: ({ context }) => context.compaction(context.log!),
    }),
    startTransactions: spawnChild('transactions', {
      id: 'transactions',
      systemId: 'transactions',
      input: ({ context: { platform, putTimeoutMs, onBug } }) => ({ clock: platform.clock, putTimeoutMs, onBug }),
    }),
    stopFlusher: stopChild('flusher'),
    stopCompactor: sendTo('compactor', { type: 'stop' }),
    announceHalt: ({ context }) => context.onHalt(context.error),
  },
}).createMachine({
  id: 'store',
  context: ({ input }) => ({ ...input, log: undefined, error: undefined }),
  initial: 'recovering',
  states: {
    recovering: {
      invoke: {
        src: 'openLog',
        input: ({ context, self }) => ({
          ...context.open,
          onSealed: (block) => self.system.get('compactor')?.send({ type: 'sealed', block } satisfies Sealed),
        }),
        onDone: { target: 'running', actions: ['takeLog'] },
        onError: { target: 'refused', actions: ['noteError'] },
      },
    },
    running: {
      entry: ['startKeyLocks', 'startFlusher', 'startCompactor', 'startTransactions'],
      invoke: {
        src: 'directoryWatch',
        input: ({ context }) => ({ platform: context.platform, dataDir: context.open.dataDir }),
      },
      on: {
        flusherHalted: { target: 'halted', actions: ['noteError', 'stopCompactor'] },
        directoryLost: { target: 'halted', actions: ['noteError', 'stopCompactor'] },
      },
      initial: 'serving',
      states: {
        serving: { on: { drain: { target: 'draining' } } },
        draining: { on: { close: { target: 'stoppingCompactor' } } },
        stoppingCompactor: {
          entry: 'stopCompactor',
          on: { 'xstate.done.actor.compactor': { target: 'closingLog' } },
        },
        closingLog: {
          entry: 'stopFlusher',
          invoke: {
            src: 'closeLog',
            input: ({ context }) => context.log!,
            onDone: { target: '#store.closed' },
            onError: { target: '#store.halted', actions: ['noteError'] },
          },
          // The compactor has ended: there is nobody to stop.
          on: { directoryLost: { target: '#store.halted', actions: ['noteError'] } },
        },
      },
    },
    closed: { type: 'final' },
    refused: { type: 'final' },
    halted: { entry: 'announceHalt' },
  },
});
