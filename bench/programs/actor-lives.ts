/** What an actor of XState costs that does nothing: it begins as a child, gets one message, ends, and its parent hears of it. */
import { type ActorLogic, createActor, type EventObject, type Snapshot } from 'xstate';
import { printResult, programOptions, repeatFor } from './program.ts';

export interface ActorLivesOptions {
  readonly seconds: number;
}

const LIVES_A_ROUND = 1000;

type Logic = ActorLogic<Snapshot<undefined>, EventObject, undefined>;

const active: Snapshot<undefined> = { status: 'active', output: undefined, error: undefined };
const done: Snapshot<undefined> = { status: 'done', output: undefined, error: undefined };
const childLogic: Logic = {
  getInitialSnapshot: () => active,
  transition: () => done,
  getPersistedSnapshot: (snapshot) => snapshot,
};
const parentLogic: Logic = { ...childLogic, transition: (snapshot) => snapshot };

const { seconds } = programOptions<ActorLivesOptions>();
const parent = createActor(parentLogic).start();
repeatFor(seconds / 2, live);
printResult(repeatFor(seconds, live));

/** Each life stands for the put that it would be. */
function live(): number {
  for (let life = 0; life < LIVES_A_ROUND; life += 1) {
    const child = createActor(childLogic, { id: 'put', parent } as never).start();
    child.send({ type: 'end' });
  }
  return LIVES_A_ROUND;
}
