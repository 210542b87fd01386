/** One process that runs the real store in steps, from its start to its stop or death. */
import type fc from 'fast-check';
import { openStore, type Store, type StoreSettings } from '../../src/store.ts';
import { compactionPorts } from '../../src/wal/compaction-ports.ts';
import { runMerge } from '../../src/wal/merge.ts';
import { FaultyFiles } from '../support/faulty-files.ts';
import type { MemoryDisk } from './memory-disk.ts';
import { SteppedPlatform } from './stepped-platform.ts';

/** The settings that decide when something is written. */
export type Sizes = Pick<StoreSettings, 'batchTime' | 'maxBlockSize' | 'maxBlocks'>;

const SETTINGS = {
  dataDir: '/data',
  maxBatchSize: 8192,
  idleMarkMs: 100,
  putTimeoutMs: 3_600_000,
  queuedPutsMax: 1000,
  queuedBytesMax: 1024 * 1024,
  memoryMax: 10_000_000,
  maxKeys: 10_000,
} as const;

export class SteppedProcess {
  readonly platform: SteppedPlatform;
  readonly files: FaultyFiles;
  store!: Store;
  /** How often blocks were merged. */
  compactions = 0;
  readonly #disk: MemoryDisk;
  readonly #sizes: Sizes;

  /** `number` counts the processes on a disk. */
  constructor(scheduler: fc.Scheduler, disk: MemoryDisk, number: number, sizes: Sizes) {
    this.#disk = disk;
    this.#sizes = sizes;
    this.files = new FaultyFiles(disk);
    this.platform = new SteppedPlatform(scheduler, this.files, number);
  }

  get isDead(): boolean {
    return this.files.isDead;
  }

  /** Rejects with the `StartRefusal` of a store that must not start. */
  async open(onBug: (error: unknown) => void, onHalt: (error: unknown) => void): Promise<void> {
    const note = ({ event }: { readonly event?: string }) => {
      if (event === 'compacted') this.compactions += 1;
    };
    const opening = openStore({
      config: { ...SETTINGS, ...this.#sizes },
      platform: this.platform,
      log: { info: note, warn: note, error: note },
      onBug: (error) => this.isDead || onBug(error),
      onHalt: (error) => this.isDead || onHalt(error),
      compaction: (place) => compactionPorts(place, (job, signal) => runMerge(place.files, job, { signal })),
    });
    this.store = await this.platform.untilSettled(opening, 'the start');
  }

  fillDisk(): void {
    this.files.fail({ kind: 'write', errno: 'ENOSPC', times: Number.POSITIVE_INFINITY });
  }

  /** From now on every append writes so many of its bytes, or all it has, and fails. */
  breakDisk(afterBytes: number): void {
    this.files.fail({ kind: 'appendDurably', errno: 'EIO', afterBytes, times: Number.POSITIVE_INFINITY });
  }

  async stop(): Promise<void> {
    await this.platform.untilSettled(this.store.close(), 'a clean stop');
    await this.die();
  }

  /** Nothing that the process has under way happens any more, but for what the disk was doing just then. */
  async die(): Promise<void> {
    await this.files.crash();
    this.platform.stop();
    this.#disk.freeLocks();
  }
}
