/** A real store in this process with its inspector, on a disk that can be held up, and verbs for what happens to it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FrameRecorder } from '../../../src/inspector/frame-recorder.ts';
import type { Frame, TransactionRecord } from '../../../src/inspector/protocol.ts';
import { Redaction } from '../../../src/inspector/redaction.ts';
import { Sampler } from '../../../src/inspector/sampler.ts';
import { watchActors } from '../../../src/inspector/watch-actors.ts';
import type { PutOutcome } from '../../../src/outcome.ts';
import { openStore, type Store, type StoreSettings } from '../../../src/store.ts';
import { nodePlatform } from '../../../src/wal/node-platform.ts';
import type { Value } from '../../../src/wal/value.ts';
import { FaultyFiles } from '../../support/faulty-files.ts';

const SETTINGS: Omit<StoreSettings, 'dataDir'> = {
  batchTime: 0,
  maxBatchSize: 8192,
  maxBlockSize: 16 * 1024,
  maxBlocks: 3,
  idleMarkMs: 60_000,
  putTimeoutMs: 60_000,
  queuedPutsMax: 1000,
  queuedBytesMax: 1024 * 1024,
  memoryMax: 10_000_000,
  maxKeys: 10_000,
};

export const plainSight = new Redaction({ hidesKeys: false, hidesValues: false, secret: new Uint8Array(16) });

export class WatchedStore implements AsyncDisposable {
  readonly store: Store;
  readonly files: FaultyFiles;
  readonly errors: unknown[] = [];
  readonly #directory: string;

  static async open(settings: Partial<StoreSettings> = {}): Promise<WatchedStore> {
    const directory = mkdtempSync(path.join(tmpdir(), 'concave-inspected-'));
    const files = new FaultyFiles();
    const quiet = () => {};
    const store = await openStore({
      config: { ...SETTINGS, dataDir: path.join(directory, 'data'), ...settings },
      platform: { ...nodePlatform(), files },
      log: { info: quiet, warn: quiet, error: quiet },
      onBug: (error) => {
        throw error;
      },
      onHalt: quiet,
    });
    return new WatchedStore(store, files, directory);
  }

  private constructor(store: Store, files: FaultyFiles, directory: string) {
    this.store = store;
    this.files = files;
    this.#directory = directory;
  }

  put(...operations: readonly (readonly [key: string, value: Value, version: number])[]): Promise<PutOutcome> {
    return this.store.put(operations.map(([key, value, version]) => ({ key, value, version })));
  }

  /** Everything is shown unless the sampler given says otherwise. */
  watch(redaction = plainSight, sampler = new Sampler({ autoPerS: 1e6, mostPerS: 1e6 })): Watch {
    const onError = (error: unknown) => this.errors.push(error);
    const recorder = new FrameRecorder({ internals: this.store.internals, redaction, sampler, onError });
    return new Watch(recorder, watchActors(this.store.internals, recorder));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close().catch(() => {});
    await this.files.crash();
    rmSync(this.#directory, { recursive: true, force: true });
    if (this.errors.length > 0) throw this.errors[0];
  }
}

export class Watch {
  readonly recorder: FrameRecorder;
  readonly stop: () => void;

  constructor(recorder: FrameRecorder, stop: () => void) {
    this.recorder = recorder;
    this.stop = stop;
  }

  frame(): Frame {
    // As a page gets it: nothing may be in it that JSON does not carry.
    const frame = this.recorder.takeFrame();
    return JSON.parse(JSON.stringify(frame)) as Frame;
  }
}

export function recordOf({ transactions }: Frame, id: string): TransactionRecord {
  const found = transactions.findLast((record) => record.id === id);
  if (!found) throw new Error(`the frame tells nothing of transaction ${id}`);
  return found;
}

export function idOf(outcome: PutOutcome): string {
  if (!('id' in outcome)) throw new Error(`the answer ${outcome.code} has no id`);
  return outcome.id;
}
