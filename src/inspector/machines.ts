/** The machines that the inspector shows, as they run. */
import type { AnyStateMachine } from 'xstate';
import { compactorMachine } from '../actors/compactor.machine.ts';
import { flusherMachine } from '../actors/flusher.machine.ts';
import { keyLocksMachine } from '../actors/key-locks.machine.ts';
import { storeMachine } from '../actors/store.machine.ts';
import { transactionMachine } from '../actors/transaction.machine.ts';
import type { MachineName } from './protocol.ts';

/** In the order in which a put meets them; the store, which holds them all, is last. */
export const machines: Readonly<Record<MachineName, AnyStateMachine>> = {
  transaction: transactionMachine,
  keyLocks: keyLocksMachine,
  flusher: flusherMachine,
  compactor: compactorMachine,
  store: storeMachine,
};
