/** Puts every key twice, 20 keys a put and one put at a time, and watches the delay of the event loop meanwhile. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { compactionPorts } from '../../src/wal/compaction-ports.ts';
import { MergeThread } from '../../src/wal/merge-thread.ts';
import { nodePlatform } from '../../src/wal/node-platform.ts';
import { keyText } from '../load/key-text.ts';
import { engineSettings, mustCommit, openEngine } from '../support/engine.ts';
import { printResult, programOptions } from './program.ts';

export interface MergingPutsOptions {
  readonly dataDir: string;
  readonly keys: number;
  readonly blockBytes: number;
  /** 1: blocks are merged all the while; more than come to be: there is nothing to merge. */
  readonly maxBlocks: number;
}

export interface MergingPuts {
  readonly merges: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const OPERATIONS_A_PUT = 20;
const VALUE = 'x'.repeat(964);

const { dataDir, keys, blockBytes, maxBlocks } = programOptions<MergingPutsOptions>();
const thread = new MergeThread();
let merges = 0;
const settings = { ...engineSettings(dataDir), maxBlockSize: blockBytes, maxBlocks };
const store = await openEngine(settings, nodePlatform(), (place) =>
  compactionPorts(place, (job, signal) => {
    merges += 1;
    return thread.merge(job, signal);
  }),
);
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
for (let version = 0; version < 2; version += 1)
  for (let first = 0; first < keys; first += OPERATIONS_A_PUT) {
    const numbers = Array.from({ length: OPERATIONS_A_PUT }, (_, at) => first + at);
    await mustCommit(store.put(numbers.map((number) => ({ key: keyText('merging0', number), value: VALUE, version }))));
  }
delay.disable();
await store.close();
printResult({ merges, p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6 } satisfies MergingPuts);
