import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BlockName, blockFileName, logBlockName } from '../../src/wal/block-name.ts';
import { arrange, describeOverlap, firstGap, tiles } from '../../src/wal/block-set.ts';
import { holds } from './support/property.ts';

/** `3` is log block 3, `1-4.2` a compacted block of generation 2. */
function block(text: string): BlockName {
  const [, first, last, generation] = /^(\d+)(?:-(\d+)\.(\d+))?$/.exec(text)!.map(Number);
  return last ? { first: first!, last, generation: generation! } : logBlockName(first!);
}

function text({ first, last, generation }: BlockName): string {
  return generation === 0 ? `${first}` : `${first}-${last}.${generation}`;
}

/** `1-2.1 3 (4 5)`: the log, with what each block replaces in brackets behind it. */
function arranged(names: string): string {
  const result = arrange(names.split(' ').filter(Boolean).map(block));
  if (!result.ok) return `overlap of ${result.overlap.map(text).join(' and ')}`;
  const { log, leftovers } = result.value;
  return log
    .flatMap((name) => [text(name), ...(leftovers.has(name) ? [`(${leftovers.get(name)!.map(text).join(' ')})`] : [])])
    .join(' ');
}

test('blocks that do not overlap are the log, oldest first', () => {
  expect(arranged('')).toBe('');
  expect(arranged('3 1 2')).toBe('1 2 3');
  expect(arranged('9 1-4.1 5 6-8.2')).toBe('1-4.1 5 6-8.2 9');
});

test('a block inside a compacted one of a higher generation is left over', () => {
  expect(arranged('1 2 1-2.1 3')).toBe('1-2.1 (1 2) 3');
  expect(arranged('1-2.1 3 4 1-4.2 5')).toBe('1-4.2 (1-2.1 3 4) 5');
  expect(arranged('1-4.1 1-4.2 5')).toBe('1-4.2 (1-4.1) 5');
  expect(arranged('2 1-4.1')).toBe('1-4.1 (2)');
});

test('leftovers of leftovers belong to the outermost block', () => {
  expect(arranged('1 2 1-2.1 3 1-3.2 4')).toBe('1-3.2 (1-2.1 1 2 3) 4');
});

test('ranges that overlap in part, or without a higher generation, are told', () => {
  expect(arranged('1-4.1 3-6.2')).toBe('overlap of 1-4.1 and 3-6.2');
  expect(arranged('1-4.1 4-6.1')).toBe('overlap of 1-4.1 and 4-6.1');
  expect(arranged('1-4.1 2-3.1')).toBe('overlap of 1-4.1 and 2-3.1');
  expect(arranged('1-4.1 2-3.2')).toBe('overlap of 1-4.1 and 2-3.2');
  expect(arranged('2 2')).toBe('overlap of 2 and 2');
  expect(describeOverlap([block('1-4.1'), block('3-6.2')])).toBe(
    '0000000000000001-0000000000000004.00000001.cmp and 0000000000000003-0000000000000006.00000002.cmp stand for the same log blocks, and neither replaces the other',
  );
});

test('whatever the order of the directory, the arrangement is the same', () => {
  const names = ['1', '2', '1-2.1', '3', '1-3.2', '4', '6-7.1', '5'].map(block);
  const shuffled = fc.shuffledSubarray(names, { minLength: names.length });
  holds([shuffled], (order) => expect(arrange(order)).toEqual(arrange(names)));
});

test('no log block is stood for twice, and none is lost', () => {
  const name = fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 3 }))
    .map(([first, more, generation]) => (more === 0 ? logBlockName(first) : { first, last: first + more, generation }));
  const names = fc.uniqueArray(name, { maxLength: 6, selector: blockFileName });
  holds([names], (names) => {
    const result = arrange(names);
    if (!result.ok) return;
    const { log, leftovers } = result.value;
    expect([...log, ...[...leftovers.values()].flat()].map(text).toSorted()).toEqual(names.map(text).toSorted());
    const numbers = log.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
  });
});

test('the first gap is told, also before the first block; behind the last one there is none', () => {
  const gap = (names: string) => firstGap(names.split(' ').filter(Boolean).map(block));
  expect(gap('1 2 3')).toBeUndefined();
  expect(gap('1-3.1 4')).toBeUndefined();
  expect(gap('')).toBeUndefined();
  expect(gap('2 3')).toEqual({ first: 1, last: 1 });
  expect(gap('1-3.1 7 9')).toEqual({ first: 4, last: 6 });
});

test('parts tile a whole exactly: no gap, no overlap, nothing before or behind it', () => {
  const exactly = (whole: string, parts: string) => tiles(block(whole), parts.split(' ').filter(Boolean).map(block));
  expect(exactly('1-4.2', '1-2.1 3 4')).toBe(true);
  for (const parts of ['1-2.1 3', '1 3 4', '2 3 4', '1-2.1 2 3 4', '1 2 3 4 5', '']) {
    expect(exactly('1-4.2', parts), parts).toBe(false);
  }
});
