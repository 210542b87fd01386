/** What a put may ask for and every answer it can get: the vocabulary that HTTP, store and actors share. */
import type { Value } from './wal/value.ts';

export interface PutOperation {
  readonly key: string;
  readonly value: Value;
  /** The version the caller expects the key to have; 0: the key does not exist. */
  readonly version: number;
}

export interface StoredValue {
  readonly value: Value;
  readonly version: number;
}

/** Why one key of a put was refused. `current` is its committed version, 0 if it does not exist. */
export type Conflict =
  | { readonly key: string; readonly reason: 'stale'; readonly expected: number; readonly current: number }
  | {
      readonly key: string;
      readonly reason: 'in_flight';
      readonly expected: number;
      readonly current: number;
      readonly holder: string;
    };

/** Answers to a put. All but `COMMITTED` and `OUTCOME_UNKNOWN` mean: it was not applied and never will be. */
export type PutOutcome =
  | { readonly code: 'COMMITTED'; readonly id: string; readonly seq: number; readonly versions: readonly number[] }
  | { readonly code: 'STALE_VERSION'; readonly id: string; readonly conflicts: readonly Conflict[] }
  | { readonly code: 'KEY_IN_FLIGHT'; readonly id: string; readonly conflicts: readonly Conflict[] }
  /** The key's version is 2^53 − 1, beyond which none can be told from the next. */
  | { readonly code: 'VERSION_EXHAUSTED'; readonly error: string }
  /** The put encoded is larger than a batch may be. */
  | { readonly code: 'PUT_TOO_LARGE'; readonly error: string }
  | { readonly code: PutRefusal; readonly error: string }
  /** The disk did not answer in time (`timeout`) or failed while we were syncing (`sync_failed`). */
  | { readonly code: 'OUTCOME_UNKNOWN'; readonly cause: 'timeout' | 'sync_failed'; readonly error: string };

/** A put that was definitely not applied, for a reason that is the server's. */
export type PutRefusal = AdmissionRefusal | 'DISK_FULL' | 'MEMORY_LIMIT' | 'KEYS_LIMIT';

/** Why no put is taken in at all just now. */
export type AdmissionRefusal = 'QUEUE_FULL' | 'DRAINING' | 'HALTED';

/** The answer to every put for now. */
export interface PutsRefused {
  readonly code: AdmissionRefusal;
  readonly error: string;
}

/** Whether a put could be acknowledged now: serving, disk with room, last flush not overdue. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/**
 * What a request handler needs of the store, which may be in another thread: then the calls that take an `answer` answer
 * later, and else before they return. `openStore` in `store.ts` makes one; tests and benches may make their own.
 */
export interface StoreService {
  /** What the key holds at a moment between the call and the answer, durable; `undefined` if it does not exist. */
  read(key: string, answer: (stored: StoredValue | undefined) => void): void;
  /**
   * The same for many keys at one moment, before any put that is begun after the call. Ends early, with fewer answers, once
   * what there is takes `textBytesMax` or more as JSON.
   */
  readMany(
    keys: readonly string[],
    textBytesMax: number,
    answer: (stored: readonly (StoredValue | undefined)[]) => void,
  ): void;
  /**
   * Writes all or nothing. Never rejects. The operations must be well formed: at least one, no key twice, limits
   * checked; the request layer has seen to that.
   */
  put(operations: readonly PutOperation[]): Promise<PutOutcome>;
  /** Why a put would be refused unseen just now; `undefined` if it would be taken in. Cheap: asked before the body is read. */
  refusesPuts(): PutsRefused | undefined;
  askReadiness(answer: (readiness: Readiness) => void): void;
}

/** What it takes to serve a store to other threads, which learn ahead of their puts that those would be refused. */
export interface WatchableStore extends StoreService {
  /** Calls `listener` whenever puts may be refused, or taken in again, for another reason than a full queue. */
  watchState(listener: () => void): void;
}
