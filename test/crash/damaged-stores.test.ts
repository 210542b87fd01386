/** A sample of every damage that `npm run prove` does in full; `test/wal/bit-flips.test.ts` shows another one. */
import { expect, test } from 'vitest';
import { type Damaging, damage, Subject } from './damaged-stores.ts';

/** Of odd length, so that a sample visits all bits of a byte and all places of a page. */
const every = 101;

function sample({ units }: Damaging): number[] {
  return Array.from({ length: Math.ceil(units / every) }, (_, index) => index * every);
}

test('the stores are of 64 KiB', async () => {
  for (const { files } of [await Subject.unmarked(), await Subject.marked()]) {
    const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
    expect(bytes).toBeGreaterThanOrEqual(64 * 1024);
    expect(bytes).toBeLessThan(80 * 1024);
  }
});

test('S16, S17, S18: a flipped bit is refused, or changes nothing, or takes the last unmarked batch', async () => {
  const subject = await Subject.unmarked();
  const flips = subject.bitFlips();
  const { refused, sameState, lastBatchMissing } = await damage(subject, flips, sample(flips));
  expect(refused).toBeGreaterThan(0);
  expect(sameState).toBeGreaterThan(0);
  expect(lastBatchMissing).toBeGreaterThan(0);
});

test('S16, S17, S18: a flipped bit takes nothing from a store that is marked', async () => {
  const subject = await Subject.marked();
  const flips = subject.bitFlips();
  const { refused, sameState } = await damage(subject, flips, sample(flips));
  expect(refused).toBeGreaterThan(0);
  expect(sameState).toBeGreaterThan(0);
});

test('S1, S16: a file that is cut anywhere is refused', async () => {
  for (const subject of [await Subject.unmarked(), await Subject.marked()]) {
    const cuts = subject.truncations();
    const units = sample(cuts);
    expect(await damage(subject, cuts, units)).toEqual({ refused: units.length, sameState: 0, lastBatchMissing: 0 });
  }
});
