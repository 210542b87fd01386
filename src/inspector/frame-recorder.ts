/** Watches the actors and makes the frames that the page shows: what happened since the last one, and what is so now. */
import type { AnyActorRef, InspectionEvent } from 'xstate';
import type { TakenTransition } from '../actors/machine-table.ts';
import type { Append, Denied, Granted, NotApplied, ToTransaction, Undecided } from '../actors/messages.ts';
import type { TransactionContext, TransactionInput } from '../actors/transaction.machine.ts';
import type { UnderWay } from '../actors/transactions.ts';
import type { StandingActors, StoreInternals } from '../store.ts';
import { CompactionLog } from './compaction-log.ts';
import { EdgeCounts } from './edge-counts.ts';
import { FlushLog } from './flush-log.ts';
import { HotKeys } from './hot-keys.ts';
import { outlineOf } from './machine-outline.ts';
import { machines } from './machines.ts';
import type { Frame, Outcome, PutCounts, Rival, StateName, TransactionRecord } from './protocol.ts';
import type { Redaction } from './redaction.ts';
import { Sampler } from './sampler.ts';
import { blocksNow, compactorSnapshot, locksNow, statesNow } from './store-now.ts';
import { type Answer, TransactionTrace } from './transaction-trace.ts';
import type { ActorWatcher } from './watch-actors.ts';

const HOT_KEYS_SHOWN = 20;
/** Who stood in the way of one put. */
const RIVALS_SHOWN = 50;
/** Under way, that are looked through for rivals: a busy server has few, one whose disk hangs has ten thousand. */
const RIVALS_LOOKED_FOR_AMONG = 5000;
/** Of records, in one frame: a viewer costs at most about 2.5 MB a second, and much less as a rule. */
const RECORD_CHARACTERS_MAX = 200_000;
/** Of one put, that are counted as hot: the largest have ten thousand. */
const KEYS_COUNTED = 64;
/** Shown transactions that may be under way: a disk that hangs must not fill the memory with them. */
const TRACES_MAX = 1000;

/** Of those under way when the watch begins, the oldest. */
const FOUND_MAX = 100;

const INITIAL_STATE = outlineOf(machines.transaction).initial;

export interface FrameRecorderOptions {
  readonly internals: StoreInternals;
  readonly redaction: Redaction;
  readonly onError: (error: unknown) => void;
  /** By default one of its own. */
  readonly sampler?: Sampler;
}

type Counted = Exclude<keyof PutCounts, 'underWay'>;
type Ended = Exclude<Outcome, 'underWay'>;

interface TransactionSnapshot {
  readonly status: string;
  readonly value: StateName;
  readonly context: TransactionContext;
}

export class FrameRecorder implements ActorWatcher {
  readonly sampler: Sampler;
  readonly onError: (error: unknown) => void;
  readonly #internals: StoreInternals;
  readonly #actors: StandingActors;
  readonly #redaction: Redaction;
  readonly #startedMs: number;
  readonly #edges = new EdgeCounts();
  readonly #hotKeys: HotKeys;
  readonly #flushes = new FlushLog();
  readonly #compactions: CompactionLog;
  readonly #traces = new Map<AnyActorRef, TransactionTrace>();
  readonly #changed = new Set<TransactionTrace>();
  /** Transactions in each state: now, or, of a final one, since the watch began. */
  readonly #transactionStates: Record<StateName, number> = {};
  #puts = noPuts();
  #frames = 0;
  #lastFrameMs = 0;
  /** The child of the flusher that writes just now. */
  #write: AnyActorRef | undefined;

  /** To be attached to the actors in the same turn. */
  constructor({ internals, redaction, onError, sampler = new Sampler() }: FrameRecorderOptions) {
    this.#internals = internals;
    this.#actors = internals.actors;
    this.#redaction = redaction;
    this.onError = onError;
    this.sampler = sampler;
    this.#startedMs = internals.clock.now();
    this.#hotKeys = new HotKeys(0);
    this.#compactions = new CompactionLog(this.#startedMs);
    this.sampler.takeInterval(0);
    for (const underWay of internals.transactions.underWay()) this.#find(underWay);
  }

