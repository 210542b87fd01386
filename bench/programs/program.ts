/** What the programs share: options come as JSON, the result leaves as JSON. */

export function programOptions<Options>(): Options {
  return JSON.parse(process.argv[2]!) as Options;
}

export function printResult(result: object): void {
  process.stdout.write(JSON.stringify(result));
}

export interface EnginePuts {
  readonly puts: number;
  readonly seconds: number;
  /** Of the whole process: the main thread, and those in which files are written and blocks merged. */
  readonly cpuMicroseconds: number;
}

/** Does a round of puts, or of what stands for them, again and again for so long. `round` says how many it did. */
export function repeatFor(seconds: number, round: () => number): EnginePuts {
  let puts = 0;
  const startedMs = performance.now();
  const before = process.cpuUsage();
  while (performance.now() - startedMs < seconds * 1000) puts += round();
  const { user, system } = process.cpuUsage(before);
  return { puts, seconds: (performance.now() - startedMs) / 1000, cpuMicroseconds: user + system };
}

/** After a full collection. */
export function heapBytes(): number {
  globalThis.gc!();
  return process.memoryUsage().heapUsed;
}
