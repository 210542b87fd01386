import { expect, test } from 'vitest';
import { killCycles } from './kill-cycles.ts';

// Most of the time goes into the starts, and a busy machine takes several times as long for them.
const boundMs = 180_000;

test(
  'S31: 30 SIGKILLs at random moments under 64 clients: nothing acknowledged is lost',
  async () => {
    const figures = await killCycles({ cycles: 30, seed: 1, compaction: false });
    expect(figures.cycles).toBe(30);
    expect(figures.acknowledged).toBeGreaterThan(30);
    // Some puts were under way when the server died, and some servers died before they served.
    expect(figures.unknown).toBeGreaterThan(30);
    expect(figures.killedInRecovery).toBeGreaterThan(0);
  },
  boundMs,
);

test(
  'S22, S31: 20 SIGKILLs while blocks are merged all the time: nothing acknowledged is lost',
  async () => {
    const figures = await killCycles({ cycles: 20, seed: 2, compaction: true });
    expect(figures.cycles).toBe(20);
    expect(figures.acknowledged).toBeGreaterThan(20);
    expect(figures.merges).toBeGreaterThan(0);
  },
  boundMs,
);
