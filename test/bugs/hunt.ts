/** Looks for the first test that a planted bug makes fail. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { PlantedBug } from './planted-bug.ts';
import type { ScratchTree } from './scratch-tree.ts';

export interface Catch {
  /** The failed test with its file; or, in words, what else went wrong. */
  readonly by: string;
  readonly tookMs: number;
  /** Of the generator that made the failing case, where there is one. */
  readonly seed: string | undefined;
}

/** The part of the suite that runs in process: where a bug in the engine would show. */
const FAST_SUITE = [
  'test/wal',
  'test/actors',
  'test/model',
  'test/simulation',
  'test/history/read-log.test.ts',
  'test/store.test.ts',
];
/** Tests end their own waiting; this ends a loop without end that a bug may make. */
const RUN_LIMIT_MS = 300_000;

/** Plants the bug and runs its likely detectors, then the whole fast suite; `undefined` if everything passes. */
export async function hunt(tree: ScratchTree, { name, edits, detectors }: PlantedBug): Promise<Catch | undefined> {
  tree.plant(edits);
  const startedMs = performance.now();
  let failure: Failure | undefined;
  for (const files of [...detectors.map((file) => [file]), FAST_SUITE]) failure ??= await firstFailure(tree, files);
  const tookMs = performance.now() - startedMs;
  // It says something about the bug only if it comes with it and goes with it.
  const again = failure && (await firstFailure(tree, failure.files));
  tree.mend();
  if (!failure) return undefined;
  if (!again) throw new Error(`this failed once with the bug ${name}, and not again: ${failure.by}`);
  const remaining = await firstFailure(tree, failure.files);
  if (remaining) throw new Error(`this fails without the bug ${name}: ${remaining.by}`);
  return { by: failure.by, seed: failure.seed, tookMs };
}

/** Plants the bug and does the first units of a proof; `undefined` if they find nothing wrong. */
export async function huntWithProof(
  tree: ScratchTree,
  { edits }: Pick<PlantedBug, 'edits'>,
  proof: string,
  units: number,
): Promise<Catch | undefined> {
  tree.plant(edits);
  try {
    const startedMs = performance.now();
    const ended = await tree.run('scripts/prove-units.ts', [proof, '0', String(units)], RUN_LIMIT_MS);
    if (ended.exitCode === 0) return undefined;
    const error = ended.exitCode === undefined ? 'it did not end' : errorLine(ended.output);
    // Some proofs are measured out by a first run when they are loaded, and a bug may fail that one already.
    const by = ended.output.includes(`${proof}: `) ? error : `loading the proofs: ${error}`;
    return { by, tookMs: performance.now() - startedMs, seed: seedIn(ended.output) };
  } finally {
    tree.mend();
  }
}

/** Throws where a test of the fast suite fails without any bug: no failure would say anything about one. */
export async function passWithoutBug(tree: ScratchTree): Promise<void> {
  const failure = await firstFailure(tree, FAST_SUITE);
  if (failure) throw new Error(`without any bug, this fails: ${failure.by}`);
}

interface Failure extends Omit<Catch, 'tookMs'> {
  /** What must be run to see it. */
  readonly files: readonly string[];
}

/** What fails when these test files are run, up to the first failure. */
async function firstFailure(tree: ScratchTree, files: readonly string[]): Promise<Failure | undefined> {
  const report = path.join(tree.directory, 'hunt.json');
  rmSync(report, { force: true });
  const options = ['run', ...files, '--bail=1', '--reporter=json', `--outputFile=${report}`];
  const ended = await tree.run('node_modules/vitest/vitest.mjs', options, RUN_LIMIT_MS);
  if (ended.exitCode === 0) return undefined;
  if (ended.exitCode === undefined) return { by: 'the tests did not end', seed: undefined, files };
  const failure = failureIn(report, tree.directory);
  return failure ?? { by: `an error outside of any test: ${errorLine(ended.output)}`, seed: undefined, files };
}

/** The parts of Vitest's report that are read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

function failureIn(reportFile: string, directory: string): Failure | undefined {
  if (!existsSync(reportFile)) return undefined;
  const report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
  for (const { name, message, assertionResults } of report.testResults) {
    const file = path.relative(directory, name);
    const failed = assertionResults.find(({ status }) => status === 'failed');
    const seed = failed && seedIn(failed.failureMessages.join('\n'));
    if (failed) return { by: `${file}: ${failed.fullName}`, seed, files: [file] };
    if (message) return { by: `${file} cannot be loaded: ${message.split('\n')[0]}`, seed, files: [file] };
  }
  return undefined;
}

/** Generators say which seed shows the failure again: fast-check as `seed: 1`, the simulator's command as `--seed 1`. */
export function seedIn(message: string): string | undefined {
  return /\bseed:? *(-?\d+)/i.exec(message)?.[1];
}

/** The line of an uncaught error that says what it was. */
function errorLine(output: string): string {
  const lines = output.trimEnd().split('\n');
  return lines.find((line) => /^[A-Z]\w*( \[\w+\])?: /.test(line)) ?? lines.at(-1)!;
}
