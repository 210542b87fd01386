import { expect, test } from 'vitest';
import { arrowHead, lineYNear, middleOf, roundedPath } from '../../../src/inspector/page/geometry.ts';
import { Seconds, spanMs } from '../../../src/inspector/page/seconds.ts';
import { sequenceRows } from '../../../src/inspector/page/sequence.ts';
import { shortcutOf } from '../../../src/inspector/page/shortcuts.ts';
import { staysOf } from '../../../src/inspector/page/stay.ts';
import { ticksUpTo } from '../../../src/inspector/page/ticks.ts';
import { frame, noPuts, transaction } from './samples.ts';

test('a line is rounded at its corners, and not more than it is long', () => {
  const corner = [
    [0, 0],
    [10, 0],
    [10, 50],
  ] as const;
  expect(roundedPath(corner)).toBe('M0 0L5 0Q10 0 10 5L10 50');
  expect(roundedPath(corner, 8, 7)).toBe('M0 0L5 0Q10 0 10 5L10 43');
  expect(roundedPath([])).toBe('');
  expect(arrowHead(corner)).toBe('M10 50L6.5 41L13.5 41Z');
  expect(middleOf(corner)).toEqual([10, 25]);
  expect(lineYNear([4, 12], corner)).toBe(0);
  expect(lineYNear([40, 12], corner)).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  [0, [0, 1]],
  [1, [0, 0.5, 1]],
  [7, [0, 5, 10]],
  [42, [0, 20, 40, 60]],
  [9800, [0, 5000, 10_000]],
])('the axis up to %d', (max, ticks) => {
  expect(ticksUpTo(max)).toEqual(ticks);
});

test('the axis of bytes goes in powers of two', () => {
  expect(ticksUpTo(9000, 3, 2)).toEqual([0, 4096, 8192, 12_288]);
});

test('a second is the sum of its frames, and is drawn once it is over', () => {
  const seconds = new Seconds();
  for (let number = 1; number <= 25; number++) seconds.add(frame(number, { puts: { ...noPuts, stale: 2 } }));
  expect(seconds.between(0, 2500).map(({ second, puts, coveredMs }) => [second, puts.stale, coveredMs])).toEqual([
    [0, 20, 1000],
    [1, 20, 1000],
  ]);
  seconds.dropBefore(1500);
  expect(seconds.between(0, 3000).map(({ second }) => second)).toEqual([1, 2]);
  expect([1, 31_000, 1e9].map(spanMs)).toEqual([30_000, 60_000, 300_000]);
});

test('time is spent in every state but the last', () => {
  const steps = [
    { atMs: 100, to: 'reserving' },
    { atMs: 101, to: 'validating' },
    { atMs: 103, to: 'rejected' },
  ];
  expect(staysOf(transaction('a', { steps, endedMs: 103 }), 200)).toEqual([
    { state: 'reserving', fromMs: 100, ms: 1, isOpen: false },
    { state: 'validating', fromMs: 101, ms: 2, isOpen: false },
  ]);
  expect(staysOf(transaction('a', { steps: steps.slice(0, 2) }), 150).at(-1)).toEqual({
    state: 'validating',
    fromMs: 101,
    ms: 49,
    isOpen: true,
  });
});

test('messages come in order, with the long waits between them', () => {
  const message = (atMs: number, type: string) => ({ atMs, from: 'transaction', to: 'flusher', type }) as const;
  const rows = sequenceRows([message(102, 'durable'), message(100, 'append'), message(100.01, 'write')], 100, 102);
  expect(rows.map((row) => (row.kind === 'wait' ? Math.round(row.ms) : row.message.type))).toEqual([
    'append',
    'write',
    2,
    'durable',
  ]);
});

test('keys mean something where they cannot mean something else', () => {
  const press = (key: string, focus: 'text' | 'control' | 'other', shiftKey = false, isModified = false) =>
    shortcutOf({ key, shiftKey, isModified }, focus);
  expect(press(' ', 'other')?.name).toBe('togglePause');
  expect(press(' ', 'control')).toBeUndefined();
  expect(press('s', 'text')).toBeUndefined();
  expect(press('s', 'other', false, true)).toBeUndefined();
  expect(press('S', 'other', true)?.name).toBe('saveAsPage');
  expect(press('ArrowLeft', 'control', true)).toEqual({ name: 'step', argument: -10 });
  expect(press('3', 'other')).toEqual({ name: 'chooseMachine', argument: 2 });
  expect(press('Escape', 'text')?.name).toBe('escape');
  expect(press('x', 'other')).toBeUndefined();
});
