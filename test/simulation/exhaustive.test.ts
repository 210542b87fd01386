import { expect, it } from 'vitest';
import { Explorer } from './exhaustive.ts';
import { newestFirst } from './scheduler.ts';
import { exploreSectors } from './sectors.ts';
import { record, recordFirstStart, workloadsOf } from './small-workloads.ts';

it('S3 S4 S22 S23: all power cuts of a one-put run, and one more in recovery, keep acknowledged puts', async () => {
  const explorer = new Explorer();
  for (const workload of workloadsOf(1)) await explorer.explore(await record(workload));
  expect(explorer.counts).toMatchObject({ workloads: 3, crashPoints: 100, processCrashes: 100 });
  expect(explorer.counts.powerLosses).toBeGreaterThan(2000);
  expect(explorer.counts.powerLossesInRecovery).toBeGreaterThan(40_000);
}, 60_000);

it('S4: two puts of one batch are there both or neither', async () => {
  const explorer = new Explorer();
  const puts = (['two keys', 'two pages'] as const).map((kind, index) => ({ kind, isInBatchOfLast: index > 0 }));
  await explorer.explore(await record({ puts }, newestFirst));
  expect(explorer.counts.powerLosses).toBeGreaterThan(500);
}, 60_000);

it('S6 S35: after every power cut of the very first start the store is there or is made anew', async () => {
  const explorer = new Explorer();
  await explorer.explore(await recordFirstStart());
  expect(explorer.counts).toMatchObject({ workloads: 1, crashPoints: 26 });
  expect(explorer.counts.powerLosses).toBeGreaterThan(100);
}, 60_000);

it('S3: each sector of a one-page batch kept, old, zero or garbage: the put is there whole or not at all', async () => {
  expect(await exploreSectors()).toEqual({ powerLosses: 65_536, differentDisks: 6561 });
}, 60_000);
