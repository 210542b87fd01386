/**
 * Contexts and messages of the actors as plain data, with nothing in them that may not leave the server: what XState's own
 * inspection protocol is given in place of the real ones, which hold the whole store by reference.
 */
import type { CompactorContext } from '../actors/compactor.machine.ts';
import type { FlusherInput } from '../actors/flusher.machine.ts';
import type { Hold } from '../actors/key-entry.ts';
import type { KeyLocksContext } from '../actors/key-locks.machine.ts';
import type { Append, Denied, Granted, Release, Reserve } from '../actors/messages.ts';
import type { TransactionContext } from '../actors/transaction.machine.ts';
import type { Transactions } from '../actors/transactions.ts';
import { blockFileName } from '../wal/block-name.ts';
import type { Redaction } from './redaction.ts';

/** What kind of actor it is: one of the five machines, the transactions' supervisor, or a call that one of them makes. */
export type ActorKind = 'transaction' | 'transactions' | 'keyLocks' | 'flusher' | 'compactor' | 'store' | 'call';

/** Of a put with more keys the first are shown, and so many of what stood against it; with how many there are of each. */
const KEYS_SHOWN = 20;
const CONFLICTS_SHOWN = 50;

interface AnySnapshot {
  readonly status: string;
  readonly value?: unknown;
  readonly context?: unknown;
  readonly error?: unknown;
}

export class PlainView {
  readonly #redaction: Redaction;

  constructor(redaction: Redaction) {
    this.#redaction = redaction;
  }

  snapshot(kind: ActorKind, snapshot: AnySnapshot): object {
    const { status, value, context, error } = snapshot;
    return {
      status,
      ...(value !== undefined && { value }),
      context: this.#context(kind, kind === 'transactions' ? snapshot : context),
      ...(error !== undefined && { error: this.#error(error) }),
    };
  }

  event(event: { readonly type: string }): { readonly type: string } {
    const { type } = event;
    switch (type) {
      case 'reserve':
        return this.#keys(type, event as Reserve);
      case 'granted':
      case 'release':
        return this.#keys(type, (event as Granted | Release).hold);
      case 'denied': {
        const { rivals } = event as Denied;
        return { type, rivals: this.#rivals(rivals) } as { type: string };
      }
      case 'append':
        return { type, bytes: (event as Append).record.length } as { type: string };
      case 'durable':
        return { type, seq: (event as unknown as { seq: number }).seq } as { type: string };
      default: {
        const { code, error } = event as unknown as { readonly code?: unknown; readonly error?: unknown };
        return { type, ...(code !== undefined && { code }), ...(error !== undefined && { error: this.#error(error) }) };
      }
    }
  }

  #keys(type: string, { keys, holder }: Pick<Hold, 'keys' | 'holder'>): { readonly type: string } {
    const shown = keys.slice(0, KEYS_SHOWN).map((key) => this.#redaction.key(key));
    return { type, holder, keyCount: keys.length, keys: shown } as { type: string };
  }

  #context(kind: ActorKind, context: unknown): object {
    switch (kind) {
      case 'transaction':
        return this.#transaction(context as TransactionContext);
      case 'transactions':
        return { underWay: (context as { transactions: Transactions }).transactions.count };
      case 'keyLocks':
        return { held: (context as KeyLocksContext).table.size };
      case 'flusher': {
        const { batch, batchTime, maxBatchSize, idleMarkMs } = context as FlusherInput;
        const { waitingCount: waiting, waitingBytes, inFlightCount: inFlight } = batch;
        return { waiting, waitingBytes, inFlight, batchTime, maxBatchSize, idleMarkMs };
      }
      case 'compactor': {
        const { blocks, run, maxBlocks, failures, isStopping } = context as CompactorContext;
        const merging = run.map(({ name }) => blockFileName(name));
        return { blocks: blocks.length, maxBlocks, merging, failures, isStopping };
      }
      case 'store':
      case 'call':
        return {};
    }
  }

  #transaction({ put, conflicts, rivals, refusal, staged }: TransactionContext): object {
    const operations = put.operations.slice(0, KEYS_SHOWN).map(({ key, value, version }) => {
      const shown = this.#redaction.value(value);
      return { key: this.#redaction.key(key), expected: version, ...(shown !== undefined && { value: shown }) };
    });
    return {
      id: put.id,
      keyCount: put.operations.length,
      operations,
      rivals: this.#rivals(rivals),
      conflicts: conflicts
        .slice(0, CONFLICTS_SHOWN)
        .map((conflict) => ({ ...conflict, key: this.#redaction.key(conflict.key) })),
      ...(refusal && { refusal: refusal.code }),
      ...(staged && {
        versions: staged.writes.slice(0, KEYS_SHOWN).map(({ version }) => version),
        bytes: staged.record.length,
      }),
    };
  }

  #rivals(rivals: ReadonlyMap<string, string>): Record<string, string> {
    const shown = [...rivals].slice(0, CONFLICTS_SHOWN);
    return Object.fromEntries(shown.map(([key, holder]) => [this.#redaction.key(key), holder]));
  }

  #error(error: unknown): string {
    return this.#redaction.error(error instanceof Error ? error.message : String(error));
  }
}
