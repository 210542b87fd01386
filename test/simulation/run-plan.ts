/** What a seed makes of a run: its settings, its clients, its troubles. */
import type { StoreSettings } from '../../src/store.ts';
import type { Random } from '../support/random.ts';
import type { ClientHabits } from './clients.ts';
import { TROUBLES, type Trouble } from './fault-plan.ts';
import { SMALLEST_BLOCK, smallSettings } from './simulated-store.ts';

export interface RunPlan {
  readonly settings: StoreSettings;
  readonly habits: ClientHabits;
  readonly troubles: ReadonlySet<Trouble>;
  /** One file call in so many is in trouble. */
  readonly troubleOneIn: number;
  /** Lives of the store, one after the other. */
  readonly lives: number;
  /** Steps of one life, at most. */
  readonly stepsMax: number;
  /** Share of the steps in which a client does something. */
  readonly clientShare: number;
  /** Share of the lives that end while the store is still opening. */
  readonly endInRecoveryShare: number;
  /** Of merges: each log block alone, some together, or all. */
  readonly sortedBytesMax: number;
}

/** Half of all runs have no trouble but their crashes: there every answer must be a plain one. */
export function drawPlan(random: Random): RunPlan {
  const isTroubled = random.chance(0.5);
  return {
    settings: {
      ...smallSettings,
      batchTime: random.pick([0, 0, 0, 2]),
      maxBatchSize: random.pick([4096, 1024 * 1024]),
      maxBlockSize: SMALLEST_BLOCK * random.pick([1, 1, 1, 2]),
      maxBlocks: random.pick([1, 1, 2, 3, COMPACTION_OFF]),
      idleMarkMs: random.pick([1, 100]),
      queuedPutsMax: random.pick([2, 1000]),
    },
    habits: {
      clients: random.integer(1, 6),
      keys: KEYS.slice(0, random.integer(1, KEYS.length)),
      getShare: random.pick([0, 0.2, 0.5]),
      largeShare: random.pick([0, 0.05, 0.3]),
      wrongShare: random.pick([0, 0.1, 0.5]),
    },
    troubles: new Set(isTroubled ? TROUBLES.filter(() => random.chance(0.3)) : []),
    troubleOneIn: random.pick([10, 30, 100]),
    lives: random.integer(4, 12),
    stepsMax: random.pick([20, 100, 300]),
    clientShare: random.pick([0.1, 0.3, 0.6]),
    sortedBytesMax: SMALLEST_BLOCK * random.pick([0, 2, 100]),
    endInRecoveryShare: random.pick([0, 0.2, 0.5]),
  };
}

/** More blocks than any run makes: the log keeps every transaction, and its order can be compared with the history. */
export const COMPACTION_OFF = 1_000_000;

const KEYS = ['a', 'b', 'c', '__proto__', 'é', '\u{1f511}'];

/** The plan in one line, for whoever reads a failure. */
export function describePlan({ settings, habits, troubles, ...rest }: RunPlan): string {
  return JSON.stringify({ settings, habits, troubles: [...troubles], ...rest });
}
