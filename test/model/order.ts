/** Orders of events, as numbers that a property can draw. */
import fc from 'fast-check';

/**
 * A number and not `fc.scheduler()` itself: copies of one scheduler share their random source, so what a shrunk run
 * does depends on the runs before it, and its path alone does not bring it back (fast-check 4.10). An order does not
 * shrink: the commands do, and how far the calls under way go between two of them is the commands' own.
 */
export const anyOrder: fc.Arbitrary<number> = fc.noShrink(fc.nat());

/** Picks among the calls that are due always alike for the same number. */
export function schedulerFor(order: number): fc.Scheduler {
  return fc.sample(fc.scheduler(), { seed: order, numRuns: 1 })[0]!;
}
