/** Rows of the fault list that need no search: one program each, on the real store. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeEntries } from '../../src/wal/tx-codec.ts';
import { newStore } from '../support/store-fixture.ts';
import { compact } from '../wal/support/compact.ts';
import { MemoryDisk } from './memory-disk.ts';
import { schedulerFor } from './order.ts';
import { Specification } from './specification.ts';
import { StoreInSteps } from './store-in-steps.ts';
import * as values from './values.ts';

async function started(specification = new Specification(), disk = new MemoryDisk()): Promise<StoreInSteps> {
  const store = new StoreInSteps(schedulerFor(1), undefined, disk);
  await store.start(specification);
  return store;
}

/** Each of them compares every key with the specification. */
async function mergeRestartAndCrash(store: StoreInSteps, specification: Specification): Promise<void> {
  await store.compact(specification);
  await store.restart(specification);
  await store.crash(specification);
}

test.each([
  ['D3', 'names that every object has', ['__proto__', 'constructor', 'toString', 'hasOwnProperty']],
  ['D4', 'NUL and control characters', ['\u0000', 'a\u0000b', 'line\nfeed\u0007\u2028', '\u007f']],
  ['D6', 'one text in two normal forms', ['\u00e9', 'e\u0301', '\u212b', '\u00c5', 'A\u030a']],
])('%s: %s are keys of their own, in memory and after replay', async (_row, _what, keys) => {
  const specification = new Specification();
  const store = await started(specification);
  const operations = keys.map((key, value) => ({ key, value, version: 0 }));
  await store.put(specification, operations);
  expect(keys.map((key) => specification.get(key))).toEqual(keys.map((_key, value) => ({ value, version: 1 })));
  await mergeRestartAndCrash(store, specification);
  expect(store.figures).toMatchObject({ compactions: 1, restarts: 1, crashes: 1 });
});

test('D12: every value keeps its type and its exact number through log, merge, restart and crash', async () => {
  const content = fc.uniqueArray(fc.tuple(values.key, values.value), { minLength: 1, selector: ([key]) => key });
  const property = fc.asyncProperty(content, async (entries) => {
    const specification = new Specification();
    const store = await started(specification);
    const operations = entries.map(([key, value]) => ({ key, value, version: 0 }));
    await store.put(specification, operations);
    expect(entries.map(([key]) => specification.get(key)?.value)).toStrictEqual(entries.map(([, value]) => value));
    await mergeRestartAndCrash(store, specification);
  });
  await fc.assert(property, { seed: 12, numRuns: 60 });
});

test('D18: at version 2^53 − 1 a put is refused, by itself and with others; the version never wraps', async () => {
  const last = Number.MAX_SAFE_INTEGER;
  const specification = new Specification([['top', { value: 'old', version: last - 1 }]], 2);
  const store = await started(specification, await diskWith('top', 'old', last - 1));
  await store.put(specification, [{ key: 'top', value: 'last', version: last - 1 }]);
  expect(specification.get('top')).toEqual({ value: 'last', version: last });
  await store.put(specification, [{ key: 'top', value: 'one more', version: last }]);
  await store.put(specification, [
    { key: 'a', value: 1, version: 0 },
    { key: 'top', value: 'one more', version: last },
  ]);
  expect(store.figures).toMatchObject({ COMMITTED: 1, VERSION_EXHAUSTED: 2 });
  // Nothing of the refused puts stays, and their keys are free.
  await store.put(specification, [{ key: 'a', value: 2, version: 0 }]);
  await mergeRestartAndCrash(store, specification);
});

/** A disk with a store of one key, whose version no client could reach: laid out by hand, as a merged block. */
async function diskWith(key: string, value: string, version: number): Promise<MemoryDisk> {
  const fixture = await newStore();
  for (const old of ['older', 'old']) {
    await fixture.append({ [key]: old });
    await fixture.restart();
  }
  const payloads = [encodeEntries([{ key, value, version, seq: 2 }])];
  await compact(fixture, 1, 2, 1, () => ({ batches: [{ payloads }] }));
  const disk = new MemoryDisk();
  // The blocks that it stands for are deleted by the start, as after a crash in a merge.
  for (const [file, bytes] of fixture.snapshot()) disk.place('/data', file, bytes);
  return disk;
}
