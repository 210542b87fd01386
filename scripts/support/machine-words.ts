/** What is said of each machine, on its page of docs/state-diagrams and over its chart. */
import type { MachineName } from '../../src/inspector/protocol.ts';

export interface MachineWords {
  readonly title: string;
  readonly page: string;
  readonly source: string;
  /** In its chart: plain text. */
  readonly about: string;
  /** What its page says as well, in Markdown. */
  readonly more: string;
}

export const machineWords: Readonly<Record<MachineName, MachineWords>> = {
  transaction: {
    title: 'Transaction',
    page: 'transaction.md',
    source: 'src/actors/transaction.machine.ts',
    about:
      'One actor for each put. It asks for all of its keys, compares the expected versions with the committed ones, encodes its record, and waits for the flush that makes it durable.',
    more: '`rejected` means refused before anything was written; `rolledBack` that the flush definitely failed; `undecided` that the disk failed and nobody knows.',
  },
  keyLocks: {
    title: 'Key locks',
    page: 'key-locks.md',
    source: 'src/actors/key-locks.machine.ts',
    about: 'Grants all the keys of a put or none. A put that is denied learns who holds which key.',
    more: 'It never makes a put wait for a key, so two puts can never wait for each other.',
  },
  flusher: {
    title: 'Flusher',
    page: 'flusher.md',
    source: 'src/actors/flusher.machine.ts',
    about: 'Group commit: puts that gather while one flush is under way go out together with the next.',
    more: 'A full disk is a definite failure, after which room is looked for every second; any other failure is final.',
  },
  compactor: {
    title: 'Compactor',
    page: 'compactor.md',
    source: 'src/actors/compactor.machine.ts',
    about: 'Owns the blocks once they are sealed, and merges the newest of them where there are too many.',
    more: 'More than `maxBlocks` are too many. What it merges becomes part of the log with a rename; only then are the inputs deleted.',
  },
  store: {
    title: 'Store',
    page: 'store.md',
    source: 'src/actors/store.machine.ts',
    about:
      'The root of all actors. It recovers before it serves, drains before it closes, and halts when the disk fails or the data directory is gone.',
    more: 'It spawns the others when the log is open; each put then gets a transaction of its own from their supervisor.',
  },
};
