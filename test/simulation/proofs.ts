/** The parts of `npm run prove` that run on the simulated machine. */
import type { Proof } from '../prove/proof.ts';
import { ALL_WAYS, callsOfFixedRun, FIXED_CALLS, failCall } from './call-faults.ts';
import { Explorer } from './exhaustive.ts';
import { runSeed } from './run.ts';
import { exploreSectors } from './sectors.ts';
import { SMALL_RUNS } from './small-workloads.ts';

/** Over 200,000 power losses. */
const SEEDS = 40_000;
/** Together with all other runs they bring the operations that were checked to ten million. */
const SEEDS_ADDED = 5000;
const SEEDS_RUN_TWICE = 1000;

const randomRuns = runsOfSeeds('simulated power losses, all histories checked', 1, SEEDS);
const addedRuns = runsOfSeeds(`simulated power losses of seeds from ${SEEDS + 1} on`, SEEDS + 1, SEEDS_ADDED);

function runsOfSeeds(name: string, firstSeed: number, seeds: number): Proof {
  return {
    name,
    units: seeds,
    portion: 200,
    async run(from, count) {
      const total: Record<string, number> = {};
      for (let seed = firstSeed + from; seed < firstSeed + from + count; seed += 1) {
        const { counts } = await runSeed(seed);
        for (const [name, figure] of Object.entries(counts)) total[name] = (total[name] ?? 0) + figure;
        await breath();
      }
      return total;
    },
  };
}

const sameSeedSameRun: Proof = {
  name: 'same seed, same trace and same disk hash',
  units: SEEDS_RUN_TWICE,
  portion: 100,
  async run(from, count) {
    for (let seed = from + 1; seed <= from + count; seed += 1) await proveSameRun(seed);
    return { same: count };
  },
};

export async function proveSameRun(seed: number): Promise<void> {
  const [one, other] = [await runSeed(seed), await runSeed(seed)];
  if (one.traceHash !== other.traceHash || one.diskHash !== other.diskHash)
    throw new Error(`two runs of seed ${seed} differ`);
}

const everyCrash: Proof = {
  name: 'exhaustive crash points × persisted subsets, a crash inside recovery included',
  units: SMALL_RUNS.length,
  portion: 4,
  async run(from, count) {
    const explorer = new Explorer();
    for (let index = from; index < from + count; index += 1) {
      const replay = `replay: npx node test/simulation/replay.ts --small-run ${index}`;
      await explorer.explore(await SMALL_RUNS[index]!()).catch((error) => {
        throw new Error(`${(error as Error).message}\n${replay}`, { cause: error });
      });
      await breath();
    }
    return { ...explorer.counts };
  },
};

const everySector: Proof = {
  name: 'every sector of a one-page batch kept, old, zero or garbage',
  units: 1,
  portion: 1,
  run: async () => ({ ...(await exploreSectors()) }),
};

const everyCall: Proof = {
  name: 'every file-system call × EIO, ENOSPC, EMFILE, short × once, from then on',
  units: FIXED_CALLS,
  portion: 10,
  async run(from, count) {
    const calls = await callsOfFixedRun();
    let runs = 0;
    for (let index = from; index < from + count; index += 1) runs += await failCall(calls, index, ALL_WAYS);
    return { calls: count, runs };
  },
};

export const simulationProofs: readonly Proof[] = [
  randomRuns,
  addedRuns,
  sameSeedSameRun,
  everyCrash,
  everySector,
  everyCall,
];

/** The simulator never waits for anything: without this nobody else in the process would have a turn. */
function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
