import { expect, test } from 'vitest';
import { plainText, verdictOn } from '../../../src/inspector/page/refusal.ts';
import type { TransactionRecord } from '../../../src/inspector/protocol.ts';
import { transaction } from './samples.ts';

const ID = '5c1fb1a1e4b1f2f30000000000000001';
const RIVAL = '5c1fb1a1e4b1f2f30000000000000a07';

const sentence = (changes: Partial<TransactionRecord>, nowMs = 200) =>
  plainText(verdictOn(transaction(ID, changes), nowMs).sentence);

test('stale: which key, what was expected, what it is, who wrote it and when', () => {
  const keys = [
    { key: 'cart:42', expected: 3, current: 5, conflict: 'stale', writer: { id: RIVAL, atMs: 88 } },
  ] as const;
  expect(sentence({ outcome: 'stale', keys })).toBe(
    'Refused: `cart:42` was expected at version 3 but is at 5, written 12.0 ms earlier by 5c1f…0a07.',
  );
});

test('stale: the writer was not seen', () => {
  const keys = [{ key: 'k', expected: 3, current: 5, conflict: 'stale' }] as const;
  expect(sentence({ outcome: 'stale', keys })).toBe('Refused: `k` was expected at version 3 but is at 5.');
});

test('stale: the key was expected not to exist, or does not', () => {
  const there = [{ key: 'k', expected: 0, current: 5, conflict: 'stale' }] as const;
  expect(sentence({ outcome: 'stale', keys: there })).toBe(
    'Refused: `k` was expected not to exist but is at version 5.',
  );
  const gone = [{ key: 'k', expected: 4, current: 0, conflict: 'stale' }] as const;
  expect(sentence({ outcome: 'stale', keys: gone })).toBe('Refused: `k` was expected at version 4 but does not exist.');
});

test('stale: the stale key is named though others are in flight, and they are counted', () => {
  const keys = [
    { key: 'a', expected: 1, current: 1, conflict: 'inFlight', holder: RIVAL },
    { key: 'b', expected: 1, current: 2, conflict: 'stale' },
    { key: 'c', expected: 1, current: 1 },
    { key: 'd', expected: 1, current: 2, conflict: 'stale' },
  ] as const;
  expect(sentence({ outcome: 'stale', keys })).toBe(
    'Refused: `b` was expected at version 1 but is at 2; 2 more keys stood against it.',
  );
});

test('in flight: who wrote the key, what it was doing, and for how long', () => {
  const keys = [{ key: 'cart:42', expected: 3, current: 3, conflict: 'inFlight', holder: RIVAL }] as const;
  const rivals = [{ id: RIVAL, state: 'awaitingFlush', ageMs: 0.8, keyCount: 2 }];
  expect(sentence({ outcome: 'inFlight', keys, rivals })).toBe(
    'Refused: `cart:42` was being written by 5c1f…0a07 (awaiting its flush, 800 µs old).',
  );
});

test('in flight: the rival had just ended, or is not known', () => {
  const keys = [{ key: 'k', expected: 3, conflict: 'inFlight', holder: RIVAL }] as const;
  expect(sentence({ outcome: 'inFlight', keys, rivals: [{ id: RIVAL }] })).toBe(
    'Refused: `k` was being written by 5c1f…0a07 (just ended).',
  );
  expect(sentence({ outcome: 'inFlight', keys })).toBe('Refused: `k` was being written by 5c1f…0a07.');
  expect(sentence({ outcome: 'inFlight' })).toBe('Refused: another put was writing one of its keys.');
});

test.each([
  ['refused', { error: 'memoryMax leaves no room' }, 'Refused: memoryMax leaves no room.'],
  ['rolledBack', { error: 'the disk has no room' }, 'Rolled back: the disk has no room.'],
  ['undecided', { error: 'the disk failed' }, 'Unknown: the disk failed.'],
  [
    'committed',
    { seq: 81, keyCount: 3, endedMs: 101.5 },
    'Committed as seq 81: 3 keys on disk 1.50 ms after it was asked for.',
  ],
  ['underWay', { steps: [{ atMs: 100, to: 'awaitingFlush' }] }, 'Under way for 100 ms, awaiting its flush.'],
] as const)('%s', (outcome, changes, words) => {
  expect(sentence({ outcome, ...changes })).toBe(words);
});

test('who was told OUTCOME_UNKNOWN is told of it, whatever came after', () => {
  const late = verdictOn(transaction(ID, { outcome: 'committed', code: 'OUTCOME_UNKNOWN' }), 0);
  expect(late.advice).toContain('OUTCOME_UNKNOWN');
  const overdue = verdictOn(transaction(ID, { outcome: 'underWay', code: 'OUTCOME_UNKNOWN' }), 0);
  expect(overdue.advice).toContain('OUTCOME_UNKNOWN');
});

test('a key cannot disturb the sentence', () => {
  const keys = [{ key: 'a\n\u202eb', expected: 1, current: 2, conflict: 'stale' }] as const;
  expect(sentence({ outcome: 'stale', keys })).toContain('`a\\n\\u{202e}b`');
});
