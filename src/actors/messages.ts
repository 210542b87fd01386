/** Every message that crosses from one actor to another. */
import type { ActorRef, Snapshot } from 'xstate';
import type { PutRefusal } from '../outcome.ts';
import type { SealedBlock } from '../wal/block-writer.ts';
import type { Hold } from './key-entry.ts';

/** An actor that understands the messages of type `Message`, whatever it is inside. */
export type Ref<Message extends { type: string }> = ActorRef<Snapshot<unknown>, Message>;

// To the key locks, from transactions.

/** Asks for all the keys or none; answered at once with `granted` or `denied`. */
export interface Reserve {
  readonly type: 'reserve';
  readonly keys: readonly string[];
  readonly holder: string;
  readonly replyTo: Ref<Granted | Denied>;
}

/** Gives back all keys of a hold. */
export interface Release {
  readonly type: 'release';
  readonly hold: Hold;
}

// To a transaction, from the key locks.

/** All of the keys are the asker's until it releases them. */
export interface Granted {
  readonly type: 'granted';
  readonly hold: Hold;
}

/** None of the keys was taken. */
export interface Denied {
  readonly type: 'denied';
  /** The keys that others hold, and who. */
  readonly rivals: ReadonlyMap<string, string>;
}

// To the flusher, from transactions.

export interface Append {
  readonly type: 'append';
  /** The encoded put. Its seq is filled in when its batch is closed. */
  readonly record: Buffer;
  readonly replyTo: Ref<FlushReply>;
}

// To a transaction, from the flusher: exactly one of them for each `append`.

/** The put is on stable storage. */
export interface Durable {
  readonly type: 'durable';
  readonly seq: number;
}

/** Not a byte of the put was written, and none will be. */
export interface NotApplied {
  readonly type: 'notApplied';
  readonly code: Extract<PutRefusal, 'DISK_FULL' | 'HALTED'>;
  readonly error: string;
}

/** The disk failed while the put was being written: it may come back at the next start, or not. */
export interface Undecided {
  readonly type: 'undecided';
  readonly error: string;
}

export type FlushReply = Durable | NotApplied | Undecided;

// To a transaction, from the transactions' supervisor.

/** The disk has not answered in time: tell the caller so, and go on waiting. */
export interface Overdue {
  readonly type: 'overdue';
  readonly error: string;
}

// To the compactor, from the block writer.

export interface Sealed {
  readonly type: 'sealed';
  readonly block: SealedBlock;
}

// To the compactor, from the store.

/** Ends the compactor: what it merges is given up, what it has merged is put in place first. */
export interface StopCompacting {
  readonly type: 'stop';
}

// To the store, from its children.

/** An append or sync failed: nothing is written any more. */
export interface FlusherHalted {
  readonly type: 'flusherHalted';
  readonly error: unknown;
}

/** The data directory was removed or replaced under us. */
export interface DirectoryLost {
  readonly type: 'directoryLost';
  readonly error: unknown;
}

/** The compactor has ended, as XState reports the end of any child. */
export interface CompactorEnded {
  readonly type: 'xstate.done.actor.compactor';
}

// To the store, from whoever owns it.

/** Takes no further puts; those under way run to their end. */
export interface Drain {
  readonly type: 'drain';
}

/** Seals the log and lets go of the directory. */
export interface Close {
  readonly type: 'close';
}

export type ToKeyLocks = Reserve | Release;
export type ToTransaction = Granted | Denied | FlushReply | Overdue;
export type ToFlusher = Append;
export type ToCompactor = Sealed | StopCompacting;
export type ToStore = FlusherHalted | DirectoryLost | CompactorEnded | Drain | Close;
