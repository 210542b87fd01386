/** Puts into an engine without HTTP whose blocks are small, so that many of them meet a change of blocks; syncs are counted. */
import { keyText } from '../load/key-text.ts';
import { quantile } from '../report/statistics.ts';
import { type BlockEvents, blockEvents } from '../support/block-events.ts';
import { engineSettings, mustCommit, openEngine } from '../support/engine.ts';
import { printResult, programOptions } from './program.ts';

export interface RotatingPutsOptions {
  readonly dataDir: string;
  readonly tasks: number;
  readonly blockBytes: number;
  readonly seconds: number;
}

export interface RotatingPuts extends BlockEvents {
  readonly puts: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** Of the puts during which a block began. */
  readonly met: number;
  readonly metP50Ms: number;
  readonly metP999Ms: number;
}

const { dataDir, tasks, blockBytes, seconds } = programOptions<RotatingPutsOptions>();
const { platform, events } = blockEvents();
const settings = { ...engineSettings(dataDir), maxBlockSize: blockBytes, maxBlocks: 1_000_000 };
const store = await openEngine(settings, platform);
const all: number[] = [];
const met: number[] = [];
const endMs = performance.now() + seconds * 1000;
const before = { ...events };

async function task(number: number): Promise<void> {
  const key = keyText('rotate00', number);
  for (let version = 0; performance.now() < endMs; version += 1) {
    const startedMs = performance.now();
    const blocks = events.blocks;
    await mustCommit(store.put([{ key, value: key, version }]));
    const tookMs = performance.now() - startedMs;
    all.push(tookMs);
    if (events.blocks !== blocks) met.push(tookMs);
  }
}

await Promise.all(Array.from({ length: tasks }, (_, number) => task(number)));
const counted = { blocks: events.blocks - before.blocks, syncs: events.syncs - before.syncs };
await store.close();
printResult({
  ...counted,
  puts: all.length,
  p50Ms: quantile(all, 0.5),
  p99Ms: quantile(all, 0.99),
  p999Ms: quantile(all, 0.999),
  met: met.length,
  metP50Ms: quantile(met, 0.5),
  metP999Ms: quantile(met, 0.999),
} satisfies RotatingPuts);
