/** What an actor of XState costs that does nothing: it begins as a child, gets one message, ends, and its parent hears of it. */
import { type ActorLogic, createActor, type EventObject, type Snapshot } from 'xstate';
import type { EnginePuts } from './engine-puts.ts';
import { printResult, programOptions } from './program.ts';

export interface ActorLivesOptions {
  readonly seconds: number;
}

const LIVES_BETWEEN_LOOKS = 1000;

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
runFor(seconds / 2);
printResult(runFor(seconds));

/** A life stands for the put that it would be. */
function runFor(seconds: number): EnginePuts {
  let puts = 0;
  const startedMs = performance.now();
  const before = process.cpuUsage();
  while (performance.now() - startedMs < seconds * 1000)
    for (let life = 0; life < LIVES_BETWEEN_LOOKS; life += 1) {
      const child = createActor(childLogic, { id: 'put', parent } as never).start();
      child.send({ type: 'end' });
      puts += 1;
    }
  const { user, system } = process.cpuUsage(before);
  return { puts, seconds: (performance.now() - startedMs) / 1000, cpuMicroseconds: user + system };
}
