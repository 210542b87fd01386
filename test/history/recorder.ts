/** Writes down what clients did and saw, in the one order of its counter. Whoever drives a store calls it around each operation. */
import type { PutOutcome } from '../../src/outcome.ts';
import type { GetOperation, History, Operation, PutOutcomeSeen, RequestedWrite } from './history.ts';

export class Recorder {
  readonly #completed: Operation[] = [];
  readonly #openPuts = new Set<OpenPut>();
  readonly #restarts: number[] = [];
  #moment = 0;

  /** To be called before the put is sent. The returned function takes the answer; one that never comes is an unknown. */
  put(client: number, writes: readonly RequestedWrite[]): (outcome: PutOutcomeSeen) => void {
    const open = { client, invokedAt: this.#next(), writes };
    this.#openPuts.add(open);
    return (outcome) => {
      if (!this.#openPuts.delete(open)) throw new Error(`client ${client} got two answers to one put`);
      this.#completed.push({ kind: 'put', ...open, completedAt: this.#next(), outcome });
    };
  }

  /** To be called before the get is sent. A get whose answer never comes leaves no trace. */
  get(client: number, key: string): (found: GetOperation['found']) => void {
    const invokedAt = this.#next();
    return (found) => {
      this.#completed.push({ kind: 'get', client, invokedAt, completedAt: this.#next(), key, found });
    };
  }

  /**
   * To be called when a server process has ended and before the next one starts; by then every request of before must be
   * given up, so that none of them reaches the next process. Answers that are still on their way may come in later.
   */
  restart(): void {
    this.#restarts.push(this.#next());
  }

  /** Everything so far. */
  get history(): History {
    const unanswered = Array.from(this.#openPuts, (open): Operation => {
      return { kind: 'put', ...open, completedAt: Number.POSITIVE_INFINITY, outcome: { kind: 'unknown' } };
    });
    return { operations: [...this.#completed, ...unanswered], restarts: [...this.#restarts] };
  }

  #next(): number {
    this.#moment += 1;
    return this.#moment;
  }
}

interface OpenPut {
  readonly client: number;
  readonly invokedAt: number;
  readonly writes: readonly RequestedWrite[];
}

/** What an answer of the store tells its caller. */
export function outcomeSeen(outcome: PutOutcome): PutOutcomeSeen {
  switch (outcome.code) {
    case 'COMMITTED':
      return { kind: 'committed', seq: outcome.seq, versions: outcome.versions };
    case 'STALE_VERSION': {
      const stale = outcome.conflicts.filter(({ reason }) => reason === 'stale');
      return { kind: 'stale', current: stale.map(({ key, current }) => ({ key, version: current })) };
    }
    case 'OUTCOME_UNKNOWN':
      return { kind: 'unknown' };
    default:
      return { kind: 'refused' };
  }
}
