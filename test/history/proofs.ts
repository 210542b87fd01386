/** The part of `npm run prove` that concerns the history checkers themselves. */
import type { Proof } from '../prove/proof.ts';
import { compareWithBruteForce } from './compare.ts';

export const historyProofs: readonly Proof[] = [
  {
    name: 'small histories on which the checkers say what brute force says',
    units: 100_000,
    portion: 10_000,
    run: async (from, count) => ({ ...compareWithBruteForce(from, count) }),
  },
];
