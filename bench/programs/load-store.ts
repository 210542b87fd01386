/** Opens a store, checks and all. */
import { engineSettings, openEngine } from '../support/engine.ts';
import { heapBytes, printResult, programOptions } from './program.ts';

/** What a start found, and what it cost. */
export interface Loaded {
  readonly ms: number;
  readonly keys: number;
  readonly heapBytes: number;
}

const { dataDir } = programOptions<{ dataDir: string }>();
const startedMs = performance.now();
const store = await openEngine({ ...engineSettings(dataDir), maxBlocks: 10_000 });
const ms = performance.now() - startedMs;
printResult({ ms, keys: store.recovered.keys, heapBytes: heapBytes() } satisfies Loaded);
await store.close();
