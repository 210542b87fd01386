import { expect, test } from 'vitest';
import { KeyIndex } from '../../src/actors/key-index.ts';
import { StartRefusal } from '../../src/wal/refusal.ts';
import { WholeFloat } from '../../src/wal/value.ts';
import { applyTo, entriesOf } from '../support/key-index.ts';

const open = (limits: { memoryMax?: number; maxKeys?: number } = {}) =>
  new KeyIndex({ memoryMax: 1_000_000, maxKeys: 1_000, ...limits });

test('a key that was never written does not exist', () => {
  const index = open();
  expect(index.get('a')).toBeUndefined();
  expect(index.currentVersion('a')).toBe(0);
  expect(index.find('a')).toBeUndefined();
});

test('a key holds what was applied last', () => {
  const index = open();
  applyTo(index, { key: 'a', value: 1, version: 1 });
  applyTo(index, { key: 'a', value: 'two', version: 2 });
  expect(index.get('a')).toEqual({ value: 'two', version: 2 });
  expect(index.currentVersion('a')).toBe(2);
  expect(index.find('a')?.version).toBe(2);
  expect(index.size).toBe(1);
});

test('what a reader was given does not change under it', () => {
  const index = open();
  applyTo(index, { key: 'a', value: 1, version: 1 });
  const read = index.get('a');
  applyTo(index, { key: 'a', value: 2, version: 2 });
  expect(read).toEqual({ value: 1, version: 1 });
});

test('a deleted key does not exist and goes on counting', () => {
  const index = open();
  applyTo(index, { key: 'a', value: 1, version: 1 });
  applyTo(index, { key: 'a', value: undefined, version: 2 });
  expect(index.get('a')).toBeUndefined();
  expect(index.currentVersion('a')).toBe(0);
  expect(index.find('a')?.version).toBe(2);
});

test('names that mean something to JavaScript objects are ordinary keys', () => {
  const index = open();
  expect(index.get('__proto__')).toBeUndefined();
  applyTo(index, { key: '__proto__', value: 'x', version: 1 });
  expect(index.get('__proto__')).toEqual({ value: 'x', version: 1 });
  expect(index.get('constructor')).toBeUndefined();
});

test('the account of memory goes back to where it was when values do', () => {
  const index = open();
  const values = ['text', 'ÿ', '\u{1f980}', 2, 1.5, 2n ** 60n, true, [1, 2.5]];
  applyTo(index, { key: 'a', value: 0, version: 1 });
  const before = index.bytes;
  let version = 1;
  for (const value of values) {
    version += 1;
    applyTo(index, { key: 'a', value, version });
    expect(index.bytes).toBeGreaterThanOrEqual(before);
  }
  applyTo(index, { key: 'a', value: 0, version: version + 1 });
  expect(index.bytes).toBe(before);
});

test('growth says what applying will add', () => {
  const index = open();
  applyTo(index, { key: 'a', value: 'short', version: 1 });
  const writes = [
    { key: 'a', value: 'much longer than before', version: 2 },
    { key: 'new', value: [1, 2, 3], version: 1 },
  ];
  const entries = entriesOf(index, writes);
  const growth = index.growthOf(entries, writes);
  const { bytes, size } = index;
  index.apply(entries, writes, growth);
  expect(index.bytes - bytes).toBe(growth.bytes);
  expect(index.size - size).toBe(growth.keys);
});

test('a put over the limit on memory is refused with limit, figure and setting, also for what others reserved', () => {
  const index = open({ memoryMax: 1000 });
  const growth = { bytes: 600, keys: 1 };
  expect(index.reserve(growth)).toBeUndefined();
  const refusal = index.reserve(growth);
  expect(refusal).toEqual({
    code: 'MEMORY_LIMIT',
    error: 'keys and values would take 1200 bytes of memory; memoryMax is 1000',
  });
  index.unreserve(growth);
  expect(index.reserve(growth)).toBeUndefined();
});

test('a put over the limit on keys is refused, and one that adds none is not', () => {
  const index = open({ maxKeys: 1 });
  applyTo(index, { key: 'a', value: 1, version: 1 });
  expect(index.reserve({ bytes: 10, keys: 1 })).toEqual({
    code: 'KEYS_LIMIT',
    error: 'the store would have 2 keys; maxKeys is 1',
  });
  expect(index.reserve({ bytes: 10, keys: 0 })).toBeUndefined();
});

test('a put that makes values smaller is possible over the limit, and gives its room only when it is applied', () => {
  const index = open({ memoryMax: 500 });
  applyTo(index, { key: 'a', value: 'x'.repeat(600), version: 1 });
  expect(index.reserve({ bytes: -500, keys: 0 })).toBeUndefined();
  expect(index.reserve({ bytes: 1, keys: 0 })?.code).toBe('MEMORY_LIMIT');
});

test('replay tells the version before, and refuses to go over the limits', () => {
  const index = open({ maxKeys: 2 });
  expect(index.replay({ key: 'a', value: 1, version: 1 })).toBe(0);
  expect(index.replay({ key: 'a', value: 2, version: 2 })).toBe(1);
  index.replay({ key: 'b', value: 1, version: 1 });
  expect(index.get('a')).toEqual({ value: 2, version: 2 });
  expect(() => index.replay({ key: 'c', value: 1, version: 1 })).toThrow(StartRefusal);
  expect(() => index.replay({ key: 'd', value: 1, version: 1 })).toThrow('maxKeys is 2');
});

