/** The real engine, with its log in memory. */
import { onTestFinished } from 'vitest';
import { openStore, type Store, type StoreSettings } from '../../../src/store.ts';
import { nodePlatform } from '../../../src/wal/node-platform.ts';
import { MemoryFiles } from '../../support/memory-files.ts';

const settings: StoreSettings = {
  dataDir: '/data',
  batchTime: 0,
  maxBatchSize: 8192,
  maxBlockSize: 64 * 1024,
  // Nothing is merged: that would be done by another thread, which cannot see this memory.
  maxBlocks: 1_000_000,
  idleMarkMs: 60_000,
  putTimeoutMs: 60_000,
  queuedPutsMax: 1000,
  queuedBytesMax: 1024 * 1024,
  memoryMax: 100_000_000,
  maxKeys: 100_000,
};

/** Two of them give the same puts the same ids. */
export async function openMemoryStore(changes: Partial<StoreSettings> = {}): Promise<Store> {
  const fail = (error: unknown) => {
    throw error;
  };
  const quiet = () => {};
  const random = { bytes: (count: number) => new Uint8Array(count).fill(0xab) };
  const store = await openStore({
    config: { ...settings, ...changes },
    platform: { ...nodePlatform(), files: new MemoryFiles(), random },
    log: { info: quiet, warn: quiet, error: quiet },
    onBug: fail,
    onHalt: fail,
  });
  onTestFinished(() => store.close());
  return store;
}
