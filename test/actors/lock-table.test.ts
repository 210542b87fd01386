import { expect, test } from 'vitest';
import { LockTable } from '../../src/actors/lock-table.ts';

test('a key is free until somebody holds it, and again once it is released', () => {
  const table = new LockTable();
  expect(table.areFree(['a', 'b'])).toBe(true);
  table.hold(['a', 'b'], 'first');
  expect(table.areFree(['c', 'b'])).toBe(false);
  expect(table.holderOf('a')).toBe('first');
  table.release(['a', 'b'], 'first');
  expect(table.areFree(['a', 'b'])).toBe(true);
  expect(table.size).toBe(0);
});

test('rivals are named for the keys that are held, and for no others', () => {
  const table = new LockTable();
  table.hold(['a'], 'first');
  table.hold(['b'], 'second');
  expect([...table.rivals(['c', 'b', 'a'])]).toEqual([
    ['b', 'second'],
    ['a', 'first'],
  ]);
});

test('names that mean something to JavaScript objects are ordinary keys', () => {
  const table = new LockTable();
  expect(table.areFree(['__proto__', 'constructor', 'toString'])).toBe(true);
  table.hold(['__proto__'], 'first');
  expect(table.holderOf('__proto__')).toBe('first');
  expect(table.areFree(['constructor'])).toBe(true);
});

test('taking a held key and releasing one of another holder are bugs', () => {
  const table = new LockTable();
  table.hold(['a'], 'first');
  expect(() => table.hold(['a'], 'second')).toThrow('second takes a key that first holds');
  expect(() => table.release(['a'], 'second')).toThrow('second releases a key without holding it');
  expect(() => table.release(['b'], 'second')).toThrow('second releases a key without holding it');
});

test('a key is not free while it is held, whatever its place among those that are asked for', () => {
  const table = new LockTable();
  table.hold(['b'], 'first');
  expect(table.areFree(['b'])).toBe(false);
  for (const keys of [
    ['b', 'a', 'c'],
    ['a', 'b', 'c'],
    ['a', 'c', 'b'],
  ])
    expect(table.areFree(keys)).toBe(false);
  expect(table.areFree(['a', 'c'])).toBe(true);
  table.release(['b'], 'first');
  expect(table.areFree(['b', 'a'])).toBe(true);
});
