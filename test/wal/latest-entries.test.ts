import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyOf } from '../../src/wal/entry-slice.ts';
import type { KeySlice } from '../../src/wal/key-order.ts';
import { LatestEntries, secretHash } from '../../src/wal/latest-entries.ts';
import { entryOf } from './merge-fixture.ts';
import { holds } from './support/property.ts';

/** Every write of these keys, in this order, put into a table and into a map. */
function expectAsMap(keys: readonly string[], table: LatestEntries): void {
  const map = new Map<string, number>();
  for (const [index, key] of keys.entries()) {
    expect(table.replace(entryOf(key, index + 1))?.version, `${key} at ${index}`).toBe(map.get(key));
    map.set(key, index + 1);
  }
  const sorted = [...map].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect(table.sorted().map((entry) => [keyOf(entry), entry.version])).toEqual(sorted);
}

const key = fc.string({ unit: fc.constantFrom('a', 'b', '\ud7ff', '\ue000', '\uffff', '\u{10000}'), minLength: 1 });

test('it keeps of each key the last write, and hands them over in the order of the bytes of the keys', () => {
  holds([fc.array(key)], (keys) => expectAsMap(keys, new LatestEntries()));
});

describe('keys that meet are told apart', () => {
  test.each([
    ['all in one slot', () => 7],
    ['all in the last slot', () => -1],
    ['in two slots, one behind the other', ({ keyEnd }: KeySlice) => keyEnd % 2],
    [
      'in slots that are the same in this table and would not be in a larger one',
      ({ keyEnd }: KeySlice) => 1024 * (keyEnd % 3),
    ],
    ['whose hashes have every bit', ({ keyEnd }: KeySlice) => -(2 ** 31) + (keyEnd % 5)],
  ])('%s', (_, hash) => {
    holds([fc.array(key)], (keys) => expectAsMap(keys, new LatestEntries(hash)));
  });
});

test('it grows as far as it must, and finds everything after it', () => {
  const keys = Array.from({ length: 5000 }, (_, index) => `key ${(index * 7919) % 5000}`);
  expectAsMap([...keys, ...keys], new LatestEntries());
  expectAsMap([...keys.slice(0, 1500), ...keys.slice(0, 1500)], new LatestEntries(() => -1));
  const lastTwoBytes = ({ bytes, keyEnd }: KeySlice) => bytes.readUInt16BE(keyEnd - 2);
  expectAsMap([...keys, ...keys], new LatestEntries(lastTwoBytes));
});

test('every table hashes with secrets of its own', () => {
  const keys = Array.from({ length: 4 }, (_, index) => entryOf(`key ${index}`, 1));
  expect(keys.map(secretHash())).not.toEqual(keys.map(secretHash()));
});
