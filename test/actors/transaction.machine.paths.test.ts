/** Every path of a put, and what the key locks, the flusher, the index and the caller see of it. */
import { type AnyActorLogic, type AnyEventObject, createActor } from 'xstate';
import { compileMachine } from '../../src/actors/compile-machine.ts';
import type { KeyEntry } from '../../src/actors/key-entry.ts';
import { type Growth, KeyIndex } from '../../src/actors/key-index.ts';
import { transactionMachine } from '../../src/actors/transaction.machine.ts';
import type { PutOutcome } from '../../src/outcome.ts';
import { decodeTx, type TxWrite } from '../../src/wal/tx-codec.ts';
import { recordingActor } from '../support/actor-recorder.ts';
import { granted } from '../support/key-index.ts';
import { type Stage, testPaths } from './path-support/test-paths.ts';

const ID = '00112233445566778899aabbccddeeff';

/** The put under test changes `a` from version 1 to 2 and makes `b`. */
const OPERATIONS = [
  { key: 'a', value: 'new', version: 1 },
  { key: 'b', value: 2.5, version: 0 },
];

class NotingIndex extends KeyIndex {
  readonly #seen: string[];
  constructor(seen: string[], maxKeys: number) {
    super({ memoryMax: 100_000, maxKeys });
    this.#seen = seen;
  }
  override reserve(growth: Growth) {
    const limit = super.reserve(growth);
    this.#seen.push(limit ? 'index: no room' : `index: room for ${growth.keys} more`);
    return limit;
  }
  override unreserve(growth: Growth) {
    super.unreserve(growth);
    this.#seen.push(`index: room for ${growth.keys} given back`);
  }
  override apply(entries: readonly KeyEntry[], writes: readonly TxWrite[], growth: Growth) {
    super.apply(entries, writes, growth);
    this.#seen.push(`index: ${textOf(writes)}`);
  }
}

const textOf = (writes: readonly TxWrite[]) => writes.map((w) => `${w.key}@${w.version}=${w.value}`).join(' ');

function makeStage(logic: AnyActorLogic): Stage {
  const seen: string[] = [];
  const index = new NotingIndex(seen, 3);
  index.replay({ key: 'a', value: 'old', version: 1 });
  const actor = createActor(logic, {
    input: {
      number: 1,
      id: ID,
      operations: OPERATIONS,
      keyLocks: recordingActor(({ type, hold, keys = hold.keys, holder = hold.holder }) =>
        seen.push(`locks: ${type} ${keys.join(' ')} for ${holder}`),
      ),
      flusher: recordingActor(({ type, record }) => seen.push(`flusher: ${type} ${textOf(decodeTx(record).writes)}`)),
      index,
      answer: (outcome: PutOutcome) => seen.push(`answer: ${JSON.stringify(outcome)}`),
    },
  });
  const allKeys = granted(index, ['a', 'b'], ID);
  const grant = () => actor.send(allKeys);
  const send = (event: AnyEventObject) => () => actor.send(event);
  return {
    actor,
    seen,
    perform: {
      granted: grant,
      'granted, but a is stale': () => {
        index.replay({ key: 'a', value: 'newer', version: 2 });
        grant();
      },
      'granted, but there is no room in memory': () => {
        for (const key of ['x', 'y']) index.replay({ key, value: 1, version: 1 });
        grant();
      },
      'denied, for another put holds b': send({ type: 'denied', rivals: new Map([['b', 'rival']]) }),
      durable: send({ type: 'durable', seq: 7 }),
      'not applied': send({ type: 'notApplied', code: 'DISK_FULL', error: 'full' }),
      undecided: send({ type: 'undecided', error: 'EIO' }),
      overdue: send({ type: 'overdue', error: 'slow' }),
    },
  };
}

const stale = { key: 'a', reason: 'stale', expected: 1, current: 2 };
const inFlight = { key: 'b', reason: 'in_flight', expected: 0, current: 0, holder: 'rival' };
const noRoom = { code: 'KEYS_LIMIT', error: 'the store would have 4 keys; maxKeys is 3' };
const answer = (outcome: object) => `answer: ${JSON.stringify(outcome)}`;
const released = `locks: release a b for ${ID}`;
const applied = ['index: room for 1 given back', 'index: a@2=new b@1=2.5'];
const dropped = 'index: room for 1 given back';

testPaths({
  machine: transactionMachine,
  compiled: compileMachine(transactionMachine),
  input: { operations: OPERATIONS },
  stimuli: [
    { name: 'granted', events: [{ type: 'granted', holds: ['nothingStandsAgainstIt', 'itsKeysAreHeld'] }] },
    { name: 'granted, but a is stale', events: [{ type: 'granted', holds: ['itsKeysAreHeld'] }] },
    {
      name: 'granted, but there is no room in memory',
      events: [{ type: 'granted', holds: ['nothingStandsAgainstIt', 'itsKeysAreHeld', 'cannotBeStaged'] }],
    },
    { name: 'denied, for another put holds b', events: [{ type: 'denied' }] },
    { name: 'durable', events: [{ type: 'durable' }] },
    { name: 'not applied', events: [{ type: 'notApplied' }] },
    { name: 'undecided', events: [{ type: 'undecided' }] },
    { name: 'overdue', events: [{ type: 'overdue' }] },
  ],
  makeWorld: () => undefined,
  makeStage,
  atStart: [`locks: reserve a b for ${ID}`],
  effects: {
    'reserving: granted → validating': [],
    'reserving: denied → validating': [],
    'validating: always [nothingStandsAgainstIt] → staging': [],
    'validating: always [itsKeysAreHeld] → rejected': [
      answer({ code: 'STALE_VERSION', id: ID, conflicts: [stale] }),
      released,
    ],
    // What it never held it does not release.
    'validating: always → rejected': [answer({ code: 'KEY_IN_FLIGHT', id: ID, conflicts: [inFlight] })],
    'staging: always [cannotBeStaged] → rejected': ['index: no room', answer(noRoom), released],
    'staging: always → awaitingFlush': ['index: room for 1 more', 'flusher: append a@2=new b@1=2.5'],
    'awaitingFlush: durable → committed': [
      ...applied,
      answer({ code: 'COMMITTED', id: ID, seq: 7, versions: [2, 1] }),
      released,
    ],
    'awaitingFlush: notApplied → rolledBack': [dropped, answer({ code: 'DISK_FULL', error: 'full' }), released],
    // The keys stay held, and so does the room: nobody knows.
    'awaitingFlush: undecided → undecided': [answer({ code: 'OUTCOME_UNKNOWN', cause: 'sync_failed', error: 'EIO' })],
    'awaitingFlush: overdue → overdue': [answer({ code: 'OUTCOME_UNKNOWN', cause: 'timeout', error: 'slow' })],
    // The caller has had its answer, and gets no second one.
    'overdue: durable → committed': [...applied, released],
    'overdue: notApplied → rolledBack': [dropped, released],
    'overdue: undecided → undecided': [],
  },
});
