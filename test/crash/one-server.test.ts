import { expect, test } from 'vitest';
import { raceForDirectory } from './one-server.ts';

test('S24: of 20 servers that start at once one serves; so it is again after each of ten SIGKILLs', async () => {
  await expect(raceForDirectory([20, ...Array<number>(10).fill(4)])).resolves.toBeUndefined();
}, 150_000);
