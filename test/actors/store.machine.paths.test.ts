/** Every path of the store, and what its children, the log and its owner see of it. */
import { type ActorLogic, type AnyEventObject, createActor, fromPromise, type Snapshot } from 'xstate';
import { storeMachine } from '../../src/actors/store.machine.ts';
import { HeldCalls } from './path-support/held-calls.ts';
import { type Stage, testPaths } from './path-support/test-paths.ts';

/** An actor that notes what becomes of it and what it is sent; `end` ends it, as the compactor ends by itself. */
function childLogic(name: string, seen: string[]): ActorLogic<Snapshot<undefined>, AnyEventObject, unknown> {
  return {
    start: () => void seen.push(`${name}: starts`),
    getInitialSnapshot: () => ({ status: 'active', output: undefined, error: undefined }),
    transition: (snapshot, { type }) => {
      if (type === 'end') return { status: 'done', output: undefined, error: undefined };
      seen.push(`${name}: ${type === 'xstate.stop' ? 'is stopped' : type}`);
      return snapshot;
    },
    getPersistedSnapshot: (snapshot) => snapshot,
  };
}

const CHILDREN = ['keyLocks', 'flusher', 'compactor', 'transactions', 'directoryWatch'];

function makeStage(): Stage {
  const seen: string[] = [];
  const log = new HeldCalls(seen, 'log');
  const actors = {
    ...Object.fromEntries(CHILDREN.map((name) => [name, childLogic(name, seen)])),
    openLog: fromPromise(() => log.hold('open')),
    closeLog: fromPromise(({ input }) => log.hold(`close ${input}`)),
  };
  const actor = createActor(storeMachine.provide({ actors: actors as never }), {
    input: {
      open: {},
      platform: {},
      batch: 'batch',
      flushing: {},
      compaction: () => ({}),
      putTimeoutMs: 1,
      onHalt: (error: unknown) => seen.push(`owner: halt ${error}`),
      onBug: () => {},
    } as never,
  });
  actor.subscribe({
    next: ({ value, status, context }) => {
      if (status === 'done') seen.push(`owner: ${value} ${context.error ?? ''}`);
    },
    error: (error) => seen.push(`owner: bug ${error}`),
  });
  return {
    actor,
    seen,
    perform: {
      'the log opens': () => log.succeed('the log'),
      'the log must not be opened': () => log.fail('damage'),
      drain: () => actor.send({ type: 'drain' }),
      close: () => actor.send({ type: 'close' }),
      'the flusher halts': () => actor.send({ type: 'flusherHalted', error: 'EIO' }),
      'the directory is lost': () => actor.send({ type: 'directoryLost', error: 'gone' }),
      'the compactor ends': () => actor.system.get('compactor').send({ type: 'end' }),
      'the log is closed': () => log.succeed(undefined),
      'the log cannot be closed': () => log.fail('EIO'),
    },
  };
}

/** What came before, as far as that makes a difference. */
interface World {
  hasCompactor: boolean;
}

const withFlusher = [...['serving', 'draining', 'stoppingCompactor'].map((running) => ({ running })), 'halted'];

testPaths<World>({
  machine: storeMachine,
  input: { open: {}, platform: {} },
  stimuli: [
    { name: 'the log opens', events: [{ type: 'done(openLog)' }] },
    { name: 'the log must not be opened', events: [{ type: 'error(openLog)' }] },
    { name: 'drain', events: [{ type: 'drain' }] },
    { name: 'close', events: [{ type: 'close' }] },
    { name: 'the flusher halts', events: [{ type: 'flusherHalted' }], onlyIn: withFlusher },
    { name: 'the directory is lost', events: [{ type: 'directoryLost' }] },
    {
      name: 'the compactor ends',
      events: [{ type: 'xstate.done.actor.compactor' }],
      onlyIn: [{ running: 'stoppingCompactor' }, 'halted'],
    },
    { name: 'the log is closed', events: [{ type: 'done(closeLog)' }] },
    { name: 'the log cannot be closed', events: [{ type: 'error(closeLog)' }] },
  ],
  makeWorld: () => ({ hasCompactor: true }),
  makeStage,
  atStart: ['log: open'],
  effects: {
    'recovering: done(openLog) → running': CHILDREN.map((name) => `${name}: starts`),
    'recovering: error(openLog) → refused': ['owner: refused damage'],
    'running: flusherHalted → halted': halted('EIO'),
    'running: directoryLost → halted': halted('gone'),
    // New puts are refused by the owner; those under way run to their end.
    'running.serving: drain → running.draining': [],
    'running.draining: close → running.stoppingCompactor': ['compactor: stop'],
    'running.stoppingCompactor: xstate.done.actor.compactor → running.closingLog': (world) => {
      world.hasCompactor = false;
      return ['flusher: is stopped', 'log: close the log'];
    },
    'running.closingLog: done(closeLog) → closed': [
      'directoryWatch: is stopped',
      'keyLocks: is stopped',
      'transactions: is stopped',
      'owner: closed ',
    ],
    'running.closingLog: directoryLost → halted': halted('gone'),
    'running.closingLog: error(closeLog) → halted': ['owner: halt EIO', 'directoryWatch: is stopped'],
  },
});

/** All in one turn. Gets are served on, and the flusher, which has halted itself, refuses what still comes. */
function halted(error: string) {
  return ({ hasCompactor }: World) => [
    `owner: halt ${error}`,
    'directoryWatch: is stopped',
    ...(hasCompactor ? ['compactor: stop'] : []),
  ];
}
