/**
 * The store's actors in XState's inspection protocol, for the viewers that others have made: events of `@statelyai/inspect`,
 * made by that package's own inspector. It converts whatever it is given, at a cost of its own for each event; so the
 * transactions that are shown are chosen before it sees them, and it is given plain views in place of the real contexts.
 */
import { createInspector } from '@statelyai/inspect';
import type { AnyActorRef, InspectionEvent } from 'xstate';
import type { TransactionInput } from '../actors/transaction.machine.ts';
import type { StandingActors, StoreInternals } from '../store.ts';
import { type ActorKind, PlainView } from './plain-view.ts';
import type { Redaction } from './redaction.ts';
import { Sampler } from './sampler.ts';
import type { ActorWatcher } from './watch-actors.ts';

const RATES = { autoPerS: 50, mostPerS: 50 };
const SAMPLING_INTERVAL_MS = 200;
/** Of the transactions under way when it begins, the oldest are announced: where a disk hangs, those matter. */
const FOUND_MAX = 100;
/** Shown transactions that may be under way at a time. */
const CHOSEN_MAX = 1000;

export interface StockFeedOptions {
  readonly internals: StoreInternals;
  readonly redaction: Redaction;
  /** Sends one event, as JSON. */
  readonly send: (text: string) => void;
  /** Whether more would be too much just now: then no further transaction is chosen. */
  readonly isBehind: () => boolean;
  readonly onError: (error: unknown) => void;
}

type InspectedEvent = Extract<InspectionEvent, { type: '@xstate.event' }>;
type InspectedSnapshot = Extract<InspectionEvent, { type: '@xstate.snapshot' }>;

export class StockFeed implements ActorWatcher {
  readonly onError: (error: unknown) => void;
  readonly #options: StockFeedOptions;
  readonly #actors: StandingActors;
  readonly #view: PlainView;
  readonly #inspector: ReturnType<typeof createInspector>;
  readonly #sampler = new Sampler(RATES);
  #sampledMs: number;
  readonly #chosen = new Set<AnyActorRef>();
  /** The last event of each standing actor that was passed on: only what follows from it is passed on as well. */
  readonly #followed = new WeakMap<AnyActorRef, object>();
  /** The call of the flusher that is shown: one is while a chosen transaction is under way. */
  #shownCall: AnyActorRef | undefined;

  /** To be attached to the actors in the same turn. */
  constructor(options: StockFeedOptions) {
    const { internals, redaction, send, onError } = options;
    this.#options = options;
    this.onError = onError;
    this.#actors = internals.actors;
    this.#view = new PlainView(redaction);
    // Called by that package in a turn of its own: what is thrown there would end the process.
    this.#inspector = createInspector({
      send: (event) => {
        try {
          send(JSON.stringify(event));
        } catch (error) {
          onError(error);
        }
      },
    });
    this.#sampledMs = internals.clock.now();
    this.#sampler.takeInterval(0);
    // XState does not announce those that are there already.
    for (const actor of Object.values(this.#actors) as AnyActorRef[]) this.#announce(actor);
    for (const { ref } of internals.transactions.underWay()) {
      if (this.#chosen.size >= FOUND_MAX) break;
      this.#chosen.add(ref);
      this.#announce(ref);
    }
  }

  onTransition(): void {}

  onInspection(inspected: InspectionEvent): void {
    if (inspected.type === '@xstate.event') this.#onEvent(inspected);
    else if (inspected.type === '@xstate.snapshot') this.#onSnapshot(inspected);
  }

  #onEvent(inspected: InspectedEvent): void {
    const target = inspected.actorRef as AnyActorRef;
    const source = inspected.sourceRef as AnyActorRef | undefined;
    if (inspected.event.type === 'xstate.init') this.#begin(target, inspected.event as never);
    if (!this.#isShown(target, source)) return;
    this.#followed.set(target, inspected.event);
    this.#next({ ...inspected, actorRef: plainRef(target), event: this.#view.event(inspected.event) });
    // Its end, as its parent hears of it, is the last of a transaction.
    if (source && target === this.#actors.transactions) this.#chosen.delete(source);
  }

  #onSnapshot(inspected: InspectedSnapshot): void {
    const actor = inspected.actorRef as AnyActorRef;
    const isTransaction = actor._parent === this.#actors.transactions;
    if (isTransaction ? !this.#followed.has(actor) : this.#followed.get(actor) !== inspected.event) return;
    const snapshot = this.#view.snapshot(this.#kindOf(actor), inspected.snapshot as never);
    this.#next({ ...inspected, actorRef: plainRef(actor), event: this.#view.event(inspected.event), snapshot });
  }

  #begin(actor: AnyActorRef, { input }: { readonly input: TransactionInput }): void {
    if (actor._parent === this.#actors.transactions) {
      if (!this.#chooses(input)) return;
      this.#chosen.add(actor);
    } else if (actor._parent === this.#actors.flusher) {
      this.#shownCall = this.#chosen.size > 0 && !this.#options.isBehind() ? actor : undefined;
      if (!this.#shownCall) return;
    }
    this.#announce(actor);
  }

  #chooses({ operations }: TransactionInput): boolean {
    const now = this.#options.internals.clock.now();
    const passedMs = now - this.#sampledMs;
    if (passedMs >= SAMPLING_INTERVAL_MS) {
      this.#sampledMs = now;
      this.#sampler.takeInterval(passedMs);
    }
    return this.#sampler.chooses(operations, this.#chosen.size < CHOSEN_MAX && !this.#options.isBehind());
  }

  /** Everything of a chosen transaction and of the calls that carry one; of the rest, what does not happen once a put. */
  #isShown(target: AnyActorRef, source: AnyActorRef | undefined): boolean {
    const { transactions, flusher, keyLocks } = this.#actors;
    if (target._parent === transactions) return this.#chosen.has(target);
    if (source?._parent === transactions) return this.#chosen.has(source);
    if (target._parent === flusher) return target === this.#shownCall;
    if (source?._parent === flusher) return source === this.#shownCall;
    return target !== keyLocks && target !== transactions;
  }

  #announce(actor: AnyActorRef): void {
    const { logic } = actor as unknown as { readonly logic: { readonly config?: unknown } };
    const config = typeof logic.config === 'object' ? logic.config : undefined;
    // Of this moment: the package asks for it later.
    const snapshot = this.#view.snapshot(this.#kindOf(actor), actor.getSnapshot() as never);
    const actorRef = { ...plainRef(actor), logic: { config }, getSnapshot: () => snapshot };
    this.#next({ type: '@xstate.actor', actorRef, rootId: this.#actors.store.sessionId });
  }

  #kindOf(actor: AnyActorRef): ActorKind {
    const { transactions, keyLocks, flusher, compactor, store } = this.#actors;
    if (actor._parent === transactions) return 'transaction';
    switch (actor) {
      case transactions:
        return 'transactions';
      case keyLocks:
        return 'keyLocks';
      case flusher:
        return 'flusher';
      case compactor:
        return 'compactor';
      case store:
        return 'store';
      default:
        return 'call';
    }
  }

  #next(inspected: object): void {
    (this.#inspector.inspect as { next(event: unknown): void }).next(inspected);
  }
}

/** As much of an actor as the package reads of one that is announced already. */
function plainRef({ id, sessionId, _parent }: AnyActorRef): object {
  return { id, sessionId, _parent: _parent && { sessionId: _parent.sessionId } };
}
