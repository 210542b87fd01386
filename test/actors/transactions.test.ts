import { expect, test } from 'vitest';
import { createActor, SimulatedClock } from 'xstate';
import { KeyIndex } from '../../src/actors/key-index.ts';
import { transactionsLogic } from '../../src/actors/transactions.ts';
import { recordingActor } from '../support/actor-recorder.ts';
import { granted } from '../support/key-index.ts';

const clock = { now: () => 0, setTimeout: () => undefined, clearTimeout: () => {} };
const ID = '00112233445566778899aabbccddeeff';

test('S32: an error inside a transaction is told as a bug, and its caller gets no answer', () => {
  const bugs: unknown[] = [];
  const answers: unknown[] = [];
  const onBug = (error: unknown) => bugs.push(error);
  const parent = createActor(transactionsLogic, { input: { clock, putTimeoutMs: 1000, onBug } }).start();
  const { transactions } = parent.getSnapshot();
  const bug = new TypeError('a bug');
  const index = new KeyIndex({ memoryMax: 1e6, maxKeys: 10 });
  Object.defineProperty(index.enter('a'), 'value', {
    get: () => {
      throw bug;
    },
  });
  transactions.start(parent, {
    id: ID,
    operations: [{ key: 'a', value: 1, version: 0 }],
    keyLocks: recordingActor(({ keys, holder, replyTo }) => replyTo.send(granted(index, keys, holder))),
    flusher: recordingActor(() => {}),
    index,
    answer: (outcome) => answers.push(outcome),
  });
  expect(bugs).toEqual([bug]);
  expect(answers).toEqual([]);
});

test('S27: whoever waits too long is told so once, however often time is looked at; and not again when the server stops', () => {
  const simulated = new SimulatedClock();
  const answers: unknown[] = [];
  const onBug = (error: unknown) => {
    throw error;
  };
  const parent = createActor(transactionsLogic, {
    input: { clock: simulated as never, putTimeoutMs: 1000, onBug },
  }).start();
  const { transactions } = parent.getSnapshot();
  const index = new KeyIndex({ memoryMax: 1e6, maxKeys: 10 });
  transactions.start(parent, {
    id: ID,
    operations: [{ key: 'a', value: 1, version: 0 }],
    keyLocks: recordingActor(({ keys, holder, replyTo }) => replyTo?.send(granted(index, keys, holder))),
    flusher: recordingActor(() => {}),
    index,
    answer: (outcome) => answers.push(outcome),
  });
  const told: string[] = [];
  parent.system.inspect((inspected) => {
    if (inspected.type === '@xstate.event' && inspected.event.type === 'overdue') told.push(inspected.event.type);
  });
  simulated.increment(999);
  expect(told).toEqual([]);
  for (let sweep = 0; sweep < 50; sweep += 1) simulated.increment(50);
  expect(told).toEqual(['overdue']);
  transactions.abandon('the server stops');
  expect(told).toEqual(['overdue']);
  expect(answers).toMatchObject([{ code: 'OUTCOME_UNKNOWN', cause: 'timeout' }]);
});

test('those under way can be gone through, oldest first, and one that is just being made is not among them', () => {
  const parent = createActor(transactionsLogic, {
    input: { clock, putTimeoutMs: 1000, onBug: (error) => expect.unreachable(String(error)) },
  }).start();
  const { transactions } = parent.getSnapshot();
  const ids = () => [...transactions.underWay()].map(({ ref }) => ref.id);
  const seen: string[][] = [];
  parent.system.inspect((inspected) => {
    if (inspected.type === '@xstate.actor') seen.push(ids());
  });
  for (const id of ['one', 'other'])
    transactions.start(parent, {
      id,
      operations: [{ key: id, value: 1, version: 0 }],
      keyLocks: recordingActor(() => {}),
      flusher: recordingActor(() => {}),
      index: new KeyIndex({ memoryMax: 1e6, maxKeys: 10 }),
      answer: () => {},
    });
  expect(ids()).toEqual(['one', 'other']);
  expect(seen).toContainEqual(['one']);
  expect(seen).not.toContainEqual(['one', 'other']);
});
