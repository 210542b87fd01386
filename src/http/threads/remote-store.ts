/** The store, as an HTTP thread sees it: every call is a message to the engine's thread, and the answer another. */
import { invariant } from '../../invariant.ts';
import type { PutOperation, PutOutcome, PutsRefused, Readiness, StoredValue, StoreService } from '../../outcome.ts';
import { tooManyBytes, tooManyPuts } from '../../queue-full.ts';
import { readManyStored, readOutcome, readReadiness, readStored } from './answer-items.ts';
import { type Item, ItemReader } from './items.ts';
import type { Answers, Requests, ToEngine } from './messages.ts';
import type { Outbox } from './outbox.ts';
import { writePut, writeRead, writeReadinessQuestion, writeReadMany } from './request-items.ts';
import { SharedBudget, type SharedCounts } from './shared-counts.ts';
import { sizeOf } from './value-size.ts';

/** The engine keeps answers back long before this is a burden; confirming each would double the messages. */
const CONFIRM_SIZE = 256 * 1024;

export interface RemoteStoreOptions {
  readonly outbox: Outbox<ToEngine>;
  readonly counts: SharedCounts;
  readonly thread: number;
  readonly limits: { readonly queuedPutsMax: number; readonly queuedBytesMax: number };
}

type TakeAnswer = (reader: ItemReader) => void;

/**
 * What it has sent and not had answered is bounded: puts and their bytes by what all threads may have together, and reads by
 * the requests that a connection may have in work.
 */
export class RemoteStore implements StoreService {
  readonly #outbox: Outbox<ToEngine>;
  readonly #limits: RemoteStoreOptions['limits'];
  readonly #puts: SharedBudget;
  readonly #putBytes: SharedBudget;
  /** By slot. Invariant: a slot is either here or free. */
  readonly #waiting: (TakeAnswer | undefined)[] = [];
  readonly #freeSlots: number[] = [];
  #requests: Item[] | undefined;
  #refused: PutsRefused | undefined;
  #unconfirmed = 0;

  constructor({ outbox, counts, thread, limits }: RemoteStoreOptions) {
    this.#outbox = outbox;
    this.#limits = limits;
    this.#puts = new SharedBudget({ counts, thread, counted: 'puts', max: limits.queuedPutsMax });
    this.#putBytes = new SharedBudget({ counts, thread, counted: 'putBytes', max: limits.queuedBytesMax });
  }

  read(key: string, answer: (stored: StoredValue | undefined) => void): void {
    const slot = this.#slotFor((reader) => answer(readStored(reader)));
    writeRead(this.#open(), slot, key);
  }

  readMany(
    keys: readonly string[],
    textBytesMax: number,
    answer: (stored: readonly (StoredValue | undefined)[]) => void,
  ): void {
    const slot = this.#slotFor((reader) => answer(readManyStored(reader)));
    writeReadMany(this.#open(), slot, keys, textBytesMax);
  }

  /** The engine has the last word: what is refused there is as definitely not applied as what is refused here. */
  put(operations: readonly PutOperation[]): Promise<PutOutcome> {
    if (this.#refused) return Promise.resolve(this.#refused);
    const { queuedPutsMax, queuedBytesMax } = this.#limits;
    const bytes = sizeOfPut(operations);
    if (!this.#puts.take(1)) return Promise.resolve(tooManyPuts(queuedPutsMax));
    if (!this.#putBytes.take(bytes)) {
      this.#puts.release(1);
      return Promise.resolve(tooManyBytes(queuedBytesMax));
    }
    return new Promise((resolve) => {
      const slot = this.#slotFor((reader) => {
        this.#puts.release(1);
        this.#putBytes.release(bytes);
        resolve(readOutcome(reader));
      });
      writePut(this.#open(), slot, operations);
    });
  }

  refusesPuts(): PutsRefused | undefined {
    if (this.#refused) return this.#refused;
    if (this.#puts.isFull) return tooManyPuts(this.#limits.queuedPutsMax);
    if (this.#putBytes.isFull) return tooManyBytes(this.#limits.queuedBytesMax);
    return undefined;
  }

  askReadiness(answer: (readiness: Readiness) => void): void {
    const slot = this.#slotFor((reader) => answer(readReadiness(reader)));
    writeReadinessQuestion(this.#open(), slot);
  }

  /** What `refusesPuts` says from now on, unless too many wait. */
  set refused(refused: PutsRefused | undefined) {
    this.#refused = refused;
  }

  takeAnswers({ items, size }: Answers): void {
    const reader = new ItemReader(items);
    while (!reader.isAtEnd) {
      const slot = reader.number();
      const take = this.#waiting[slot];
      invariant(take !== undefined, () => `an answer to nothing, in slot ${slot}`);
      this.#waiting[slot] = undefined;
      this.#freeSlots.push(slot);
      take(reader);
    }
    this.#unconfirmed += size;
    if (this.#unconfirmed < CONFIRM_SIZE) return;
    this.#outbox.send({ type: 'consumed', size: this.#unconfirmed });
    this.#unconfirmed = 0;
  }

  #slotFor(take: TakeAnswer): number {
    const slot = this.#freeSlots.pop() ?? this.#waiting.length;
    this.#waiting[slot] = take;
    return slot;
  }

  /** The requests of this turn, to which more can be added. */
  #open(): Item[] {
    if (this.#requests !== undefined) return this.#requests;
    const message: Requests = { type: 'requests', items: [] };
    this.#outbox.send(message, () => {
      this.#requests = undefined;
    });
    this.#requests = message.items;
    return message.items;
  }
}

function sizeOfPut(operations: readonly PutOperation[]): number {
  let size = 0;
  for (const { key, value } of operations) size += key.length + sizeOf(value);
  return size;
}
