/**
 * Puts 36 + 964 characters, uniform over the keys, 500 a request, from several clients at once, with every byte counted that goes
 * through the file-system contract.
 */

import { Random } from '../../test/support/random.ts';
import { keyText } from '../load/key-text.ts';
import { type CountedBytes, countingPlatform } from '../support/counting-platform.ts';
import { engineSettings, openEngine } from '../support/engine.ts';
import { printResult, programOptions } from './program.ts';

export interface WrittenBytesOptions {
  readonly dataDir: string;
  readonly objects: number;
  readonly keys: number;
  readonly clients: number;
}

export interface WrittenBytes {
  readonly objects: number;
  /** Of keys and values. */
  readonly userBytes: number;
  readonly written: CountedBytes;
}

const OPERATIONS_A_REQUEST = 500;
const VALUE_CHARACTERS = 964;

const { dataDir, objects, keys, clients } = programOptions<WrittenBytesOptions>();
const { platform, counted, compaction } = countingPlatform();
const store = await openEngine(engineSettings(dataDir), platform, compaction);
const random = new Random(1);
let requested = 0;
let userBytes = 0;

async function client(): Promise<void> {
  while (requested < objects) {
    const operations = chooseOperations();
    requested += operations.length;
    while (!(await isWritten(operations))) await new Promise((resolve) => setImmediate(resolve));
    for (const { key, value } of operations) userBytes += key.length + value.length;
  }
}

function chooseOperations(): { key: string; value: string }[] {
  const chosen = new Set<number>();
  while (chosen.size < OPERATIONS_A_REQUEST) chosen.add(random.integer(0, keys - 1));
  return [...chosen].map((number) => {
    return { key: keyText('written0', number), value: `${requested}`.padEnd(VALUE_CHARACTERS, 'x') };
  });
}

/** Not where another client got ahead at one of the keys. */
async function isWritten(operations: readonly { key: string; value: string }[]): Promise<boolean> {
  const versioned = operations.map(({ key, value }) => ({ key, value, version: store.get(key)?.version ?? 0 }));
  const outcome = await store.put(versioned);
  if (outcome.code === 'COMMITTED') return true;
  if (outcome.code === 'KEY_IN_FLIGHT' || outcome.code === 'STALE_VERSION') return false;
  throw new Error(JSON.stringify(outcome));
}

await Promise.all(Array.from({ length: clients }, client));
await store.close();
printResult({ objects: requested, userBytes, written: counted } satisfies WrittenBytes);
