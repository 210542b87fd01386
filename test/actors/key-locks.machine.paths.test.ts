/** Every path of the key locks, and what those who ask for keys hear of them. */
import { type AnyActorLogic, createActor, type SnapshotFrom } from 'xstate';
import { compileMachine } from '../../src/actors/compile-machine.ts';
import { keyLocksMachine } from '../../src/actors/key-locks.machine.ts';
import { recordingActor } from '../support/actor-recorder.ts';
import { type Stage, testPaths } from './path-support/test-paths.ts';

/** After each message also which keys are held, and by whom. */
function makeStage(logic: AnyActorLogic): Stage {
  const seen: string[] = [];
  const actor = createActor(logic);
  const noteHeld = () => {
    const { table } = (actor.getSnapshot() as SnapshotFrom<typeof keyLocksMachine>).context;
    const held = ['a', 'b', 'c'].filter((key) => table.holderOf(key) !== undefined);
    seen.push(`held: ${held.map((key) => `${key} by ${table.holderOf(key)}`).join(', ')}`);
  };
  const reserve = (holder: string, ...keys: string[]) => {
    const replyTo = recordingActor(({ type, rivals = [] }) => seen.push([holder, type, ...rivals].join(' ')));
    actor.send({ type: 'reserve', keys, holder, replyTo });
    noteHeld();
  };
  const release = (holder: string, ...keys: string[]) => {
    actor.send({ type: 'release', keys, holder });
    noteHeld();
  };
  return {
    actor,
    seen,
    perform: {
      'free keys are asked for': () => reserve('first', 'a', 'b'),
      'keys are asked for of which one is held': () => {
        reserve('first', 'a', 'b');
        reserve('second', 'b', 'c');
      },
      'released keys are asked for': () => {
        reserve('first', 'a', 'b');
        release('first', 'a', 'b');
        reserve('second', 'b', 'c');
      },
    },
  };
}

const granted = { type: 'reserve', holds: ['allAreFree'] };

testPaths({
  machine: keyLocksMachine,
  compiled: compileMachine(keyLocksMachine),
  stimuli: [
    { name: 'free keys are asked for', events: [granted] },
    { name: 'keys are asked for of which one is held', events: [granted, { type: 'reserve' }] },
    { name: 'released keys are asked for', events: [granted, { type: 'release' }, granted] },
  ],
  // Who asks next.
  makeWorld: () => ['first granted|held: a by first, b by first', 'second granted|held: b by second, c by second'],
  makeStage,
  atStart: [],
  effects: {
    'serving: reserve [allAreFree] → stays': (grants) => grants.shift()!.split('|'),
    'serving: reserve → stays': ['second denied b,first', 'held: a by first, b by first'],
    'serving: release → stays': ['held: '],
  },
});
