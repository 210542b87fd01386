/** Makes a store of so many keys, 500 a put, not compacted; and the same pairs as lines of JSON where a file is named. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { keyText } from '../load/key-text.ts';
import { engineSettings, mustCommit, openEngine } from '../support/engine.ts';
import { printResult, programOptions } from './program.ts';

export interface FillStoreOptions {
  readonly dataDir: string;
  readonly name: string;
  readonly keys: number;
  readonly linesFile?: string;
}

const OPERATIONS_A_PUT = 500;
const { dataDir, name, keys, linesFile } = programOptions<FillStoreOptions>();
const store = await openEngine({ ...engineSettings(dataDir), maxBlocks: 10_000 });
const out = linesFile === undefined ? undefined : createWriteStream(linesFile);
for (let first = 0; first < keys; first += OPERATIONS_A_PUT) {
  const operations = Array.from({ length: Math.min(OPERATIONS_A_PUT, keys - first) }, (_, index) => {
    const key = keyText(name, first + index);
    return { key, value: key.split('').reverse().join(''), version: 0 };
  });
  await mustCommit(store.put(operations));
  const lines = operations.map(({ key, value }) => `${JSON.stringify({ key, value, version: 1 })}\n`).join('');
  if (out && !out.write(lines)) await once(out, 'drain');
}
await store.close();
out?.end();
if (out) await once(out, 'finish');
printResult({ keys });
