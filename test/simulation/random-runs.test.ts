import { afterEach, describe, expect, it, vi } from 'vitest';
import { proveSameRun } from './proofs.ts';
import type { Report } from './report.ts';
import { runSeed } from './run.ts';

afterEach(() => vi.restoreAllMocks());

const SEEDS = 400;

async function runAll(): Promise<Report[]> {
  const reports: Report[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) reports.push(await runSeed(seed));
  return reports;
}

const sumOf = (reports: readonly Report[], count: (report: Report) => number) =>
  reports.reduce((sum, report) => sum + count(report), 0);

describe('random runs', () => {
  it('S2 S6 S7 S8 S9 S12 S22 S23 S27: 2,000 power losses, and every history, log and memory agree', async () => {
    const reports = await runAll();
    expect(sumOf(reports, ({ counts }) => counts.powerLosses)).toBeGreaterThanOrEqual(2000);
    expect(sumOf(reports, ({ counts }) => counts.processCrashes)).toBeGreaterThan(300);
    expect(sumOf(reports, ({ counts }) => counts.crashesInRecovery)).toBeGreaterThan(100);
    expect(sumOf(reports, ({ counts }) => counts.faults)).toBeGreaterThan(300);
    // What never comes up is not tested.
    for (const event of [
      'torn_tail',
      'seal_finished',
      'left_over',
      'temporary_deleted',
      'compacted',
      'halted',
      'refused',
    ])
      expect(
        sumOf(reports, ({ events }) => events.get(event) ?? 0),
        event,
      ).toBeGreaterThan(0);
  }, 120_000);

  it.each([1156, 2135, 4148])('seed %i, which once found a fault', async (seed) => {
    expect((await runSeed(seed)).counts.powerLosses).toBeGreaterThan(0);
  });

  it('the same seed gives the same trace and the same disk, byte for byte', async () => {
    for (let seed = 1; seed <= 20; seed += 1) await proveSameRun(seed);
    const [one, other] = [await runSeed(1), await runSeed(2)];
    expect(one.traceHash).not.toBe(other.traceHash);
    expect(one.diskHash).not.toBe(other.diskHash);
  });

  it('S26: the time of day may jump by ten years, back and forth, and nothing changes', async () => {
    const before = await runSeed(3);
    let calls = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => {
      calls += 1;
      return 1.7e12 + (calls % 2 === 0 ? -1 : 1) * 10 * 365 * 86_400_000;
    });
    const after = await runSeed(3);
    expect([after.traceHash, after.diskHash]).toEqual([before.traceHash, before.diskHash]);
  });

  it('nothing in a simulated world waits for a real timer or a real turn', async () => {
    const forbidden = () => {
      throw new Error('a real timer, turn or clock');
    };
    const { traceHash } = await runSeed(4);
    const names = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'] as const;
    for (const name of names) vi.spyOn(globalThis, name).mockImplementation(forbidden as never);
    vi.spyOn(performance, 'now').mockImplementation(forbidden);
    vi.spyOn(Math, 'random').mockImplementation(forbidden);
    expect((await runSeed(4)).traceHash).toBe(traceHash);
  });
});
