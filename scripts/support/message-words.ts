/** Every message between actors: who sends it and what it means. The compiler keeps it complete; real runs, true. */
import type { ToCompactor, ToFlusher, ToKeyLocks, ToStore, ToTransaction } from '../../src/actors/messages.ts';
import type { MachineName } from '../../src/inspector/protocol.ts';

export type Sender = MachineName | 'supervisor' | 'blockWriter' | 'directoryWatch' | 'owner';

export interface MessageWords {
  readonly from: Sender;
  readonly meaning: string;
}

type WordsFor<Message extends { readonly type: string }> = Readonly<Record<Message['type'], MessageWords>>;

interface WordsByReceiver {
  readonly transaction: WordsFor<ToTransaction>;
  readonly keyLocks: WordsFor<ToKeyLocks>;
  readonly flusher: WordsFor<ToFlusher>;
  readonly compactor: WordsFor<ToCompactor>;
  readonly store: WordsFor<ToStore>;
}

export const messageWords: WordsByReceiver = {
  transaction: {
    granted: { from: 'keyLocks', meaning: 'All of its keys are held by it now.' },
    denied: { from: 'keyLocks', meaning: 'None of its keys was taken; says which of them others hold, and who.' },
    durable: { from: 'flusher', meaning: 'Its record is on stable storage, under this seq.' },
    notApplied: { from: 'flusher', meaning: 'Not a byte of it was written, and none will be; says why.' },
    undecided: {
      from: 'flusher',
      meaning: 'The disk failed while it was being written: it may come back at the next start, or not.',
    },
    overdue: {
      from: 'supervisor',
      meaning: 'The disk has not answered in `putTimeoutMs`: tell the caller so, and go on waiting.',
    },
  },
  keyLocks: {
    reserve: { from: 'transaction', meaning: 'Asks for all of these keys or none; answered at once.' },
    release: { from: 'transaction', meaning: 'Gives all of its keys back.' },
  },
  flusher: {
    append: { from: 'transaction', meaning: 'Write this record; answered once, when the outcome is known.' },
  },
  compactor: {
    sealed: { from: 'blockWriter', meaning: 'A log block is full and will not be written any more.' },
    stop: {
      from: 'store',
      meaning: 'Come to an end: what is being merged is given up, what is merged is put in place first.',
    },
  },
  store: {
    flusherHalted: { from: 'flusher', meaning: 'A write to the log failed: nothing is written any more.' },
    directoryLost: { from: 'directoryWatch', meaning: 'The data directory was removed or replaced.' },
    'xstate.done.actor.compactor': {
      from: 'compactor',
      meaning: 'It has ended, as XState reports the end of any child.',
    },
    drain: { from: 'owner', meaning: 'Takes no further puts; those under way run to their end.' },
    close: { from: 'owner', meaning: 'Seals the log and lets go of the directory.' },
  },
};

export interface MessageRow extends MessageWords {
  readonly type: string;
  readonly to: MachineName;
}

/** All of them, by receiver. */
export function messageRows(): MessageRow[] {
  return (Object.keys(messageWords) as MachineName[]).flatMap((to) =>
    Object.entries<MessageWords>(messageWords[to]).map(([type, words]) => ({ type, to, ...words })),
  );
}