test.each([
  ['a small integer, which V8 keeps in the entry itself', 7, 0],
  ['a bool', true, 0],
  ['a deleted value', undefined, 0],
  ['a float with a fraction', 1.5, 16],
  ['a float without one', new WholeFloat(2), 16],
  ['an integer beyond 2^53', 2n ** 60n, 16],
  ['an empty array', [], 16],
  ['an array', [1, 2.5, 3], 64],
  ['ASCII text', 'abcde', 5],
  ['text with one other character', 'abcd\u{e9}', 10],
])('the account of memory for %s', (_, value, valueBytes) => {
  const index = open();
  applyTo(index, { key: 'key', value, version: 1 });
  expect(index.bytes).toBe(160 + 3 + valueBytes);
  applyTo(index, { key: 'key', value: 'x'.repeat(100), version: 2 });
  expect(index.bytes).toBe(160 + 3 + 100);
});

test('the account of memory is the same for a key that was replayed as for one that was put', () => {
  const put = open();
  const replayed = open();
  for (const write of [
    { key: 'a', value: 'x'.repeat(50), version: 1 },
    { key: 'a', value: 'x'.repeat(20), version: 2 },
  ]) {
    applyTo(put, write);
    replayed.replay(write);
  }
  expect(replayed.bytes).toBe(160 + 1 + 20);
  expect(put.bytes).toBe(replayed.bytes);
});

test('S29: the limits are reached, and not passed', () => {
  const index = open({ memoryMax: 1000, maxKeys: 2 });
  expect(index.reserve({ bytes: 1001, keys: 0 })?.code).toBe('MEMORY_LIMIT');
  expect(index.reserve({ bytes: 1000, keys: 0 })).toBeUndefined();
  expect(index.reserve({ bytes: 1, keys: 0 })?.code).toBe('MEMORY_LIMIT');
  expect(index.reserve({ bytes: 0, keys: 2 })).toBeUndefined();
  expect(index.reserve({ bytes: 0, keys: 1 })?.code).toBe('KEYS_LIMIT');
});

test('S29: room that was promised and given back can be promised again, bytes and keys', () => {
  const index = open({ memoryMax: 1000, maxKeys: 2 });
  const growth = { bytes: 1000, keys: 2 };
  for (let put = 0; put < 3; put += 1) {
    expect(index.reserve(growth)).toBeUndefined();
    expect(index.reserve({ bytes: 0, keys: 1 })).toMatchObject({
      code: 'KEYS_LIMIT',
      error: expect.stringContaining('would have 3 keys'),
    });
    expect(index.reserve({ bytes: 1, keys: 0 })).toMatchObject({
      code: 'MEMORY_LIMIT',
      error: expect.stringContaining('would take 1001 bytes'),
    });
    index.unreserve(growth);
  }
});

test('S29: a put that neither adds keys nor bytes is taken over either limit', () => {
  const index = open({ memoryMax: 100, maxKeys: 1 });
  applyTo(index, { key: 'a', value: 1, version: 1 });
  applyTo(index, { key: 'b', value: 1, version: 1 });
  expect(index.reserve({ bytes: 0, keys: 0 })).toBeUndefined();
});

test('S29: a replay that fills the limits to the last byte and key starts, and one byte more does not', () => {
  const write = { key: 'a', value: 'x'.repeat(10), version: 1 };
  expect(open({ memoryMax: 171, maxKeys: 1 }).replay(write)).toBe(0);
  expect(() => open({ memoryMax: 170, maxKeys: 1 }).replay(write)).toThrow('over 171 bytes in 1 keys');
});

test('a put that writes several keys counts those that are new', () => {
  const index = open();
  applyTo(index, { key: 'old', value: 1, version: 1 });
  const writes = ['old', 'new', 'newer'].map((key) => ({ key, value: 1, version: 1 }));
  expect(index.growthOf(entriesOf(index, writes), writes)).toEqual({ bytes: 2 * 160 + 8, keys: 2 });
});

test('a key that is entered and not written does not exist, takes no room, and is gone when it leaves', () => {
  const index = open({ maxKeys: 1 });
  const entry = index.enter('a');
  expect(index.enter('a')).toBe(entry);
  expect(index.find('a')).toBe(entry);
  expect(index.get('a')).toBeUndefined();
  expect(index.currentVersion('a')).toBe(0);
  expect([index.size, index.bytes]).toEqual([0, 0]);
  expect(index.reserve({ bytes: 1, keys: 1 })).toBeUndefined();
  expect(index.unwritten).toBe(1);
  index.leave('a');
  expect(index.find('a')).toBeUndefined();
  expect(index.unwritten).toBe(0);
});

test('a key that is entered and then written exists, and leaves no more', () => {
  const index = open();
  const entry = index.enter('a');
  applyTo(index, { key: 'a', value: 'x', version: 1 });
  expect(index.unwritten).toBe(0);
  index.leave('a');
  expect(index.find('a')).toBe(entry);
  expect(index.enter('a')).toBe(entry);
  expect(index.get('a')).toEqual({ value: 'x', version: 1 });
  expect(index.size).toBe(1);
});

test('each write goes to the entry at its place, and no key is written again by the one before or behind it', () => {
  const index = open();
  const writes = ['a', 'b', 'c'].map((key, at) => ({ key, value: `${key}'s`, version: at + 1 }));
  applyTo(index, ...writes);
  for (const { key, value, version } of writes) expect(index.get(key)).toEqual({ value, version });
});
