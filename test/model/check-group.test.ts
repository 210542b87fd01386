import { expect, test } from 'vitest';
import type { Conflict, PutOperation } from '../../src/outcome.ts';
import { type Answered, checkGroup } from './check-group.ts';
import type { DiskState, SeenOutcome } from './check-outcome.ts';
import { Specification } from './specification.ts';

const FIRST = '1'.repeat(32);
const SECOND = '2'.repeat(32);

/** Key `a` has version 1, and `b` does not exist. */
const before = () => new Specification([['a', { value: 'old', version: 1 }]], 1);
const write = (key: string, version: number): PutOperation => ({ key, value: 'new', version });
const put = (outcome: object, ...operations: PutOperation[]): Answered => ({
  operations,
  outcome: outcome as SeenOutcome,
});
const committed = (seq: number, ...versions: number[]) => ({ code: 'COMMITTED', id: FIRST, seq, versions });
const stale = (key: string, expected: number, current: number): Conflict => ({
  key,
  reason: 'stale',
  expected,
  current,
});
const inFlight = (key: string, expected: number, current: number, holder = FIRST): Conflict => {
  return { key, reason: 'in_flight', expected, current, holder };
};
const refused = (code: string, ...conflicts: Conflict[]) => ({ code, id: SECOND, conflicts });

const winner = put(committed(2, 2), write('a', 1));

const withoutRoom = { code: 'DISK_FULL' };

test.each<[string, Answered[], DiskState?]>([
  [
    'one wins and the other was told that it is in flight',
    [winner, put(refused('KEY_IN_FLIGHT', inFlight('a', 1, 1)), write('a', 1))],
  ],
  ['one wins and the other came behind it', [winner, put(refused('STALE_VERSION', stale('a', 1, 2)), write('a', 1))]],
  ['one wins and the other builds on it', [put({ ...committed(3, 3), id: SECOND }, write('a', 2)), winner]],
  [
    'stale and in flight in one',
    [winner, put(refused('STALE_VERSION', inFlight('a', 1, 1), stale('b', 7, 0)), write('a', 1), write('b', 7))],
  ],
  ['no room for either', [put(withoutRoom, write('a', 1)), put(withoutRoom, write('a', 1))], 'full'],
  ['one wins and there is no room for the next', [winner, put(withoutRoom, write('a', 2))], 'full'],
  [
    'no room for one, and the other was told that it is in flight',
    [
      put(withoutRoom, write('a', 1), write('b', 0)),
      put(refused('KEY_IN_FLIGHT', inFlight('a', 1, 1), inFlight('b', 0, 0)), write('a', 1), write('b', 0)),
    ],
    'full',
  ],
])('an order explains it: %s', (_, group, disk = 'sound') => {
  expect(() => checkGroup(before(), group, disk)).not.toThrow();
});

test.each<[string, Answered[], DiskState?]>([
  ['two win with the same expectation', [winner, put({ ...committed(3, 2), id: SECOND }, write('a', 1))]],
  ['a gap between the seqs', [winner, put({ ...committed(4, 3), id: SECOND }, write('a', 2))]],
  ['a version that is not the next', [put(committed(2, 3), write('a', 1))]],
  ['nobody wins', [put(refused('KEY_IN_FLIGHT', inFlight('a', 1, 1)), write('a', 1))]],
  [
    'in flight by somebody who does not write the key',
    [put(committed(2, 1), write('b', 0)), put(refused('KEY_IN_FLIGHT', inFlight('a', 1, 1)), write('a', 1))],
  ],
  ['a version that the key never had', [winner, put(refused('STALE_VERSION', stale('a', 1, 5)), write('a', 1))]],
  ['stale at the expected version', [winner, put(refused('STALE_VERSION', stale('a', 1, 1)), write('a', 1))]],
  [
    'in flight at another version than expected',
    [winner, put(refused('KEY_IN_FLIGHT', inFlight('a', 1, 2)), write('a', 1))],
  ],
  [
    'a stale key is not named',
    [winner, put(refused('KEY_IN_FLIGHT', inFlight('a', 1, 1)), write('a', 1), write('b', 7))],
  ],
  [
    'the conflicts in another order',
    [winner, put(refused('STALE_VERSION', stale('b', 7, 0), inFlight('a', 1, 1)), write('a', 1), write('b', 7))],
  ],
  ['the wrong code', [winner, put(refused('KEY_IN_FLIGHT', stale('a', 1, 2)), write('a', 1))]],
  ['a refusal without a reason', [winner, put(refused('STALE_VERSION'), write('a', 1))]],
  ['no room on a disk that has it', [put(withoutRoom, write('a', 1))]],
  ['no room for a put that is stale', [put(withoutRoom, write('a', 2))], 'full'],
  [
    'a put that found no room and is there',
    [put(withoutRoom, write('a', 1)), put(committed(2, 3), write('a', 2))],
    'full',
  ],
  [
    'one holder of keys that no put writes together',
    [
      put(withoutRoom, write('a', 1)),
      put(withoutRoom, write('b', 0)),
      put(refused('KEY_IN_FLIGHT', inFlight('a', 1, 1), inFlight('b', 0, 0)), write('a', 1), write('b', 0)),
    ],
    'full',
  ],
  [
    'in flight by the one that won, which does not write the key',
    [winner, put(withoutRoom, write('b', 0)), put(refused('KEY_IN_FLIGHT', inFlight('b', 0, 0)), write('b', 0))],
    'full',
  ],
])('no order explains it: %s', (_, group, disk = 'sound') => {
  expect(() => checkGroup(before(), group, disk)).toThrow();
});
