import { expect, test } from 'vitest';
import { stopCycles, stopWays } from './stop-cycles.ts';

test('S30: SIGTERM under 64 clients, to the server, to npm and to the group: all is answered and kept, exit 0', async () => {
  const { cycles, acknowledged } = await stopCycles({ cycles: 2 * stopWays, seed: 1 });
  expect(cycles).toBe(8);
  expect(acknowledged).toBeGreaterThan(8 * 50);
}, 120_000);
