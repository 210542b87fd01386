/** The seam between concave's engine and everything that uses it: HTTP, tests and benches open a store here. */
import { type AnyActorRef, createActor } from 'xstate';
import { forgetRunningActors } from './actors/actor-system.ts';
import { DirectoryGone } from './actors/directory-watch.ts';
import type { Append, Ref, ToKeyLocks } from './actors/messages.ts';
import type { OpenLog } from './actors/open-log.ts';
import { type StoreInput, storeMachine } from './actors/store.machine.ts';
import type { Transactions } from './actors/transactions.ts';
import { WriteBatch } from './actors/write-batch.ts';
import type { PutOperation, PutOutcome, PutsRefused, Readiness, StoredValue, WatchableStore } from './outcome.ts';
import { tooManyBytes, tooManyPuts } from './queue-full.ts';
import { readMany } from './read-many.ts';
import { type CompactionPlace, type CompactionPorts, compactionPorts } from './wal/compaction-ports.ts';
import { type Clock, errnoOf, type Platform } from './wal/platform.ts';

/** The settings that concern the engine; the settings table of `config.ts` documents each. */
export interface StoreSettings {
  readonly dataDir: string;
  readonly batchTime: number;
  readonly maxBatchSize: number;
  readonly maxBlockSize: number;
  readonly maxBlocks: number;
  readonly idleMarkMs: number;
  readonly putTimeoutMs: number;
  readonly queuedPutsMax: number;
  readonly queuedBytesMax: number;
  readonly memoryMax: number;
  readonly maxKeys: number;
}

/** Where notices go; a pino logger is one. */
export interface StoreLog {
  info(fields: object, message?: string): void;
  warn(fields: object, message?: string): void;
  error(fields: object, message?: string): void;
}

export interface OpenStoreOptions {
  readonly config: StoreSettings;
  readonly platform: Platform;
  readonly log: StoreLog;
  /** A defect of concave itself. Nothing may be answered after it: the process should end in this very turn. */
  readonly onBug: (error: unknown) => void;
  /** The disk failed, or the directory is gone. All callers have their answers; the store must be opened anew. */
  readonly onHalt: (error: unknown) => void;
  /** How blocks are merged; by default in a thread of its own. */
  readonly compaction?: (place: CompactionPlace) => CompactionPorts;
}

/** What was found at start. */
export interface RecoveredSummary {
  readonly isNew: boolean;
  readonly blocks: number;
  readonly bytes: number;
  readonly transactions: number;
  readonly keys: number;
  readonly tookMs: number;
}

/** The actors that live as long as the store serves. Their last snapshots stay when they have ended. */
export interface StandingActors {
  readonly store: AnyActorRef;
  readonly transactions: AnyActorRef;
  readonly keyLocks: AnyActorRef;
  readonly flusher: AnyActorRef;
  readonly compactor: AnyActorRef;
}

/** The running parts of a store, for an inspector to look at and never to touch. */
export interface StoreInternals {
  readonly actors: StandingActors;
  readonly clock: Clock;
  readonly transactions: Transactions;
  readonly batch: WriteBatch;
}

export interface Store extends WatchableStore {
  readonly recovered: RecoveredSummary;
  readonly internals: StoreInternals;
  /** What `read` answers. */
  get(key: string): StoredValue | undefined;
  /** What `askReadiness` answers. */
  readiness(): Readiness;
  /** Takes no further puts; resolves when those under way have their answers. */
  drain(): Promise<void>;
  /** Answers every put that still waits for the disk: nobody knows. */
  abandonPuts(): void;
  /** Drains, seals the log and lets go of the directory. Rejects if the disk fails on the way. */
  close(): Promise<void>;
}

/** Rejects with a `StartRefusal` where the store must not start. */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const store = new ActorStore(options);
  await store.opened;
  return store;
}

type State = 'recovering' | 'serving' | 'draining' | 'halted' | 'closed';

const inWorker = (place: CompactionPlace) => compactionPorts(place);

class ActorStore implements Store {
  readonly opened: Promise<void>;
  readonly #options: OpenStoreOptions;
  readonly #batch = new WriteBatch();
  #internals!: StoreInternals;
  readonly #root: AnyActorRef;
  readonly #idPrefix: string;
  #lastNumber = 0;
  #state: State = 'recovering';
  readonly #watchers: (() => void)[] = [];
  #log: OpenLog | undefined;
  #transactionsRef!: AnyActorRef;
  #transactions!: Transactions;
  #keyLocks!: Ref<ToKeyLocks>;
  #flusher!: Ref<Append>;

