/** Serves the store to HTTP threads: the engine's end of every `RemoteStore`. */
import { invariant } from '../../invariant.ts';
import type { PutsRefused, StoredValue, WatchableStore } from '../../outcome.ts';
import { writeManyStored, writeOutcome, writeReadiness, writeStored } from './answer-items.ts';
import { type Item, ItemReader } from './items.ts';
import type { Answers, Requests, ToThread } from './messages.ts';
import type { Outbox } from './outbox.ts';
import { READ, READ_MANY, READINESS, readOperations, readReadMany } from './request-items.ts';
import { sizeOf } from './value-size.ts';

/**
 * How much of what was read may be on its way to a thread, or lie there unconsumed, before its further requests wait: values
 * may be a thousand times as large as the requests for them.
 */
const UNCONSUMED_SIZE_MAX = 4 * 1024 * 1024;

/** How soon after the queue was full it is seen that it is not any more. */
const LOOK_AGAIN_MS = 50;

export class StoreServer {
  readonly store: WatchableStore;
  readonly #onBug: (error: unknown) => void;
  readonly #links = new Set<StoreLink>();
  #refused: PutsRefused | undefined;
  #lookingAgain: NodeJS.Timeout | undefined;
  #hasFailed = false;

  /** `onBug` gets what the store or an answer of it throws. */
  constructor(store: WatchableStore, onBug: (error: unknown) => void) {
    this.store = store;
    this.#onBug = onBug;
    store.watchState(() => this.#tellState());
  }

  /** A thread that wants to be served. `outbox` is where its answers go. */
  connect(outbox: Outbox<ToThread>): StoreLink {
    this.checkAdmission();
    const link = new StoreLink(this, outbox, () => this.#links.delete(link));
    this.#links.add(link);
    outbox.send({ type: 'admission', refused: this.#refused });
    return link;
  }

  /** Tells all threads if puts are refused now that were not before, or the other way round. */
  checkAdmission(): void {
    if (this.#hasFailed) return;
    let refused: PutsRefused | undefined;
    try {
      refused = this.store.refusesPuts();
    } catch (error) {
      this.fail(error);
      return;
    }
    if (refused?.code === this.#refused?.code && refused?.error === this.#refused?.error) return;
    this.#refused = refused;
    for (const { outbox } of this.#links) outbox.send({ type: 'admission', refused });
    if (refused?.code === 'QUEUE_FULL') this.#lookAgain();
  }

  /**
   * What makes room may be a put whose caller was answered long ago, or is gone: nothing is sent then. And threads that refuse
   * all puts by themselves send nothing either.
   */
  #lookAgain(): void {
    this.#lookingAgain ??= setTimeout(() => {
      this.#lookingAgain = undefined;
      this.checkAdmission();
      if (this.#refused?.code === 'QUEUE_FULL' && !this.#hasFailed) this.#lookAgain();
    }, LOOK_AGAIN_MS).unref();
  }

  /** Not at the end of the turn: whoever is told by then that the server stops must find that its threads know it. */
  #tellState(): void {
    this.checkAdmission();
    for (const { outbox } of this.#links) outbox.flush();
  }

  /** What the store holds may be wrong: nobody hears anything of it any more. */
  readonly fail = (error: unknown): void => {
    this.#hasFailed = true;
    for (const link of this.#links) link.close();
    this.#onBug(error);
  };
}

/** One thread's. */
export class StoreLink {
  readonly outbox: Outbox<ToThread>;
  readonly #server: StoreServer;
  readonly #onClosed: () => void;
  /** Not begun, oldest first: what a thread asks is begun in order, as a put must not overtake a read before it. */
  readonly #waiting: ItemReader[] = [];
  #answers: Answers | undefined;
  #unconsumedSize = 0;
  #isClosed = false;

  constructor(server: StoreServer, outbox: Outbox<ToThread>, onClosed: () => void) {
    this.#server = server;
    this.outbox = outbox;
    this.#onClosed = onClosed;
  }

  takeRequests({ items }: Requests): void {
    if (this.#isClosed) return;
    this.#waiting.push(new ItemReader(items));
    this.#begin();
  }

  takeConsumed(size: number): void {
    this.#unconsumedSize -= size;
    invariant(this.#unconsumedSize >= 0, 'a thread has consumed more than it was sent');
    this.#begin();
  }

  /** The thread is gone, or must not hear anything more. Its puts run to their end. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    this.outbox.discard();
    this.#onClosed();
  }

  /** Begins what waits, unless the thread has too much to consume. */
  #begin(): void {
    while (this.#waiting.length > 0 && this.#unconsumedSize < UNCONSUMED_SIZE_MAX) {
      const reader = this.#waiting[0]!;
      this.#beginOne(reader);
      if (reader.isAtEnd) this.#waiting.shift();
    }
    // What was begun may have filled the queue.
    this.#server.checkAdmission();
  }

  #beginOne(reader: ItemReader): void {
    const { store } = this.#server;
    const kind = reader.number();
    const slot = reader.number();
    switch (kind) {
      case READ:
        store.read(reader.string(), (stored) => {
          writeStored(this.#open(slot), stored);
          this.#note(stored);
        });
        break;
      case READ_MANY: {
        const { keys, textBytesMax } = readReadMany(reader);
        store.readMany(keys, textBytesMax, (all) => {
          writeManyStored(this.#open(slot), all);
          for (const stored of all) this.#note(stored);
        });
        break;
      }
      case READINESS:
        store.askReadiness((readiness) => writeReadiness(this.#open(slot), readiness));
        break;
      default:
        this.#put(slot, kind, reader);
    }
  }

  /** It will have to be consumed. */
  #note(stored: StoredValue | undefined): void {
    if (stored === undefined) return;
    const size = sizeOf(stored.value);
    this.#answers!.size += size;
    this.#unconsumedSize += size;
  }

  #put(slot: number, count: number, reader: ItemReader): void {
    const { store, fail } = this.#server;
    store
      .put(readOperations(reader, count))
      .then((outcome) => {
        if (!this.#isClosed) writeOutcome(this.#open(slot), outcome);
      })
      .catch(fail);
  }

  /** The answers of this turn, where the one for the slot is to be written. */
  #open(slot: number): Item[] {
    if (this.#answers === undefined) {
      this.#answers = { type: 'answers', items: [], size: 0 };
      this.outbox.send(this.#answers, () => {
        this.#answers = undefined;
        // What was answered may have made room in it.
        this.#server.checkAdmission();
      });
    }
    this.#answers.items.push(slot);
    return this.#answers.items;
  }
}
