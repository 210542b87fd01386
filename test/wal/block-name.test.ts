import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  blockFileName,
  covers,
  IDENTITY_FILE,
  isLogBlock,
  LOCK_FILE,
  logBlockName,
  parseBlockFileName,
  QUARANTINE_SUFFIX,
  TEMPORARY_SUFFIX,
} from '../../src/wal/block-name.ts';
import { holds } from './support/property.ts';

const numbers = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

test('a name says which block it is, and comes back the same', () => {
  expect(blockFileName(logBlockName(26))).toBe('000000000000001a.log');
  expect(blockFileName({ first: 1, last: 255, generation: 3 })).toBe('0000000000000001-00000000000000ff.00000003.cmp');
  holds([numbers, numbers, fc.integer({ min: 1, max: 2 ** 32 - 1 })], (a, b, generation) => {
    expect(parseBlockFileName(blockFileName(logBlockName(a)))).toEqual(logBlockName(a));
    if (a === b) return;
    const name = { first: Math.min(a, b), last: Math.max(a, b), generation };
    expect(parseBlockFileName(blockFileName(name))).toEqual(name);
  });
});

test('names in the order of their text are in the order of their numbers', () => {
  holds([numbers, numbers], (a, b) => {
    const texts = [blockFileName(logBlockName(a)), blockFileName(logBlockName(b))];
    expect(texts[0]! < texts[1]!).toBe(a < b);
  });
});

test.each([
  ['block 0', '0000000000000000.log'],
  ['a number above 2^53 - 1', '0020000000000000.log'],
  ['16 times f', 'ffffffffffffffff.log'],
  ['capitals', '000000000000000A.log'],
  ['too few digits', '000000000000001.log'],
  ['too many digits', '00000000000000001.log'],
  ['another ending', '0000000000000001.log.tmp'],
  ['something before it', 'x0000000000000001.log'],
  ['a line break behind it', '0000000000000001.log\n'],
  ['a compacted block of one log block', '0000000000000001-0000000000000001.00000001.cmp'],
  ['a range backwards', '0000000000000002-0000000000000001.00000001.cmp'],
  ['a compacted block of generation 0', '0000000000000001-0000000000000002.00000000.cmp'],
  ['a quarantined block', '0000000000000001-0000000000000002.00000001.cmp.quarantined'],
  ['a compacted range that ends above 2^53 - 1', '0000000000000001-0020000000000000.00000001.cmp'],
  ['nothing', ''],
])('%s is no name of a block', (_, name) => {
  expect(parseBlockFileName(name)).toBeUndefined();
});

test('a block covers those whose log blocks it stands for, itself included', () => {
  const outer = { first: 2, last: 5, generation: 1 };
  expect(covers(outer, outer)).toBe(true);
  expect(covers(outer, logBlockName(2))).toBe(true);
  expect(covers(outer, logBlockName(5))).toBe(true);
  expect(covers(outer, logBlockName(1))).toBe(false);
  expect(covers(outer, logBlockName(6))).toBe(false);
  expect(covers(outer, { first: 4, last: 6, generation: 2 })).toBe(false);
  expect(isLogBlock(outer)).toBe(false);
  expect(isLogBlock(logBlockName(1))).toBe(true);
});

test('S34: the names of files are those that every release has written', () => {
  expect([IDENTITY_FILE, LOCK_FILE]).toEqual(['IDENTITY', 'LOCK']);
  expect([TEMPORARY_SUFFIX, QUARANTINE_SUFFIX]).toEqual(['.tmp', '.quarantined']);
  expect(parseBlockFileName('0000000000000001.log')).toEqual({ first: 1, last: 1, generation: 0 });
  expect(parseBlockFileName('0000000000000001-0000000000000002.00000001.cmp')).toEqual({
    first: 1,
    last: 2,
    generation: 1,
  });
});
