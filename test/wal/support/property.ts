/** Properties over arbitrary inputs, the same ones in every run. */
import fc from 'fast-check';

/** Checks a property that throws where it does not hold. */
export function holds<T extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  check: (...values: T) => void,
  numRuns = 200,
): void {
  const property = fc.property(...arbitraries, (...values) => {
    check(...(values as unknown as T));
  });
  fc.assert(property, { seed: 4096, numRuns });
}

/** The same for a check that takes time of its own. */
export async function holdsAlways<T>(
  arbitrary: fc.Arbitrary<T>,
  check: (value: T) => Promise<void>,
  numRuns: number,
): Promise<void> {
  await fc.assert(fc.asyncProperty(arbitrary, check), { seed: 4096, numRuns });
}
