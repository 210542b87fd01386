/**
 * What clients did to a store and what they saw, in one order: the input of the history checker. One observer numbers every
 * invocation and every completion from the same counter, so there are no ties and no clocks to compare; the numbers go on
 * over restarts.
 */

export interface History {
  /** In any order. */
  readonly operations: readonly Operation[];
  /**
   * Moments, numbered by the same counter, at which a server process had ended and the next had not begun; ascending. No
   * request of before one reaches a process after it: a put without an answer happened before that moment, or never.
   */
  readonly restarts?: readonly number[];
}

export type Operation = PutOperation | GetOperation;

interface Observed {
  /** One client has at most one operation under way at a time; operations after a lost one belong to a new client. */
  readonly client: number;
  readonly invokedAt: number;
  /** `Infinity` for an operation that never had an answer. */
  readonly completedAt: number;
}

export interface PutOperation extends Observed {
  readonly kind: 'put';
  readonly writes: readonly RequestedWrite[];
  readonly outcome: PutOutcomeSeen;
}

export interface RequestedWrite {
  readonly key: string;
  /** The version the put expects: what it writes is this + 1. */
  readonly expected: number;
  /** Text that stands for the value, and for its kind; no other write of the history has the same. */
  readonly value: string;
}

export type PutOutcomeSeen =
  | { readonly kind: 'committed'; readonly seq: number; readonly versions: readonly number[] }
  /** Refused with the current version of every key that was stale: a read of those keys. */
  | { readonly kind: 'stale'; readonly current: readonly SeenVersion[] }
  /** Definitely not applied, and nothing is said about versions: in flight, no room, queue full, halted. */
  | { readonly kind: 'refused' }
  /** Timeout, broken connection, server died, or an answer that says so. */
  | { readonly kind: 'unknown' };

export interface SeenVersion {
  readonly key: string;
  /** 0: the key did not exist. */
  readonly version: number;
}

export interface GetOperation extends Observed {
  readonly kind: 'get';
  readonly key: string;
  /** `undefined`: no such key. Gets without an answer are not recorded: they say nothing. */
  readonly found: { readonly value: string; readonly version: number } | undefined;
}

/** One committed transaction as the log has it. The log's order of them is the serial order. */
export interface LoggedTransaction {
  readonly seq: number;
  readonly writes: readonly LoggedWrite[];
}

export interface LoggedWrite {
  readonly key: string;
  /** The new one. */
  readonly version: number;
  /** The same text as in the request. */
  readonly value: string;
}
