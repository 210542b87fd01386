/** All measurements, in the order in which they run and the page has them. */
import type { Measurement } from '../measurement.ts';
import { againstTheFloor } from './against-the-floor.ts';
import { batchAgainstRedis } from './batch-against-redis.ts';
import { clientCeiling } from './client-ceiling.ts';
import { compactionLatency } from './compaction-latency.ts';
import { engineAlone } from './engine-alone.ts';
import { inspector } from './inspector.ts';
import { keyCount } from './key-count.ts';
import { largePuts } from './large-puts.ts';
import { latencyUnderLoad } from './latency-under-load.ts';
import { loneClient } from './lone-client.ts';
import { mergeStall } from './merge-stall.ts';
import { originalWorkloads } from './original-workloads.ts';
import { restartAndMemory } from './restart-and-memory.ts';
import { rivals } from './rivals.ts';
import { rotationLatency } from './rotation-latency.ts';
import { threads } from './threads.ts';
import { writeAmplification } from './write-amplification.ts';

export const measurements: readonly Measurement[] = [
  clientCeiling,
  againstTheFloor,
  originalWorkloads,
  largePuts,
  threads,
  rivals,
  batchAgainstRedis,
  engineAlone,
  loneClient,
  latencyUnderLoad,
  compactionLatency,
  rotationLatency,
  restartAndMemory,
  keyCount,
  inspector,
  mergeStall,
  writeAmplification,
];
