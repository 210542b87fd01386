/** So many tasks put one object each, over and over, into an engine without HTTP. */
import { keyText } from '../load/key-text.ts';
import { engineSettings, mustCommit, openEngine } from '../support/engine.ts';
import { type EnginePuts, printResult, programOptions } from './program.ts';

export interface EnginePutsOptions {
  readonly dataDir: string;
  readonly tasks: number;
  readonly keysOfEach: number;
  readonly seconds: number;
}

const { dataDir, tasks, keysOfEach, seconds } = programOptions<EnginePutsOptions>();
const store = await openEngine(engineSettings(dataDir));
/** By task: the one that all of its keys have. */
const versions = new Array<number>(tasks).fill(0);
// What the compiler does with it is seen in the second run.
await runFor(seconds / 2);
const result = await runFor(seconds);
await store.close();
printResult(result);

async function runFor(seconds: number): Promise<EnginePuts> {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  const endMs = startedMs + seconds * 1000;
  const puts = await Promise.all(versions.map((_, number) => task(number, endMs)));
  const { user, system } = process.cpuUsage(before);
  return {
    puts: puts.reduce((sum, count) => sum + count, 0),
    seconds: (performance.now() - startedMs) / 1000,
    cpuMicroseconds: user + system,
  };
}

/** Goes through its keys to their end, so that they have the same version again. */
async function task(number: number, endMs: number): Promise<number> {
  const keys = Array.from({ length: keysOfEach }, (_, index) => keyText('engine00', number * keysOfEach + index));
  let puts = 0;
  for (; performance.now() < endMs; versions[number]! += 1)
    for (const key of keys) {
      await mustCommit(store.put([{ key, value: key, version: versions[number]! }]));
      puts += 1;
    }
  return puts;
}
