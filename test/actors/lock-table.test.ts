import { expect, test } from 'vitest';
import type { Hold } from '../../src/actors/key-entry.ts';
import { KeyIndex } from '../../src/actors/key-index.ts';
import { LockTable } from '../../src/actors/lock-table.ts';
import { applyTo } from '../support/key-index.ts';

const makeIndex = () => new KeyIndex({ memoryMax: 1e6, maxKeys: 10 });

function hold(table: LockTable, keys: readonly string[], holder: string): Hold {
  table.hold(keys, holder);
  return table.newest!;
}

test('a key is free until somebody holds it, and again once it is released', () => {
  const table = new LockTable(makeIndex());
  expect(table.areFree(['a', 'b'])).toBe(true);
  const first = hold(table, ['a', 'b'], 'first');
  expect(table.areFree(['c', 'b'])).toBe(false);
  expect(table.holderOf('a')).toBe('first');
  expect(table.size).toBe(2);
  table.release(first);
  expect(table.areFree(['a', 'b'])).toBe(true);
  expect(table.size).toBe(0);
});

test('rivals are named for the keys that are held, and for no others', () => {
  const index = makeIndex();
  applyTo(index, { key: 'free', value: 1, version: 1 });
  const table = new LockTable(index);
  table.hold(['a'], 'first');
  table.hold(['b'], 'second');
  expect([...table.rivals(['c', 'b', 'free', 'a'])]).toEqual([
    ['b', 'second'],
    ['a', 'first'],
  ]);
});

test('names that mean something to JavaScript objects are ordinary keys', () => {
  const table = new LockTable(makeIndex());
  expect(table.areFree(['__proto__', 'constructor', 'toString'])).toBe(true);
  table.hold(['__proto__'], 'first');
  expect(table.holderOf('__proto__')).toBe('first');
  expect(table.areFree(['constructor'])).toBe(true);
});

test('taking a held key and releasing what is not held any more are bugs', () => {
  const table = new LockTable(makeIndex());
  const first = hold(table, ['a'], 'first');
  expect(() => table.hold(['a'], 'second')).toThrow('second takes a key that first holds');
  table.release(first);
  expect(() => table.release(first)).toThrow('first releases a key without holding it');
  table.hold(['a'], 'second');
  expect(() => table.release(first)).toThrow('first releases a key without holding it');
  expect(table.holderOf('a')).toBe('second');
});

test('a key is not free while it is held, whatever its place among those that are asked for', () => {
  const table = new LockTable(makeIndex());
  const first = hold(table, ['b'], 'first');
  expect(table.areFree(['b'])).toBe(false);
  for (const keys of [
    ['b', 'a', 'c'],
    ['a', 'b', 'c'],
    ['a', 'c', 'b'],
  ])
    expect(table.areFree(keys)).toBe(false);
  expect(table.areFree(['a', 'c'])).toBe(true);
  table.release(first);
  expect(table.areFree(['b', 'a'])).toBe(true);
});

test('a hold has the entry of each of its keys, in their order', () => {
  const index = makeIndex();
  applyTo(index, { key: 'old', value: 1, version: 3 });
  const { holder, keys, entries } = hold(new LockTable(index), ['new', 'old'], 'first');
  expect([holder, ...keys]).toEqual(['first', 'new', 'old']);
  expect(entries).toHaveLength(2);
  expect(entries[0]).toBe(index.find('new'));
  expect(entries[1]).toBe(index.find('old'));
  expect(entries.map(({ version }) => version)).toEqual([0, 3]);
});

test('a key that was never written is in the index as long as it is held, and one that was written stays', () => {
  const index = makeIndex();
  const table = new LockTable(index);
  applyTo(index, { key: 'old', value: 1, version: 1 });
  const first = hold(table, ['new', 'old', 'deleted'], 'first');
  applyTo(index, { key: 'deleted', value: undefined, version: 1 });
  expect(index.find('new')).toMatchObject({ version: 0, hold: first });
  table.release(first);
  expect(index.find('new')).toBeUndefined();
  expect(index.find('old')).toMatchObject({ version: 1, hold: undefined });
  expect(index.find('deleted')).toMatchObject({ version: 1, hold: undefined });
});

test('S32: a key that was not written and is held by nobody is a bug, told when nobody holds any', () => {
  const index = makeIndex();
  const table = new LockTable(index);
  const first = hold(table, ['new', 'written'], 'first');
  applyTo(index, { key: 'written', value: 1, version: 1 });
  expect(index.unwritten).toBe(1);
  index.enter('forgotten');
  expect(() => table.release(first)).toThrow('keys were never written, and nobody holds them');
  index.leave('forgotten');
  expect(index.unwritten).toBe(0);
});

test('what is asked for and not granted leaves no trace in the index', () => {
  const index = makeIndex();
  const table = new LockTable(index);
  table.hold(['a'], 'first');
  expect(table.areFree(['new', 'a'])).toBe(false);
  table.rivals(['new', 'a']);
  expect(index.find('new')).toBeUndefined();
});

test('every key held is listed with its holder, longest held first', () => {
  const table = new LockTable(makeIndex());
  table.hold(['a'], 'first');
  const second = hold(table, ['b', 'c'], 'second');
  table.hold(['d'], 'third');
  expect([...table.entries()].join(' ')).toBe('a,first b,second c,second d,third');
  table.release(second);
  expect([...table.entries()].join(' ')).toBe('a,first d,third');
  expect(table.size).toBe(2);
});

test('a new key that is refused again and again is found as fast as before', () => {
  const index = new KeyIndex({ memoryMax: 1e9, maxKeys: 1e6 });
  for (let key = 0; key < 70_000; key += 1) index.replay({ key: `k${key}`, value: 1, version: 1 });
  const table = new LockTable(index);
  const rounds = Array.from({ length: 40 }, () => {
    const start = performance.now();
    for (let put = 0; put < 500; put += 1) table.release(hold(table, ['new'], 'first'));
    return performance.now() - start;
  });
  const early = Math.min(...rounds.slice(0, 10));
  const late = Math.min(...rounds.slice(-10));
  // With the entry among the 70,000 others: 18 times.
  expect(late / early).toBeLessThan(5);
});
