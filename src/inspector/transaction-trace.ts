/** What is noted of one transaction that is shown: its states, its messages and how it ended. Plain data. */
import type { Denied, FlushReply, Granted } from '../actors/messages.ts';
import type { TransactionContext } from '../actors/transaction.machine.ts';
import type { Conflict, PutOperation } from '../outcome.ts';
import type { HotKeys } from './hot-keys.ts';
import type {
  EdgeName,
  FlushRecord,
  KeyRecord,
  Lifeline,
  Message,
  Outcome,
  Rival,
  StateName,
  Step,
  TransactionRecord,
} from './protocol.ts';
import type { Redaction } from './redaction.ts';

/** Of a put with more keys, the first of them and all that stood against it are told, up to these numbers. */
const FIRST_KEYS = 20;
const KEYS_MAX = 50;
/** More than any put has by the recipe: a mistake must not fill the memory. */
const MESSAGES_MAX = 40;

export interface TraceBeginning {
  readonly id: string;
  readonly operations: readonly PutOperation[];
  readonly startedMs: number;
  readonly initial: StateName;
}

/** What the caller was told. */
export interface Answer {
  readonly code: string;
  readonly error?: string;
}

export class TransactionTrace {
  readonly #beginning: TraceBeginning;
  readonly #steps: Step[];
  readonly #messages: Message[] = [];
  /** Of the first keys, when they were validated. */
  #current: readonly number[] | undefined;
  #rivals: readonly Rival[] = [];
  #flush: FlushRecord | undefined;
  #outcome: Outcome = 'underWay';
  #endedMs: number | undefined;
  #answer: Answer | undefined;
  #seq: number | undefined;
  #conflicts: ReadonlyMap<string, Conflict> = new Map();
  #writers = new Map<string, { readonly id: string; readonly atMs: number }>();
  #written: readonly number[] | undefined;

  constructor(beginning: TraceBeginning) {
    this.#beginning = beginning;
    const { startedMs: atMs, operations, initial } = beginning;
    this.#steps = [{ atMs, to: initial }];
    this.#messages.push({
      atMs,
      from: 'http',
      to: 'transaction',
      type: 'put',
      detail: counted(operations.length, 'key'),
    });
  }

  /** What it did before somebody watched is not known, only where it is now, and what its caller was told, if anything. */
  foundIn(atMs: number, state: StateName, answer: Answer | undefined): void {
    if (state !== this.#steps.at(-1)!.to) this.#steps.push({ atMs, to: state });
    this.#answer = answer;
  }

  step(atMs: number, edge: EdgeName, to: StateName): void {
    this.#steps.push({ atMs, edge, to });
  }

  message(atMs: number, from: Lifeline, to: Lifeline, type: string, detail?: string): void {
    if (this.#messages.length >= MESSAGES_MAX) return;
    this.#messages.push(detail === undefined ? { atMs, from, to, type } : { atMs, from, to, type, detail });
  }

  /** The key locks have answered; versions are compared next. */
  reserved(atMs: number, reply: Granted | Denied, currentVersion: (key: string) => number): void {
    const held = reply.type === 'denied' ? `${counted(reply.rivals.size, 'key')} held by others` : undefined;
    this.message(atMs, 'keyLocks', 'transaction', reply.type, held);
    this.#current = this.#beginning.operations.slice(0, FIRST_KEYS).map(({ key }) => currentVersion(key));
  }

  metRivals(rivals: readonly Rival[]): void {
    this.#rivals = rivals;
  }

  /** The flusher has told how the flush went that carried it, if one did. */
  flushed(atMs: number, reply: FlushReply, flush: FlushRecord | undefined): void {
    if (flush) {
      this.#flush = flush;
      const batch = `${counted(flush.transactions, 'put')}, ${flush.bytes} bytes`;
      this.message(flush.startedMs, 'flusher', 'disk', 'write', batch);
      const end = flush.error === undefined ? 'synced' : 'failed';
      this.message(flush.startedMs + flush.tookMs, 'disk', 'flusher', end, flush.error);
    }
    const detail = reply.type === 'durable' ? `seq ${reply.seq}` : reply.type === 'notApplied' ? reply.code : undefined;
    this.message(atMs, 'flusher', 'transaction', reply.type, detail);
    if (reply.type === 'durable') this.#seq = reply.seq;
  }

  answered(atMs: number, answer: Answer): void {
    // Who was told that nobody knows yet is not told again.
    if (this.#answer) return;
    this.#answer = answer;
    this.message(atMs, 'transaction', 'http', 'answer', answer.code);
  }

  /** It is in its last state; the answer was given on the way there. */
  ended(outcome: Outcome, context: TransactionContext, answer: Answer, hotKeys: HotKeys): void {
    this.#endedMs = this.#steps.at(-1)!.atMs;
    this.answered(this.#endedMs, answer);
    this.#outcome = outcome;
    if (outcome === 'committed')
      this.#written = context.staged!.writes.slice(0, FIRST_KEYS).map(({ version }) => version);
    this.#conflicts = new Map(context.conflicts.map((conflict) => [conflict.key, conflict]));
    for (const { key, reason, current } of context.conflicts) {
      const writer = reason === 'stale' ? hotKeys.writerOf(key, current) : undefined;
      if (writer) this.#writers.set(key, { id: writer.id, atMs: writer.atMs });
    }
  }

  get hasEnded(): boolean {
    return this.#endedMs !== undefined;
  }

  /** About as many characters as its record has in JSON. */
  get size(): number {
    const keys = Math.min(this.#beginning.operations.length, KEYS_MAX);
    return 400 + keys * 220 + (this.#messages.length + this.#steps.length) * 110 + this.#rivals.length * 120;
  }

  toRecord(redaction: Redaction): TransactionRecord {
    const { id, startedMs, operations } = this.#beginning;
    return {
      id,
      startedMs,
      ...(this.#endedMs !== undefined && { endedMs: this.#endedMs }),
      outcome: this.#outcome,
      ...(this.#answer && { code: this.#answer.code }),
      ...(this.#answer?.error !== undefined && { error: redaction.error(this.#answer.error) }),
      ...(this.#seq !== undefined && { seq: this.#seq }),
      keyCount: operations.length,
      keys: this.#keys(redaction),
      steps: [...this.#steps],
      messages: this.#messages.toSorted((one, other) => one.atMs - other.atMs),
      ...(this.#flush && { flush: this.#flush.number }),
      rivals: this.#rivals,
    };
  }

  #keys(redaction: Redaction): KeyRecord[] {
    const records: KeyRecord[] = [];
    for (const [index, { key, version: expected, value }] of this.#beginning.operations.entries()) {
      if (records.length >= KEYS_MAX) break;
      const conflict = this.#conflicts.get(key);
      if (index >= FIRST_KEYS && !conflict) continue;
      const current = conflict?.current ?? this.#current?.[index];
      const written = this.#written?.[index];
      const shown = redaction.value(value);
      const writer = this.#writers.get(key);
      records.push({
        key: redaction.key(key),
        expected,
        ...(current !== undefined && { current }),
        ...(written !== undefined && { written }),
        ...(shown !== undefined && { value: shown }),
        ...(conflict && { conflict: conflict.reason === 'stale' ? 'stale' : 'inFlight' }),
        ...(conflict?.reason === 'in_flight' && { holder: conflict.holder }),
        ...(writer && { writer }),
      });
    }
    return records;
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
