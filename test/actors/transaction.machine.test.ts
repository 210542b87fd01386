import { beforeEach, describe, expect, test } from 'vitest';
import { type AnyEventObject, createActor } from 'xstate';
import { KeyIndex } from '../../src/actors/key-index.ts';
import type { Append, FlushReply, Overdue, Release, Reserve } from '../../src/actors/messages.ts';
import { transactionMachine } from '../../src/actors/transaction.machine.ts';
import type { PutOperation, PutOutcome } from '../../src/outcome.ts';
import { decodeTx } from '../../src/wal/tx-codec.ts';
import { recordingActor } from '../support/actor-recorder.ts';
import { applyTo, granted } from '../support/key-index.ts';

const ID = '00112233445566778899aabbccddeeff';

let index: KeyIndex;
let answers: PutOutcome[];
let toKeyLocks: AnyEventObject[];
let toFlusher: AnyEventObject[];

beforeEach(() => {
  index = new KeyIndex({ memoryMax: 100_000, maxKeys: 10 });
  answers = [];
  toKeyLocks = [];
  toFlusher = [];
});

/** A transaction whose keys the locks have granted, or denied to these rivals. */
function begin(operations: readonly PutOperation[], rivals: Record<string, string> = {}) {
  const transaction = createActor(transactionMachine, {
    input: {
      place: { value: undefined },
      id: ID,
      operations,
      keyLocks: recordingActor((message) => toKeyLocks.push(message)),
      flusher: recordingActor((message) => toFlusher.push(message)),
      index,
      answer: (outcome) => answers.push(outcome),
    },
  }).start();
  const denied = Object.keys(rivals).length > 0;
  const keys = operations.map(({ key }) => key);
  transaction.send(denied ? { type: 'denied', rivals: new Map(Object.entries(rivals)) } : granted(index, keys, ID));
  return {
    get state() {
      return transaction.getSnapshot().value;
    },
    hear: (message: FlushReply | Overdue) => transaction.send(message),
  };
}

const released = () => toKeyLocks.filter((message) => message.type === 'release').map((m) => (m as Release).hold.keys);

describe('a put whose versions are right', () => {
  test('asks for all of its keys under its own id', () => {
    begin([
      { key: 'a', value: 1, version: 0 },
      { key: 'b', value: 2, version: 0 },
    ]);
    const { keys, holder } = toKeyLocks[0] as Reserve;
    expect([keys, holder]).toEqual([['a', 'b'], ID]);
  });

  test('is handed to the flusher encoded, with the versions that it makes', () => {
    applyTo(index, { key: 'a', value: 'old', version: 4 });
    const { state } = begin([
      { key: 'a', value: 'new', version: 4 },
      { key: 'b', value: 2.5, version: 0 },
    ]);
    const { id, writes } = decodeTx((toFlusher[0] as Append).record);
    expect(state).toBe('awaitingFlush');
    expect(Buffer.from(id).toString('hex')).toBe(ID);
    expect(writes).toEqual([
      { key: 'a', value: 'new', version: 5 },
      { key: 'b', value: 2.5, version: 1 },
    ]);
  });

  test('shows in the index only once it is durable, and then answers and frees its keys', () => {
    const transaction = begin([{ key: 'a', value: 'x', version: 0 }]);
    expect(index.get('a')).toBeUndefined();
    expect(released()).toEqual([]);
    transaction.hear({ type: 'durable', seq: 9 });
    expect(transaction.state).toBe('committed');
    expect(index.get('a')).toEqual({ value: 'x', version: 1 });
    expect(answers).toEqual([{ code: 'COMMITTED', id: ID, seq: 9, versions: [1] }]);
    expect(released()).toEqual([['a']]);
  });

  test('goes on counting where a deleted key is made again', () => {
    applyTo(index, { key: 'a', value: undefined, version: 7 });
    begin([{ key: 'a', value: 'x', version: 0 }]).hear({ type: 'durable', seq: 1 });
    expect(answers).toEqual([{ code: 'COMMITTED', id: ID, seq: 1, versions: [8] }]);
  });
});

