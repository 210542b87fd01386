/** The big runs of the model, for `npm run prove`. */
import type { Proof } from '../prove/proof.ts';
import { needs } from '../support/can-run.ts';
import { exploreServer } from './http-exploration.ts';
import { exploreStore } from './store-exploration.ts';

type Explore = (seed: number, programs: number, figures: Record<string, number>) => Promise<void>;

export const modelProofs: readonly Proof[] = [
  modelProof('programs run on the store, every call in an order of the scheduler', exploreStore, {
    units: 1000,
    portion: 5,
    programsPerUnit: 100,
  }),
  modelProof('programs run on the server over HTTP', exploreServerOnSmallDisk, {
    units: 100,
    portion: 1,
    programsPerUnit: 2,
  }),
];

async function exploreServerOnSmallDisk(seed: number, runs: number, figures: Record<string, number>): Promise<void> {
  needs('unshare');
  needs('nsenter');
  await exploreServer({ seed, runs, onSmallDisk: true }, figures);
}

/** The unit is the seed. */
function modelProof(
  name: string,
  explore: Explore,
  { units, portion, programsPerUnit }: { units: number; portion: number; programsPerUnit: number },
): Proof {
  return {
    name,
    units,
    portion,
    async run(from, count) {
      const figures: Record<string, number> = {};
      for (let seed = from; seed < from + count; seed += 1) await explore(seed, programsPerUnit, figures);
      return figures;
    },
  };
}
