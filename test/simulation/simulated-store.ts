/**
 * One life of a store on a simulated machine: the production code from `openStore` on, until it closes, halts or is
 * killed.
 */
import { openStore, type Store, type StoreSettings } from '../../src/store.ts';
import { compactionPorts } from '../../src/wal/compaction-ports.ts';
import { runMerge } from '../../src/wal/merge.ts';
import { StartRefusal } from '../../src/wal/refusal.ts';
import type { FaultPlan } from './fault-plan.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { SimulatedProcess, type World } from './simulated-process.ts';

export const DATA_DIR = '/data/store';

/** The parent of the data directory is there; the directory itself is made by the first start. */
export function emptyDisk(): SimulatedDisk {
  const disk = new SimulatedDisk();
  disk.makeDirectory('/data');
  disk.syncDirectory('/');
  return disk;
}

/** Header, two pages of batches, footer: the smallest that the settings allow, so that a few puts fill a block. */
export const SMALLEST_BLOCK = 16 * 1024;

export const smallSettings: StoreSettings = {
  dataDir: DATA_DIR,
  batchTime: 0,
  maxBatchSize: 1024 * 1024,
  maxBlockSize: SMALLEST_BLOCK,
  maxBlocks: 1,
  idleMarkMs: 100,
  putTimeoutMs: 10_000,
  queuedPutsMax: 1000,
  queuedBytesMax: 1024 * 1024,
  memoryMax: 1024 * 1024 * 1024,
  maxKeys: 1000,
};

export type StoreState = 'opening' | 'serving' | 'refused' | 'halted' | 'closed';

export interface SimulatedStoreOptions {
  /** Hears of each notice to the operator by its name. */
  readonly onEvent?: (event: string) => void;
  /** Of merges; by default each log block is sorted alone. */
  readonly sortedBytesMax?: number;
}

export class SimulatedStore {
  readonly process: SimulatedProcess;
  readonly #onEvent: (event: string) => void;
  /** What it has told its operator. */
  readonly events = new Set<string>();
  state: StoreState = 'opening';
  /** Why it was refused, or halted. */
  error: unknown;
  #store: Store | undefined;

  constructor(world: World, faults: FaultPlan, settings: StoreSettings, options: SimulatedStoreOptions = {}) {
    const { onEvent = () => {}, sortedBytesMax = 0 } = options;
    this.#onEvent = onEvent;
    this.process = new SimulatedProcess(world, faults);
    const { process } = this;
    const notice = (fields: object) => this.#note((fields as { event?: string }).event ?? 'notice');
    openStore({
      config: settings,
      platform: process,
      log: { info: notice, warn: notice, error: notice },
      onBug: (error) => this.#fail(error),
      onHalt: (error) => this.#end('halted', error),
      compaction: (place) =>
        compactionPorts(place, (job, signal) => runMerge(place.files, { ...job, sortedBytesMax }, { signal })),
    }).then(
      (store) => {
        this.#store = store;
        this.state = 'serving';
      },
      (error: unknown) => {
        if (error instanceof StartRefusal) this.#end('refused', error);
        else this.#fail(error);
      },
    );
  }

  get store(): Store {
    this.throwIfBroken();
    if (!this.#store) throw new Error(`the store is ${this.state}`);
    return this.#store;
  }

  /** Whether clients can reach it; also while it is being stopped. */
  get isOpen(): boolean {
    return this.#store !== undefined && this.state !== 'closed';
  }

  /** A defect of concave's own, which nothing that a machine does may bring about. */
  bug: unknown;

  throwIfBroken(): void {
    if (this.bug !== undefined) throw this.bug;
  }

  close(): void {
    this.store.close().then(
      () => this.#end('closed', undefined),
      () => {}, // the halt says why
    );
  }

  #end(state: StoreState, error: unknown): void {
    this.#note(state);
    this.state = state;
    this.error = error;
  }

  #note(event: string): void {
    this.events.add(event);
    this.#onEvent(event);
  }

  #fail(error: unknown): void {
    this.bug ??= error;
  }
}