describe('a put that is refused', () => {
  test('as stale tells every stale key with both versions, and frees its keys', () => {
    applyTo(index, { key: 'b', value: 1, version: 3 });
    const { state } = begin([
      { key: 'a', value: 1, version: 1 },
      { key: 'b', value: 1, version: 3 },
      { key: 'c', value: 1, version: 2 },
    ]);
    expect(state).toBe('rejected');
    expect(answers).toEqual([
      {
        code: 'STALE_VERSION',
        id: ID,
        conflicts: [
          { key: 'a', reason: 'stale', expected: 1, current: 0 },
          { key: 'c', reason: 'stale', expected: 2, current: 0 },
        ],
      },
    ]);
    expect(released()).toEqual([['a', 'b', 'c']]);
    expect(toFlusher).toEqual([]);
  });

  test('as in flight names the holder, and frees nothing that it never held', () => {
    applyTo(index, { key: 'b', value: 1, version: 3 });
    begin([{ key: 'b', value: 1, version: 3 }], { b: 'rival' });
    expect(answers).toEqual([
      {
        code: 'KEY_IN_FLIGHT',
        id: ID,
        conflicts: [{ key: 'b', reason: 'in_flight', expected: 3, current: 3, holder: 'rival' }],
      },
    ]);
    expect(released()).toEqual([]);
  });

  test('has all its keys compared also where the locks were denied, and stale comes before in flight', () => {
    begin(
      [
        { key: 'held', value: 1, version: 0 },
        { key: 'stale', value: 1, version: 5 },
        { key: 'both', value: 1, version: 5 },
      ],
      { held: 'rival', both: 'rival' },
    );
    expect(answers).toEqual([
      {
        code: 'STALE_VERSION',
        id: ID,
        conflicts: [
          { key: 'held', reason: 'in_flight', expected: 0, current: 0, holder: 'rival' },
          { key: 'stale', reason: 'stale', expected: 5, current: 0 },
          { key: 'both', reason: 'stale', expected: 5, current: 0 },
        ],
      },
    ]);
  });

  test('for want of memory frees its keys and leaves no promise behind', () => {
    const { state } = begin([{ key: 'a', value: 'x'.repeat(200_000), version: 0 }]);
    expect(state).toBe('rejected');
    expect(answers.map((answer) => answer.code)).toEqual(['MEMORY_LIMIT']);
    expect(released()).toEqual([['a']]);
    expect(index.reserve({ bytes: 99_999, keys: 1 })).toBeUndefined();
  });

  test('for a limit on keys says so', () => {
    begin(Array.from({ length: 11 }, (_, n) => ({ key: `k${n}`, value: 1, version: 0 })));
    expect(answers).toEqual([{ code: 'KEYS_LIMIT', error: 'the store would have 11 keys; maxKeys is 10' }]);
  });

  test('D18: at the highest version there is, and the version does not wrap', () => {
    applyTo(index, { key: 'a', value: 1, version: Number.MAX_SAFE_INTEGER });
    begin([{ key: 'a', value: 2, version: Number.MAX_SAFE_INTEGER }]);
    expect(answers.map((answer) => answer.code)).toEqual(['VERSION_EXHAUSTED']);
    expect(released()).toEqual([['a']]);
  });

  test('as too large for a batch says how large and what is allowed', () => {
    index = new KeyIndex({ memoryMax: 1e9, maxKeys: 100 });
    begin(Array.from({ length: 17 }, (_, n) => ({ key: `k${n}`, value: 'x'.repeat(2 ** 20), version: 0 })));
    expect(answers).toEqual([
      {
        code: 'PUT_TOO_LARGE',
        error: expect.stringMatching(/^the put takes 178\d{5} bytes in the log; 16777176 are allowed$/),
      },
    ]);
  });
});

describe('a put whose flush', () => {
  const put = [{ key: 'a', value: 'new', version: 1 }];
  beforeEach(() => applyTo(index, { key: 'a', value: 'old', version: 1 }));

  test('definitely failed is rolled back: the old value stays, the keys and the promised room are free', () => {
    const transaction = begin([{ key: 'a', value: 'x'.repeat(90_000), version: 1 }]);
    transaction.hear({ type: 'notApplied', code: 'DISK_FULL', error: 'full' });
    expect(transaction.state).toBe('rolledBack');
    expect(index.get('a')).toEqual({ value: 'old', version: 1 });
    expect(answers).toEqual([{ code: 'DISK_FULL', error: 'full' }]);
    expect(released()).toEqual([['a']]);
    expect(index.reserve({ bytes: 90_000, keys: 0 })).toBeUndefined();
  });

  test('may have failed answers so and keeps its keys', () => {
    const transaction = begin(put);
    transaction.hear({ type: 'undecided', error: 'EIO' });
    expect(transaction.state).toBe('undecided');
    expect(answers).toEqual([{ code: 'OUTCOME_UNKNOWN', cause: 'sync_failed', error: 'EIO' }]);
    expect(released()).toEqual([]);
    expect(index.get('a')?.value).toBe('old');
  });

  test('takes too long is answered once, and applied when the disk answers after all', () => {
    const transaction = begin(put);
    transaction.hear({ type: 'overdue', error: 'slow' });
    expect(answers).toEqual([{ code: 'OUTCOME_UNKNOWN', cause: 'timeout', error: 'slow' }]);
    expect(released()).toEqual([]);
    transaction.hear({ type: 'overdue', error: 'slow' });
    transaction.hear({ type: 'durable', seq: 3 });
    expect(transaction.state).toBe('committed');
    expect(answers).toHaveLength(1);
    expect(index.get('a')).toEqual({ value: 'new', version: 2 });
    expect(released()).toEqual([['a']]);
  });

  test('takes too long and then definitely fails is rolled back without a second answer', () => {
    const transaction = begin(put);
    transaction.hear({ type: 'overdue', error: 'slow' });
    transaction.hear({ type: 'notApplied', code: 'DISK_FULL', error: 'full' });
    expect(transaction.state).toBe('rolledBack');
    expect(answers).toHaveLength(1);
    expect(released()).toEqual([['a']]);
  });

  test('takes too long and then may have failed ends undecided without a second answer', () => {
    const transaction = begin(put);
    transaction.hear({ type: 'overdue', error: 'slow' });
    transaction.hear({ type: 'undecided', error: 'EIO' });
    expect(transaction.state).toBe('undecided');
    expect(answers).toHaveLength(1);
  });
});
