/**
 * Parent of all transaction actors: starts them, knows which are under way, and tells those that wait too long. Written as
 * plain actor logic, because every transaction reports its end here and an interpreted parent would pay for each.
 */
import {
  type ActorLogic,
  type AnyActorRef,
  createActor,
  type DoneActorEvent,
  type ErrorActorEvent,
  type Snapshot,
} from 'xstate';
import type { Clock } from '../wal/platform.ts';
import { ArrivalList, type Place } from './arrival-list.ts';
import { compileMachine } from './compile-machine.ts';
import { type TransactionInput, transactionMachine } from './transaction.machine.ts';

export interface TransactionsInput {
  readonly clock: Clock;
  /** How long a put may wait for the disk before its caller is told that nobody knows. */
  readonly putTimeoutMs: number;
  /** An error inside a transaction is a bug, never a refusal. */
  readonly onBug: (error: unknown) => void;
}

export const transactionLogic = compileMachine(transactionMachine);

interface Live {
  readonly startedMs: number;
  /** Set as soon as there is an actor. */
  ref: AnyActorRef | undefined;
  /** Its caller has been told that nobody knows yet. */
  isOverdue: boolean;
}

/** A transaction that has begun and not ended. */
export interface UnderWay {
  readonly startedMs: number;
  readonly ref: AnyActorRef;
}

/** The transactions under way, oldest first. */
export class Transactions {
  readonly #input: TransactionsInput;
  readonly #live = new ArrivalList<Live>();
  #sweep: unknown;
  #onIdle: (() => void)[] = [];

  constructor(input: TransactionsInput) {
    this.#input = input;
  }

  get count(): number {
    return this.#live.size;
  }

  /** How long the oldest one has been under way, in milliseconds; 0 if there is none. */
  get oldestAgeMs(): number {
    const { oldest } = this.#live;
    return oldest ? this.#input.clock.now() - oldest.startedMs : 0;
  }

  /** Oldest first. None may begin or end while they are gone through. */
  *underWay(): IterableIterator<UnderWay> {
    for (const { startedMs, ref } of this.#live) if (ref) yield { startedMs, ref };
  }

  start(parent: AnyActorRef, put: Omit<TransactionInput, 'place'>): void {
    const live: Live = { startedMs: this.#input.clock.now(), ref: undefined, isOverdue: false };
    const input: TransactionInput = { ...put, place: this.#live.add(live) };
    // `parent` makes it a child as `spawn` would, without a copy of the parent's context for each.
    const ref = createActor(transactionLogic, { id: input.id, input, parent } as never);
    live.ref = ref;
    this.#sweep ??= this.#scheduleSweep();
    ref.start();
  }

  ended(place: Place<unknown>): void {
    this.#live.remove(place as Place<Live>);
    if (this.#live.size > 0) return;
    for (const callback of this.#onIdle.splice(0)) callback();
  }

  failed(error: unknown): void {
    this.#input.onBug(error);
  }

  /** Calls back when none is under way, at once if that is now. */
  whenIdle(callback: () => void): void {
    if (this.#live.size === 0) callback();
    else this.#onIdle.push(callback);
  }

  /** Tells every caller that still waits that nobody knows yet. */
  abandon(error: string): void {
    for (const live of this.#live) tellOverdue(live, error);
  }

  #scheduleSweep(): unknown {
    const { clock, putTimeoutMs } = this.#input;
    const everyMs = Math.max(1, putTimeoutMs / 20);
    return clock.setTimeout(() => {
      const now = clock.now();
      const error = `the disk has not answered in ${putTimeoutMs} ms (putTimeoutMs); the put may still be applied`;
      for (const live of this.#live) {
        if (now - live.startedMs < putTimeoutMs) break;
        tellOverdue(live, error);
      }
      this.#sweep = this.#live.size > 0 ? this.#scheduleSweep() : undefined;
    }, everyMs);
  }
}

/** Once: told again and again, very many that wait for a disk that hangs would keep the processor from everything else. */
function tellOverdue(live: Live, error: string): void {
  if (live.isOverdue) return;
  live.isOverdue = true;
  live.ref?.send({ type: 'overdue', error });
}

/** The supervising actor itself: it only takes note of how its children end. */
export const transactionsLogic: ActorLogic<
  Snapshot<undefined> & { readonly transactions: Transactions },
  { type: string } & Partial<DoneActorEvent<Place<unknown>> & ErrorActorEvent>,
  TransactionsInput
> = {
  getInitialSnapshot: (_scope, input) => ({
    status: 'active',
    output: undefined,
    error: undefined,
    transactions: new Transactions(input),
  }),
  transition: (snapshot, event) => {
    // Told apart by what they carry: their types end in the child's id and would have to be searched each time.
    if (event.output !== undefined) snapshot.transactions.ended(event.output);
    else if (event.error !== undefined) snapshot.transactions.failed(event.error);
    return snapshot;
  },
  getPersistedSnapshot: (snapshot) => snapshot,
};
