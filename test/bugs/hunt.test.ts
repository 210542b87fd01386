import { expect, test } from 'vitest';
import { seedIn } from './hunt.ts';

test.each([
  ['Property failed after 3 tests\n{ seed: -1098470399, path: "2:1" }', '-1098470399'],
  ['violation; see it again with: node replay.ts --seed 123', '123'],
  ['seed 7: an acknowledged put is missing', '7'],
  ['expected 4096 to be 8192', undefined],
  ['it proceeds 12 steps', undefined],
])('the seed in a message: %s', (message, seed) => {
  expect(seedIn(message)).toBe(seed);
});
