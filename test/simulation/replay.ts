/**
 * Runs again what a failure names, and prints it:
 *
 * npx node test/simulation/replay.ts --seed 123 a random run, step by step; --quiet prints only how it ends
 * npx node test/simulation/replay.ts --call 45 the fixed run, with its 45th file call failing in every way
 *     npx node test/simulation/replay.ts --small-run 6       every crash of one small run
 */
import { parseArgs } from 'node:util';
import { ALL_WAYS, callsOfFixedRun, failCall } from './call-faults.ts';
import { Explorer } from './exhaustive.ts';
import { runSeed } from './run.ts';
import { SMALL_RUNS } from './small-workloads.ts';

const number = { type: 'string' } as const;
const { values } = parseArgs({
  options: { seed: number, call: number, 'small-run': number, quiet: { type: 'boolean', default: false } },
});

try {
  if (values.seed !== undefined) await replaySeed(Number(values.seed));
  else if (values.call !== undefined) await replayCall(Number(values.call));
  else if (values['small-run'] !== undefined) await replaySmallRun(Number(values['small-run']));
  else throw new Error('say what to run again: --seed 123, --call 45 or --small-run 6');
} catch (error) {
  print((error as Error).stack ?? String(error));
  const { cause } = error as Error;
  if (cause instanceof Error) print(`because of ${cause.stack}`);
  process.exitCode = 1;
}

async function replaySeed(seed: number): Promise<void> {
  const { counts, events, traceHash, diskHash } = await runSeed(seed, values.quiet ? {} : { onTrace: print });
  print(JSON.stringify({ counts, events: Object.fromEntries(events), traceHash, diskHash }, undefined, 2));
}

async function replayCall(index: number): Promise<void> {
  const calls = await callsOfFixedRun();
  const runs = await failCall(calls, index, ALL_WAYS);
  print(`${runs} runs with call ${index} of ${calls.length} failing: nothing is wrong`);
}

async function replaySmallRun(index: number): Promise<void> {
  const run = await SMALL_RUNS[index]!();
  const explorer = new Explorer();
  await explorer.explore(run);
  print(`"${run.name}": ${JSON.stringify(explorer.counts)}: nothing is wrong`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
