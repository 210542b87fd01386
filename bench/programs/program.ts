/** What the programs share: options come as JSON, the result leaves as JSON. */

export function programOptions<Options>(): Options {
  return JSON.parse(process.argv[2]!) as Options;
}

export function printResult(result: object): void {
  process.stdout.write(JSON.stringify(result));
}

/** After a full collection. */
export function heapBytes(): number {
  globalThis.gc!();
  return process.memoryUsage().heapUsed;
}
