import { expect, test } from 'vitest';
import { fromPlainFailure, MergeFailure, toMergeFailure, toPlainFailure } from '../../src/wal/merge-failure.ts';
import { Damage, StartRefusal } from '../../src/wal/refusal.ts';

const systemError = (code: string) => Object.assign(new Error(`${code}: injected`), { code });
const damage = new Damage({ file: '1.log', offset: 0, seqs: { first: 1, last: 1 }, what: 'a bad batch' });

test.each<[what: string, error: unknown, kind: string]>([
  ['a full disk', systemError('ENOSPC'), 'noRoom'],
  ['no descriptor left', systemError('EMFILE'), 'noRoom'],
  ['damage', damage, 'damagedInput'],
  ['an input that is gone', new StartRefusal(74, 'cannot read', { cause: systemError('ENOENT') }), 'damagedInput'],
  ['a read error', new StartRefusal(74, 'cannot read', { cause: systemError('EIO') }), 'failed'],
  ['a refusal without cause', new StartRefusal(74, 'cannot read'), 'failed'],
  ['a bug', new TypeError('undefined is not a function'), 'failed'],
])('%s is a failed merge of its kind, with the same words', (_, error, kind) => {
  const failure = toMergeFailure(error);
  expect(failure).toMatchObject({ name: 'MergeFailure', kind, message: (error as Error).message });
  expect(failure.cause).toBe(error);
});

test('a failed merge stays what it is, and what is no error becomes one', () => {
  const failure = new MergeFailure('noRoom', 'no room');
  expect(toMergeFailure(failure)).toBe(failure);
  expect(toMergeFailure('text')).toMatchObject({ kind: 'failed', message: 'text' });
});

test('from one thread to another a failure keeps kind, words and where it first happened', () => {
  const bug = new TypeError('a bug');
  const plain = structuredClone(toPlainFailure(bug));
  expect(plain).toEqual({ kind: 'failed', message: 'a bug', stack: bug.stack });
  const arrived = fromPlainFailure(plain);
  expect(arrived).toBeInstanceOf(MergeFailure);
  expect(arrived).toMatchObject(plain);
});

test('where nothing caused a failure, it happened where the failure itself was made', () => {
  const failure = new MergeFailure('noRoom', 'no room');
  expect(toPlainFailure(failure).stack).toBe(failure.stack);
  expect(toPlainFailure('text').stack).toContain('MergeFailure: text');
});

test('a failure that arrives without a place gets one of its own', () => {
  const failure = fromPlainFailure({ kind: 'failed', message: 'died', stack: undefined });
  expect(failure.stack).toContain('MergeFailure: died');
});
