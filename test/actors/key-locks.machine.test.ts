import { expect, test } from 'vitest';
import { createActor } from 'xstate';
import type { Hold } from '../../src/actors/key-entry.ts';
import { KeyIndex } from '../../src/actors/key-index.ts';
import { keyLocksMachine } from '../../src/actors/key-locks.machine.ts';
import { recordingActor } from '../support/actor-recorder.ts';

function start() {
  const replies: string[] = [];
  const holds = new Map<string, Hold>();
  const index = new KeyIndex({ memoryMax: 1e6, maxKeys: 10 });
  const locks = createActor(keyLocksMachine, { input: { index } }).start();
  const replyTo = (holder: string) =>
    recordingActor((message) => {
      const rivals = message.rivals as ReadonlyMap<string, string> | undefined;
      if (message.hold) holds.set(holder, message.hold);
      replies.push([holder, message.type, ...(rivals ?? [])].join(' '));
    });
  return {
    replies,
    reserve: (holder: string, ...keys: string[]) =>
      locks.send({ type: 'reserve', keys, holder, replyTo: replyTo(holder) }),
    release: (holder: string) => locks.send({ type: 'release', hold: holds.get(holder)! }),
  };
}

test('free keys are granted together', () => {
  const { replies, reserve } = start();
  reserve('first', 'a', 'b');
  expect(replies).toEqual(['first granted']);
});

test('one taken key denies all, names its holder, and leaves the free ones free', () => {
  const { replies, reserve } = start();
  reserve('first', 'b');
  reserve('second', 'a', 'b');
  reserve('third', 'a');
  expect(replies).toEqual(['first granted', 'second denied b,first', 'third granted']);
});

test('released keys can be had again', () => {
  const { replies, reserve, release } = start();
  reserve('first', 'a', 'b');
  release('first');
  reserve('second', 'b');
  expect(replies).toEqual(['first granted', 'second granted']);
});
