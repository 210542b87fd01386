/** Every path of the key locks, and what those who ask for keys hear of them. */
import { type AnyActorLogic, createActor, type SnapshotFrom } from 'xstate';
import { compileMachine } from '../../src/actors/compile-machine.ts';
import type { Hold } from '../../src/actors/key-entry.ts';
import { KeyIndex } from '../../src/actors/key-index.ts';
import { keyLocksMachine } from '../../src/actors/key-locks.machine.ts';
import { recordingActor } from '../support/actor-recorder.ts';
import { type Stage, testPaths } from './path-support/test-paths.ts';

const makeInput = () => ({ index: new KeyIndex({ memoryMax: 1e6, maxKeys: 10 }) });

/** After each message also which keys are held, and by whom. */
function makeStage(logic: AnyActorLogic): Stage {
  const seen: string[] = [];
  const holds = new Map<string, Hold>();
  const actor = createActor(logic, { input: makeInput() });
  const noteHeld = () => {
    const { table } = (actor.getSnapshot() as SnapshotFrom<typeof keyLocksMachine>).context;
    const held = ['a', 'b', 'c'].filter((key) => table.holderOf(key) !== undefined);
    seen.push(`held: ${held.map((key) => `${key} by ${table.holderOf(key)}`).join(', ')}`);
  };
  const reserve = (holder: string, ...keys: string[]) => {
    const replyTo = recordingActor(({ type, hold, rivals = [] }) => {
      seen.push([holder, type, ...(hold?.keys ?? []), ...rivals].join(' '));
      if (hold) holds.set(holder, hold);
    });
    actor.send({ type: 'reserve', keys, holder, replyTo });
    noteHeld();
  };
  const release = (holder: string) => {
    actor.send({ type: 'release', hold: holds.get(holder) });
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
        release('first');
        reserve('second', 'b', 'c');
      },
    },
  };
}

const granted = { type: 'reserve', holds: ['allAreFree'] };

testPaths({
  machine: keyLocksMachine,
  compiled: compileMachine(keyLocksMachine),
  input: makeInput(),
  stimuli: [
    { name: 'free keys are asked for', events: [granted] },
    { name: 'keys are asked for of which one is held', events: [granted, { type: 'reserve' }] },
    { name: 'released keys are asked for', events: [granted, { type: 'release' }, granted] },
  ],
  // Who asks next.
  makeWorld: () => [
    'first granted a b|held: a by first, b by first',
    'second granted b c|held: b by second, c by second',
  ],
  makeStage,
  atStart: [],
  effects: {
    'serving: reserve [allAreFree] → stays': (grants) => grants.shift()!.split('|'),
    'serving: reserve → stays': ['second denied b,first', 'held: a by first, b by first'],
    'serving: release → stays': ['held: '],
  },
});
