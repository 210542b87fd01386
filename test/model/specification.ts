/**
 * What concave promises, as a plain `Map`: the definition of correct. Disk, batches, blocks and actors do not exist
 * here.
 *
 * A put is decided when it arrives and ends later: `begin` refuses it or lets it in, then one of `commit` and
 * `rollBack` ends it. Between the two it is *in flight*: nobody reads what it writes, and no other put may write its
 * keys. A put that was answered *unknown* stays in flight until the next start, which shows it whole or not at all.
 */
import type { PutOperation, StoredValue } from '../../src/outcome.ts';

/** A put that was let in. Its conflicts name it to others; the real store does so by the transaction's id. */
export interface Ticket {
  readonly operations: readonly PutOperation[];
  /** The real store's name for it, once it was told. */
  id: string | undefined;
}

/** Why one key stands against a put. */
export type ExpectedConflict =
  | { readonly key: string; readonly reason: 'stale'; readonly expected: number; readonly current: number }
  | {
      readonly key: string;
      readonly reason: 'in_flight';
      readonly expected: number;
      readonly current: number;
      readonly holder: Ticket;
    };

export type Verdict =
  /** One request cannot give a key two values: it means nothing, whatever the store holds. */
  | { readonly code: 'DUPLICATE_KEY' }
  | { readonly code: 'STALE_VERSION' | 'KEY_IN_FLIGHT'; readonly conflicts: readonly ExpectedConflict[] }
  /** Beyond this version none could be told from the next. */
  | { readonly code: 'VERSION_EXHAUSTED' }
  | { readonly code: 'LET_IN'; readonly ticket: Ticket };

export interface Committed {
  readonly seq: number;
  /** The new ones, in the order of the request. */
  readonly versions: readonly number[];
}

const VERSION_MAX = Number.MAX_SAFE_INTEGER;

export class Specification {
  /** What is durable. Keys are compared as they are, never normalised; a value keeps its type. */
  #committed: Map<string, StoredValue>;
  /** Oldest first, which is also the order in which they commit. */
  #inFlight: Ticket[] = [];
  /** Transactions are numbered without a gap, from 1. */
  #lastSeq: number;

  constructor(committed: Iterable<readonly [string, StoredValue]> = [], lastSeq = 0) {
    this.#committed = new Map(committed);
    this.#lastSeq = lastSeq;
  }

  get keys(): readonly string[] {
    return [...this.#committed.keys()];
  }

  get inFlight(): readonly Ticket[] {
    return this.#inFlight;
  }

  /** Shows only what is durable. */
  get(key: string): StoredValue | undefined {
    return this.#committed.get(key);
  }

  /** The version that a put must expect: 0 if the key does not exist. */
  currentVersion(key: string): number {
    return this.#committed.get(key)?.version ?? 0;
  }

  /** A put arrives. It is let in whole or refused whole, and the refusal names every key that stands against it. */
  begin(operations: readonly PutOperation[]): Verdict {
    const keys = operations.map(({ key }) => key);
    if (new Set(keys).size < keys.length) return { code: 'DUPLICATE_KEY' };
    const conflicts = operations.flatMap((operation) => this.#conflictOf(operation) ?? []);
    if (conflicts.some(({ reason }) => reason === 'stale')) return { code: 'STALE_VERSION', conflicts };
    if (conflicts.length > 0) return { code: 'KEY_IN_FLIGHT', conflicts };
    if (keys.some((key) => this.currentVersion(key) === VERSION_MAX)) return { code: 'VERSION_EXHAUSTED' };
    const ticket: Ticket = { operations, id: undefined };
    this.#inFlight.push(ticket);
    return { code: 'LET_IN', ticket };
  }

  /** The put is durable: from now on reads show all of it. */
  commit(ticket: Ticket): Committed {
    this.#end(ticket);
    this.#lastSeq += 1;
    const versions = ticket.operations.map(({ key, value }) => {
      const version = this.currentVersion(key) + 1;
      this.#committed.set(key, { value, version });
      return version;
    });
    return { seq: this.#lastSeq, versions };
  }

  /** The put definitely did not happen. Its keys are free, with the values they had. */
  rollBack(ticket: Ticket): void {
    this.#end(ticket);
  }

  /**
   * What may be found at a start: everything that was acknowledged, and of the puts in flight the first few, in the
   * order in which they would have committed, each of them whole.
   */
  atStart(): readonly Specification[] {
    return Array.from({ length: this.#inFlight.length + 1 }, (_, survivors) => {
      const after = new Specification(this.#committed, this.#lastSeq);
      for (const ticket of this.#inFlight.slice(0, survivors)) {
        after.#inFlight.push(ticket);
        after.commit(ticket);
      }
      return after;
    });
  }

  /** Goes on with one of those. */
  become(after: Specification): void {
    this.#committed = after.#committed;
    this.#lastSeq = after.#lastSeq;
    this.#inFlight = [];
  }

  /** A key whose version is not the expected one is stale, whether or not somebody is writing it. */
  #conflictOf({ key, version: expected }: PutOperation): ExpectedConflict | undefined {
    const current = this.currentVersion(key);
    if (current !== expected) return { key, reason: 'stale', expected, current };
    const holder = this.#inFlight.find(({ operations }) => operations.some((operation) => operation.key === key));
    return holder && { key, reason: 'in_flight', expected, current, holder };
  }

  #end(ticket: Ticket): void {
    this.#inFlight = this.#inFlight.filter((other) => other !== ticket);
  }
}
