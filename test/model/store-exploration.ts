/** Model runs of the store in this process: what a run is, for the tests and for the big runs of `prove`. */
import fc from 'fast-check';
import { PAGE_BYTES } from '../../src/wal/format.ts';
import { type Command, inProcess } from './commands.ts';
import { type Exploration, explore } from './explore.ts';
import { anyOrder, schedulerFor } from './order.ts';
import { Specification } from './specification.ts';
import type { Sizes } from './stepped-process.ts';
import { StoreInSteps } from './store-in-steps.ts';

const TEST_FILE = 'test/model/store.model.test.ts';
const COMMANDS_MAX = 40;

/** Small, so that rotation and compaction come soon. */
const anySizes: fc.Arbitrary<Sizes> = fc.record({
  batchTime: fc.constantFrom(0, 5),
  maxBlockSize: fc.constantFrom(4 * PAGE_BYTES, 8 * PAGE_BYTES),
  maxBlocks: fc.integer({ min: 1, max: 3 }),
});

/** Adds what was done to `figures`. */
export async function exploreStore(seed: number, runs: number, figures: Record<string, number>): Promise<void> {
  await explore({
    testFile: TEST_FILE,
    seed,
    runs,
    property: (replayPath) =>
      fc.asyncProperty(
        anyOrder,
        anySizes,
        fc.commands(inProcess, {
          maxCommands: COMMANDS_MAX,
          size: 'max',
          ...(replayPath === undefined ? {} : { replayPath }),
        }),
        (order, sizes, commands) => runProgram(new StoreInSteps(schedulerFor(order), sizes), commands, figures),
      ),
  } satisfies Exploration<[number, Sizes, Iterable<Command>]>);
}

async function runProgram(
  store: StoreInSteps,
  commands: Iterable<Command>,
  figures: Record<string, number>,
): Promise<void> {
  const specification = new Specification();
  await store.start(specification);
  await fc.asyncModelRun(() => ({ model: specification, real: store }), commands);
  // What is in memory at the end is what a replay of the log gives, after a stop and after a crash.
  await store.settle();
  await store.restart(specification);
  await store.crash(specification);
  figures.runs = (figures.runs ?? 0) + 1;
  for (const [what, count] of Object.entries(store.figures)) figures[what] = (figures[what] ?? 0) + count;
}
