/** An engine without HTTP, in this process, for benches that ask about the log alone. */
import v8 from 'node:v8';
import type { PutOutcome } from '../../src/outcome.ts';
import { type OpenStoreOptions, openStore, type Store, type StoreSettings } from '../../src/store.ts';
import { nodePlatform } from '../../src/wal/node-platform.ts';
import type { Platform } from '../../src/wal/platform.ts';

export function engineSettings(dataDir: string): StoreSettings {
  return {
    dataDir,
    batchTime: 0,
    maxBatchSize: 8 * 1024,
    maxBlockSize: 4 * 1024 * 1024,
    maxBlocks: 10,
    idleMarkMs: 100,
    putTimeoutMs: 60_000,
    queuedPutsMax: 10_000,
    queuedBytesMax: 64 * 1024 * 1024,
    memoryMax: Math.floor(v8.getHeapStatistics().heap_size_limit * 0.6),
    maxKeys: 16_000_000,
  };
}

export function openEngine(
  settings: StoreSettings,
  platform: Platform = nodePlatform(),
  compaction?: OpenStoreOptions['compaction'],
): Promise<Store> {
  const quiet = () => {};
  const fail = (error: unknown) => {
    throw error;
  };
  const log = { info: quiet, warn: console.warn, error: console.error };
  return openStore({ config: settings, platform, log, onBug: fail, onHalt: fail, ...(compaction && { compaction }) });
}

/** Throws where the put was not committed. */
export async function mustCommit(outcome: Promise<PutOutcome>): Promise<void> {
  const { code } = await outcome;
  if (code !== 'COMMITTED') throw new Error(`a put ended as ${code}`);
}
