/**
 * Runs a model property over many programs. A failure says what to run to see it again: seed and path lead fast-check
 * to the counterexample, and the replay path says which of its commands were run.
 */
import fc from 'fast-check';

/** `MODEL_REPLAY="<seed> <path> <replayPath>"` makes a test run that one counterexample and nothing else. */
export const REPLAY_VARIABLE = 'MODEL_REPLAY';

export interface Exploration<Ts extends [unknown, ...unknown[]]> {
  /** The file that shows the failure again. */
  readonly testFile: string;
  readonly seed: number;
  readonly runs: number;
  /** Makes the property; `replayPath` is for `fc.commands`. */
  readonly property: (replayPath: string | undefined) => fc.IAsyncProperty<Ts>;
  /** What a failure said; by default what the environment says. */
  readonly replay?: string | undefined;
}

export async function explore<Ts extends [unknown, ...unknown[]]>(exploration: Exploration<Ts>): Promise<void> {
  const { testFile, seed, runs, property, replay = process.env[REPLAY_VARIABLE] } = exploration;
  const [replaySeed, path, replayPath] = replay?.split(' ') ?? [];
  const asked =
    replaySeed === undefined
      ? { seed, numRuns: runs }
      : { seed: Number(replaySeed), path: path ?? '', endOnFailure: true };
  const details = await fc.check(property(replayPath || undefined), asked);
  if (details.failed) throw new Error(report(testFile, details), { cause: details.errorInstance });
}

/** The commands come last in every property. */
function report<Ts extends [unknown, ...unknown[]]>(testFile: string, details: fc.RunDetails<Ts>): string {
  const { seed, counterexamplePath: path, counterexample, errorInstance, numRuns, numShrinks } = details;
  const commands = fc.stringify(counterexample?.at(-1));
  const replayPath = /replayPath="([^"]*)"/.exec(commands)?.[1] ?? '';
  return [
    errorInstance instanceof Error ? errorInstance.message : String(errorInstance),
    `run ${numRuns}, shrunk ${numShrinks} times, to: ${commands}`,
    `seed=${seed} path=${path} replayPath=${replayPath}; to see it again:`,
    `${REPLAY_VARIABLE}='${seed} ${path} ${replayPath}' npx vitest run ${testFile}`,
  ].join('\n');
}
