/**
 * Makes a store of so many keys, 500 a put, with all its blocks as they were written or with no merge due; and the same pairs as
 * lines of JSON where a file is named.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { waitFor } from 'xstate';
import { keyText } from '../load/key-text.ts';
import { engineSettings, mustCommit, openEngine } from '../support/engine.ts';
import { printResult, programOptions } from './program.ts';

export interface FillStoreOptions {
  readonly dataDir: string;
  readonly name: string;
  readonly keys: number;
  readonly isCompacted?: boolean;
  readonly linesFile?: string;
}

const OPERATIONS_A_PUT = 500;
const { dataDir, name, keys, isCompacted = false, linesFile } = programOptions<FillStoreOptions>();
const settings = engineSettings(dataDir);
// Few enough that none is due when a server opens the store, which has one block more by then.
const store = await openEngine({ ...settings, maxBlocks: isCompacted ? settings.maxBlocks / 2 : 10_000 });
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
if (isCompacted) await waitFor(store.internals.actors.compactor, (snapshot) => snapshot.matches('resting'));
await store.close();
out?.end();
if (out) await once(out, 'finish');
printResult({ keys });