  onInspection(inspected: InspectionEvent): void {
    switch (inspected.type) {
      case '@xstate.event':
        this.#onEvent(
          inspected.sourceRef as AnyActorRef | undefined,
          inspected.actorRef as AnyActorRef,
          inspected.event,
        );
        break;
      case '@xstate.snapshot':
        if ((inspected.actorRef as AnyActorRef)._parent === this.#actors.transactions)
          this.#onTransactionSnapshot(inspected.actorRef as AnyActorRef, inspected.snapshot as never, inspected.event);
        break;
      case '@xstate.microstep':
        this.#onMicrostep(inspected);
    }
  }

  onTransition({ self, from, to, definition }: TakenTransition): void {
    const edge = this.#edges.count(definition);
    if (self._parent !== this.#actors.transactions) return;
    if (from !== to) {
      this.#countState(from, -1);
      this.#countState(to, 1);
    }
    const trace = this.#traces.get(self);
    if (!trace || edge === undefined) return;
    // Whoever was answered in this step was answered just now.
    trace.step(this.#now(), edge, to);
    this.#changed.add(trace);
  }

  /** Ends the interval since the last frame. */
  takeFrame(): Frame {
    const internals = this.#internals;
    const atMs = this.#now();
    const intervalMs = atMs - this.#lastFrameMs;
    this.#lastFrameMs = atMs;
    this.#frames += 1;
    const { oneIn, asked, keys } = this.sampler;
    const sampled = this.sampler.takeInterval(intervalMs);
    const transactions = this.#takeRecords();
    const withheld = this.#changed.size;
    const puts = { ...this.#puts, underWay: internals.transactions.count };
    this.#puts = noPuts();
    const { totals, records } = this.#flushes.takeInterval(internals.batch.waitingCount);
    return {
      type: 'frame',
      number: this.#frames,
      atMs,
      intervalMs,
      states: { transaction: this.#transactionStatesNow(), ...statesNow(internals) },
      edges: this.#edges.takeInterval(),
      puts,
      sampling: {
        ...{ oneIn, asked, ...sampled },
        ...(withheld > 0 && { withheld }),
        ...(keys.size > 0 && { keys: [...keys].map((key) => this.#redaction.key(key)) }),
      },
      transactions,
      locks: locksNow(internals, this.#redaction),
      hotKeys: this.#hotKeys
        .hottest(HOT_KEYS_SHOWN, atMs)
        .map(({ key, ...counts }) => ({ key: this.#redaction.key(key), ...counts })),
      flushes: totals,
      flushRecords: records,
      blocks: blocksNow(internals),
      compactions: this.#compactions.takeInterval(),
    };
  }

  /** Those under way are told again, whole, in the next frames: somebody may not have heard of them. */
  retell(): void {
    for (const trace of this.#traces.values()) this.#changed.add(trace);
  }

  /** As many as fit; the others wait. Ends come first: nothing more will be told of those. */
  #takeRecords(): TransactionRecord[] {
    const records: TransactionRecord[] = [];
    let characters = 0;
    for (const hasEnded of [true, false])
      for (const trace of this.#changed) {
        if (trace.hasEnded !== hasEnded) continue;
        characters += trace.size;
        if (characters > RECORD_CHARACTERS_MAX && records.length > 0) return records;
        records.push(trace.toRecord(this.#redaction));
        this.#changed.delete(trace);
      }
    return records;
  }

  #onEvent(source: AnyActorRef | undefined, target: AnyActorRef, event: { readonly type: string }): void {
    const { transactions, flusher } = this.#actors;
    if (target._parent === transactions) {
      if (event.type === 'xstate.init') this.#begin(target, (event as unknown as { input: TransactionInput }).input);
      else this.#toTransaction(target, event as never);
    } else if (source?._parent === transactions) this.#fromTransaction(source, event as never);
    else if (target._parent === flusher && event.type === 'xstate.init') this.#beginWrite(target);
    else if (target === flusher && source !== undefined && source === this.#write) this.#endWrite(event);
  }

  #begin(ref: AnyActorRef, { id, operations }: TransactionInput): void {
    this.#puts.begun += 1;
    this.#countState(INITIAL_STATE, 1);
    // Also those that have ended and could not be told yet.
    const hasRoom = this.#traces.size < TRACES_MAX && this.#changed.size < TRACES_MAX;
    if (!this.sampler.chooses(operations, hasRoom)) return;
    const trace = new TransactionTrace({ id, operations, startedMs: this.#now(), initial: INITIAL_STATE });
    this.#traces.set(ref, trace);
    this.#changed.add(trace);
  }

  /** One that was under way before anybody watched: where a disk hangs, those are the ones to look at. */
  #find({ ref, startedMs }: UnderWay): void {
    const state = stateOf(ref);
    this.#countState(state, 1);
    if (this.#traces.size >= FOUND_MAX) return;
    const { id, operations } = contextOf(ref).put;
    const beginning = { id, operations, startedMs: startedMs - this.#startedMs, initial: INITIAL_STATE };
    const trace = new TransactionTrace(beginning);
    // Whoever is overdue has been told so.
    trace.foundIn(0, state, state === 'overdue' ? { code: 'OUTCOME_UNKNOWN' } : undefined);
    this.#traces.set(ref, trace);
    this.#changed.add(trace);
  }

  #toTransaction(ref: AnyActorRef, event: ToTransaction): void {
    const trace = this.#traces.get(ref);
    switch (event.type) {
      case 'granted':
      case 'denied':
        if (trace) this.#reserved(ref, trace, event);
        break;
      case 'overdue':
        trace?.answered(this.#now(), { code: 'OUTCOME_UNKNOWN', error: event.error });
        break;
      default: {
        // Asked for every put, as those that a flush carried are counted off.
        const flush = this.#flushes.tell(trace !== undefined);
        trace?.flushed(this.#now(), event, flush);
      }
    }
    if (trace) this.#changed.add(trace);
  }

  #reserved(ref: AnyActorRef, trace: TransactionTrace, reply: Granted | Denied): void {
    const { index } = contextOf(ref).put;
    trace.reserved(this.#now(), reply, (key) => index.currentVersion(key));
    if (reply.type === 'denied') trace.metRivals(this.#rivals(reply));
  }

  #fromTransaction(ref: AnyActorRef, event: { readonly type: string }): void {
    const trace = this.#traces.get(ref);
    if (!trace) return;
    if (event.type === 'append') {
      const { record } = event as Append;
      trace.message(this.#now(), 'transaction', 'flusher', 'append', `${record.length} bytes`);
    } else if (event.type === 'reserve' || event.type === 'release')
      trace.message(this.#now(), 'transaction', 'keyLocks', event.type);
  }

  #onTransactionSnapshot(ref: AnyActorRef, { status, value, context }: TransactionSnapshot, event: object): void {
    if (status !== 'done') return;
    const outcome = outcomeOf(value, context);
    this.#puts[outcome satisfies Counted] += 1;
    this.#countKeys(outcome, context);
    const trace = this.#traces.get(ref);
    if (!trace) return;
    this.#traces.delete(ref);
    trace.ended(outcome, context, answerOf(outcome, context, event), this.#hotKeys);
    this.#changed.add(trace);
  }

  #countKeys(outcome: Ended, { put, staged, conflicts }: TransactionContext): void {
    if (outcome === 'committed') {
      // When the flush ended that carried it: asking the clock for each would cost more than all the rest.
      const atMs = this.#flushes.lastEndMs;
      for (const { key, version } of staged!.writes.slice(0, KEYS_COUNTED))
        this.#hotKeys.written(key, { id: put.id, version, atMs });
    } else
      for (const { key, reason } of conflicts.slice(0, KEYS_COUNTED))
        this.#hotKeys.count(key, reason === 'stale' ? 'stale' : 'inFlight');
  }

  #beginWrite(child: AnyActorRef): void {
    if (child.src !== 'flush') return;
    this.#write = child;
    this.#flushes.begin(this.#now());
  }

  #endWrite(event: { readonly type: string }): void {
    this.#write = undefined;
    const { inFlightCount: transactions, inFlightBytes: bytes } = this.#internals.batch;
    const { output: firstSeq, error } = event as unknown as { readonly output?: number; readonly error?: unknown };
    const result =
      firstSeq === undefined ? { error: error instanceof Error ? error.message : String(error) } : { firstSeq };
    this.#flushes.end(this.#now(), { transactions, bytes, ...result });
  }

  #onMicrostep(inspected: Extract<InspectionEvent, { type: '@xstate.microstep' }>): void {
    for (const definition of inspected._transitions) {
      this.#edges.count(definition);
      const [target] = definition.target ?? [];
      if (!target || inspected.actorRef !== this.#actors.compactor) continue;
      const { context } = compactorSnapshot(this.#actors.compactor);
      const now = this.#internals.clock.now();
      this.#compactions.step(definition.source.key, target.key, inspected.event, context, now);
    }
  }

  /** Who holds what a put asked for: named, and described as long as they are still under way. */
  #rivals({ rivals }: Denied): Rival[] {
    const holders = new Set([...rivals.values()].slice(0, RIVALS_SHOWN));
    const found = new Map<string, Rival>();
    const now = this.#internals.clock.now();
    let seen = 0;
    for (const { ref, startedMs } of this.#internals.transactions.underWay()) {
      seen += 1;
      if (found.size === holders.size || seen > RIVALS_LOOKED_FOR_AMONG) break;
      if (!holders.has(ref.id)) continue;
      const keyCount = contextOf(ref).keys.length;
      found.set(ref.id, { id: ref.id, state: stateOf(ref), ageMs: now - startedMs, keyCount });
    }
    return [...holders].map((id) => found.get(id) ?? { id });
  }

  #transactionStatesNow(): Record<StateName, number> {
    return Object.fromEntries(Object.entries(this.#transactionStates).filter(([, count]) => count > 0));
  }

  #countState(state: StateName, by: 1 | -1): void {
    this.#transactionStates[state] = (this.#transactionStates[state] ?? 0) + by;
  }

  /** To the microsecond. */
  #now(): number {
    return Math.round((this.#internals.clock.now() - this.#startedMs) * 1000) / 1000;
  }
}

function outcomeOf(state: StateName, { conflicts }: TransactionContext): Ended {
  if (state === 'committed' || state === 'rolledBack' || state === 'undecided') return state;
  if (conflicts.length === 0) return 'refused';
  return conflicts.some(({ reason }) => reason === 'stale') ? 'stale' : 'inFlight';
}

/** What the caller was told. `event` is the last that the transaction received. */
function answerOf(outcome: Ended, { refusal }: TransactionContext, event: object): Answer {
  switch (outcome) {
    case 'committed':
      return { code: 'COMMITTED' };
    case 'stale':
      return { code: 'STALE_VERSION' };
    case 'inFlight':
      return { code: 'KEY_IN_FLIGHT' };
    case 'refused':
      return refusal as Answer;
    case 'rolledBack':
      return event as NotApplied;
    case 'undecided':
      return { code: 'OUTCOME_UNKNOWN', error: (event as Undecided).error };
  }
}

function stateOf(ref: AnyActorRef): StateName {
  return (ref.getSnapshot() as unknown as TransactionSnapshot).value;
}

function contextOf(ref: AnyActorRef): TransactionContext {
  return (ref.getSnapshot() as unknown as TransactionSnapshot).context;
}

function noPuts(): Record<Counted, number> {
  return { begun: 0, committed: 0, stale: 0, inFlight: 0, refused: 0, rolledBack: 0, undecided: 0 };
}
