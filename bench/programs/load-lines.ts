/** The least that any program would need: reads the same pairs from lines of JSON into a `Map`, and checks nothing. */
import { createReadStream } from 'node:fs';
import readline from 'node:readline';
import type { Loaded } from './load-store.ts';
import { heapBytes, printResult, programOptions } from './program.ts';

const { linesFile } = programOptions<{ linesFile: string }>();
const startedMs = performance.now();
const pairs = new Map<string, { value: unknown; version: number }>();
for await (const line of readline.createInterface({ input: createReadStream(linesFile) })) {
  const { key, value, version } = JSON.parse(line) as { key: string; value: unknown; version: number };
  pairs.set(key, { value, version });
}
const ms = performance.now() - startedMs;
printResult({ ms, heapBytes: heapBytes(), keys: pairs.size } satisfies Loaded);
