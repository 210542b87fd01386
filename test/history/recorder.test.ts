import { expect, it } from 'vitest';
import type { PutOutcome } from '../../src/outcome.ts';
import { outcomeSeen, Recorder } from './recorder.ts';

const writes = [{ key: 'a', expected: 0, value: 's:x' }];

it('numbers everything from one counter, and leaves what was not answered open', () => {
  const recorder = new Recorder();
  const answerPut = recorder.put(1, writes);
  const answerGet = recorder.get(2, 'a');
  recorder.put(3, writes);
  recorder.get(4, 'a');
  answerGet(undefined);
  recorder.restart();
  answerPut({ kind: 'committed', seq: 1, versions: [1] });
  expect(recorder.history).toEqual({
    operations: [
      { kind: 'get', client: 2, invokedAt: 2, completedAt: 5, key: 'a', found: undefined },
      {
        kind: 'put',
        client: 1,
        invokedAt: 1,
        completedAt: 7,
        writes,
        outcome: { kind: 'committed', seq: 1, versions: [1] },
      },
      {
        kind: 'put',
        client: 3,
        invokedAt: 3,
        completedAt: Number.POSITIVE_INFINITY,
        writes,
        outcome: { kind: 'unknown' },
      },
    ],
    restarts: [6],
  });
});

it('takes one answer to a put', () => {
  const answer = new Recorder().put(1, writes);
  answer({ kind: 'refused' });
  expect(() => answer({ kind: 'refused' })).toThrow('client 1 got two answers to one put');
});

it('keeps of an answer what it says about versions', () => {
  const stale = { key: 'a', reason: 'stale', expected: 0, current: 2 } as const;
  const inFlight = { key: 'b', reason: 'in_flight', expected: 1, current: 1, holder: '' } as const;
  const seen: readonly (readonly [PutOutcome, object])[] = [
    [
      { code: 'COMMITTED', id: '', seq: 4, versions: [1] },
      { kind: 'committed', seq: 4, versions: [1] },
    ],
    [
      { code: 'STALE_VERSION', id: '', conflicts: [stale, inFlight] },
      { kind: 'stale', current: [{ key: 'a', version: 2 }] },
    ],
    [{ code: 'KEY_IN_FLIGHT', id: '', conflicts: [inFlight] }, { kind: 'refused' }],
    [{ code: 'DISK_FULL', error: '' }, { kind: 'refused' }],
    [{ code: 'OUTCOME_UNKNOWN', cause: 'timeout', error: '' }, { kind: 'unknown' }],
  ];
  for (const [outcome, what] of seen) expect(outcomeSeen(outcome)).toEqual(what);
});
