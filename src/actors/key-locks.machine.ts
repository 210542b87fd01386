/** The key locks: all keys of a put or none. Never waits for a key, so two puts can never wait for each other. */
import { sendTo, setup } from 'xstate';
import { LockTable } from './lock-table.ts';
import type { Reserve, ToKeyLocks } from './messages.ts';

export interface KeyLocksContext {
  readonly table: LockTable;
}

export const keyLocksMachine = setup({
  types: {
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
    free: ({ context, event }) => context.table.release(event.keys, event.holder),
    grant: sendTo(({ event }) => (event as Reserve).replyTo, { type: 'granted' }),
    deny: sendTo(
      ({ event }) => (event as Reserve).replyTo,
      ({ context, event }) => ({ type: 'denied', rivals: context.table.rivals(event.keys) }),
    ),
  },
}).createMachine({
  id: 'keyLocks',
  context: () => ({ table: new LockTable() }),
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
