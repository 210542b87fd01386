/** Model runs of the server over HTTP: what a run is, for the tests and for the big runs of `prove`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { SmallDisk } from '../support/small-disk.ts';
import { type Command, overHttp, overHttpOnSmallDisk } from './commands.ts';
import { explore } from './explore.ts';
import { Specification } from './specification.ts';
import { StoreOverHttp } from './store-over-http.ts';

const TEST_FILE = 'test/model/http.model.test.ts';
const COMMANDS_MAX = 24;
const SHRINKING_MS_MAX = 30_000;
/** Room for the reserve that merging leaves to the log. */
const SMALL_DISK = 'size=40m';

export interface ServerExploration {
  readonly seed: number;
  readonly runs: number;
  /** Each server has a disk of its own, which fills up and is freed. */
  readonly onSmallDisk: boolean;
}

/** Adds what was done to `figures`. */
export async function exploreServer(
  { seed, runs, onSmallDisk }: ServerExploration,
  figures: Record<string, number>,
): Promise<void> {
  const commands = onSmallDisk ? overHttpOnSmallDisk : overHttp;
  await explore<[Iterable<Command>]>({
    testFile: TEST_FILE,
    seed,
    runs,
    property: (replayPath) =>
      fc.asyncProperty(
        fc.commands(commands, { maxCommands: COMMANDS_MAX, size: 'max', ...(replayPath && { replayPath }) }),
        shrunkInTime((program) => runProgram(program, onSmallDisk, figures)),
      ),
  });
}

/**
 * A run takes seconds, so shrinking ends after a while with what it has: the rest counts as if it passed, and no run is
 * left half-way.
 */
function shrunkInTime(run: (commands: Iterable<Command>) => Promise<void>): typeof run {
  let endMs = Number.POSITIVE_INFINITY;
  return async (commands) => {
    if (performance.now() > endMs) return;
    try {
      await run(commands);
    } catch (error) {
      endMs = Math.min(endMs, performance.now() + SHRINKING_MS_MAX);
      throw error;
    }
  };
}

async function runProgram(
  commands: Iterable<Command>,
  onSmallDisk: boolean,
  figures: Record<string, number>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'concave-model-'));
  try {
    await using disk = onSmallDisk ? await SmallDisk.mount(directory, SMALL_DISK) : undefined;
    await using server = new StoreOverHttp(join(directory, 'data'), disk);
    const specification = new Specification();
    await server.start(specification);
    await fc.asyncModelRun(() => ({ model: specification, real: server }), commands);
    await server.crash(specification);
    figures.runs = (figures.runs ?? 0) + 1;
    for (const [what, count] of Object.entries(server.figures)) figures[what] = (figures[what] ?? 0) + count;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
