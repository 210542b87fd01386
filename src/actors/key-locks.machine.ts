/** The key locks: all keys of a put or none. Never waits for a key, so two puts can never wait for each other. */
import { sendTo, setup } from 'xstate';
import type { KeyIndex } from './key-index.ts';
import { LockTable } from './lock-table.ts';
import type { Release, Reserve, ToKeyLocks } from './messages.ts';

export interface KeyLocksInput {
  readonly index: KeyIndex;
}

export interface KeyLocksContext {
  readonly table: LockTable;
}

export const keyLocksMachine = setup({
  types: {
    input: {} as KeyLocksInput,
    context: {} as KeyLocksContext,
    events: {} as ToKeyLocks,
  },
  guards: {
    allAreFree: ({ context, event }) => context.table.areFree((event as Reserve).keys),
  },
  actions: {
    hold: ({ context, event }) => {
      const { keys, holder } = event as Reserve;
      context.table.hold(keys, holder);
    },
    // Comes right after `hold`.
    grant: sendTo(
      ({ event }) => (event as Reserve).replyTo,
      ({ context }) => ({ type: 'granted', hold: context.table.newest! }),
    ),
    free: ({ context, event }) => context.table.release((event as Release).hold),
    deny: sendTo(
      ({ event }) => (event as Reserve).replyTo,
      ({ context, event }) => ({ type: 'denied', rivals: context.table.rivals((event as Reserve).keys) }),
    ),
  },
}).createMachine({
  id: 'keyLocks',
  context: ({ input }) => ({ table: new LockTable(input.index) }),
  initial: 'serving',
  states: {
    serving: {
      on: {
        reserve: [{ guard: 'allAreFree', actions: ['hold', 'grant'] }, { actions: 'deny' }],
        release: { actions: 'free' },
      },
    },
  },
});
