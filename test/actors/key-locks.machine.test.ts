import { expect, test } from 'vitest';
import { createActor } from 'xstate';
import { keyLocksMachine } from '../../src/actors/key-locks.machine.ts';
import { recordingActor } from '../support/actor-recorder.ts';

function start() {
  const replies: string[] = [];
  const locks = createActor(keyLocksMachine).start();
  const replyTo = (holder: string) =>
    recordingActor((message) => {
      const rivals = message.rivals as ReadonlyMap<string, string> | undefined;
      replies.push([holder, message.type, ...(rivals ?? [])].join(' '));
    });
  return {
    replies,
    reserve: (holder: string, ...keys: string[]) =>
      locks.send({ type: 'reserve', keys, holder, replyTo: replyTo(holder) }),
    release: (holder: string, ...keys: string[]) => locks.send({ type: 'release', keys, holder }),
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
  release('first', 'a', 'b');
  reserve('second', 'b');
  expect(replies).toEqual(['first granted', 'second granted']);
});
