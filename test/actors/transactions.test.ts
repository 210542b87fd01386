import { expect, test } from 'vitest';
import { createActor } from 'xstate';
import { transactionsLogic } from '../../src/actors/transactions.ts';
import { recordingActor } from '../support/actor-recorder.ts';

const clock = { now: () => 0, setTimeout: () => undefined, clearTimeout: () => {} };
const ID = '00112233445566778899aabbccddeeff';

test('S32: an error inside a transaction is told as a bug, and its caller gets no answer', () => {
  const bugs: unknown[] = [];
  const answers: unknown[] = [];
  const onBug = (error: unknown) => bugs.push(error);
  const parent = createActor(transactionsLogic, { input: { clock, putTimeoutMs: 1000, onBug } }).start();
  const { transactions } = parent.getSnapshot();
  const bug = new TypeError('a bug');
  const brokenIndex = {
    currentVersion: () => {
      throw bug;
    },
  };
  transactions.start(parent, {
    id: ID,
    operations: [{ key: 'a', value: 1, version: 0 }],
    keyLocks: recordingActor(({ replyTo }) => replyTo.send({ type: 'granted' })),
    flusher: recordingActor(() => {}),
    index: brokenIndex as never,
    answer: (outcome) => answers.push(outcome),
  });
  expect(bugs).toEqual([bug]);
  expect(answers).toEqual([]);
});