  constructor(options: OpenStoreOptions) {
    this.#options = options;
    this.#idPrefix = Buffer.from(options.platform.random.bytes(8)).toString('hex');
    const { clock } = options.platform;
    const root = createActor(storeMachine, { input: this.#storeInput(), clock, systemId: 'store' });
    this.#root = root;
    this.opened = new Promise((resolve, reject) => {
      root.subscribe({
        next: (snapshot) => {
          if (this.#state !== 'recovering') return;
          if (snapshot.matches('refused')) reject(snapshot.context.error);
          if (!snapshot.matches('running')) return;
          this.#begin(snapshot.context.log!);
          resolve();
        },
        error: options.onBug,
      });
    });
    forgetRunningActors(root);
    root.start();
  }

  get recovered(): RecoveredSummary {
    const { isNew, index, progress, tookMs } = this.#log!;
    const { blocks, bytes, transactions } = progress;
    return { isNew, blocks, bytes, transactions, keys: index.size, tookMs: Math.round(tookMs) };
  }

  get internals(): StoreInternals {
    return this.#internals;
  }

  get(key: string): StoredValue | undefined {
    return this.#log!.index.get(key);
  }

  read(key: string, answer: (stored: StoredValue | undefined) => void): void {
    answer(this.get(key));
  }

  readMany(
    keys: readonly string[],
    textBytesMax: number,
    answer: (stored: readonly (StoredValue | undefined)[]) => void,
  ): void {
    answer(readMany((key) => this.get(key), keys, textBytesMax));
  }

  put(operations: readonly PutOperation[]): Promise<PutOutcome> {
    const refusal = this.refusesPuts();
    if (refusal) return Promise.resolve(refusal);
    return new Promise((answer) => {
      this.#lastNumber += 1;
      this.#transactions.start(this.#transactionsRef, {
        id: this.#idPrefix + this.#lastNumber.toString(16).padStart(16, '0'),
        operations,
        keyLocks: this.#keyLocks,
        flusher: this.#flusher,
        index: this.#log!.index,
        answer,
      });
    });
  }

  refusesPuts(): PutsRefused | undefined {
    if (this.#state === 'draining') return { code: 'DRAINING', error: 'the server is shutting down' };
    if (this.#state !== 'serving') return { code: 'HALTED', error: 'the store has halted; the server will exit' };
    const { queuedPutsMax, queuedBytesMax } = this.#options.config;
    if (this.#transactions.count >= queuedPutsMax) return tooManyPuts(queuedPutsMax);
    if (this.#batch.waitingBytes >= queuedBytesMax) return tooManyBytes(queuedBytesMax);
    return undefined;
  }

  readiness(): Readiness {
    if (this.#state !== 'serving') return { ready: false, reason: `the store is ${this.#state}` };
    const { putTimeoutMs } = this.#options.config;
    if (this.#transactions.oldestAgeMs >= putTimeoutMs)
      return { ready: false, reason: `a put has waited for the disk for more than ${putTimeoutMs} ms (putTimeoutMs)` };
    const { value } = this.#flusher.getSnapshot() as unknown as { value: string };
    if (value === 'waitingForRoom' || value === 'makingRoom')
      return { ready: false, reason: 'the disk has no room for the next log block' };
    return { ready: true };
  }

  askReadiness(answer: (readiness: Readiness) => void): void {
    answer(this.readiness());
  }

  drain(): Promise<void> {
    if (this.#state === 'serving') {
      this.#become('draining');
      this.#root.send({ type: 'drain' });
    }
    return new Promise((resolve) => this.#transactions.whenIdle(resolve));
  }

  abandonPuts(): void {
    this.#transactions.abandon(
      'the server is shutting down and the disk has not answered; the put may still be applied',
    );
  }

  async close(): Promise<void> {
    await this.drain();
    if (this.#state === 'closed') return;
    const closed = new Promise<void>((resolve, reject) => {
      this.#root.subscribe((snapshot) => {
        if (snapshot.matches('closed')) resolve();
        if (snapshot.matches('halted')) reject(snapshot.context.error);
      });
    });
    this.#root.send({ type: 'close' });
    await closed;
    this.#become('closed');
  }

  watchState(listener: () => void): void {
    this.#watchers.push(listener);
  }

  #become(state: State): void {
    this.#state = state;
    for (const tell of this.#watchers) tell();
  }

  #begin(log: OpenLog): void {
    const { system } = this.#root;
    this.#log = log;
    this.#keyLocks = system.get('keyLocks') as Ref<ToKeyLocks>;
    this.#flusher = system.get('flusher') as Ref<Append>;
    this.#transactionsRef = system.get('transactions') as AnyActorRef;
    this.#transactions = (this.#transactionsRef.getSnapshot() as { transactions: Transactions }).transactions;
    this.#internals = {
      actors: {
        store: this.#root,
        transactions: this.#transactionsRef,
        keyLocks: system.get('keyLocks') as AnyActorRef,
        flusher: system.get('flusher') as AnyActorRef,
        compactor: system.get('compactor') as AnyActorRef,
      },
      clock: this.#options.platform.clock,
      transactions: this.#transactions,
      batch: this.#batch,
    };
    this.#become('serving');
  }

  #storeInput(): StoreInput {
    const { config, platform, log, onBug, compaction = inWorker } = this.#options;
    const { dataDir, batchTime, maxBatchSize, maxBlockSize, maxBlocks, idleMarkMs, putTimeoutMs } = config;
    const { memoryMax, maxKeys } = config;
    return {
      platform,
      open: {
        platform,
        dataDir,
        maxBlockSize,
        limits: { memoryMax, maxKeys },
        onNotice: ({ level, event, message }) => log[level]({ event }, message),
        onProgress: (progress) => log.info({ event: 'recovering', ...progress }),
      },
      batch: this.#batch,
      flushing: { batchTime, maxBatchSize, idleMarkMs },
      compaction: (opened) => ({
        blocks: opened.sealed,
        maxBlocks,
        ports: compaction({ files: platform.files, directory: dataDir, uuid: opened.uuid, maxBlockSize }),
        clock: platform.clock,
        onNotice: ({ level, event, message, ...fields }) => log[level]({ event, ...fields }, message),
      }),
      putTimeoutMs,
      onBug,
      onHalt: (error) => this.#halt(error),
    };
  }

  /** An error of the system halts the store; any other on the way of a put is a defect of ours. */
  #halt(error: unknown): void {
    this.#become('halted');
    if (errnoOf(error) === undefined && !(error instanceof DirectoryGone)) this.#options.onBug(error);
    else this.#options.onHalt(error);
  }
}
