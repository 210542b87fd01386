import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type AnyStateMachine,
  assign,
  createActor,
  createMachine,
  fromPromise,
  log,
  not,
  raise,
  SimulatedClock,
  sendTo,
  setup,
} from 'xstate';
import { compileMachine, UnsupportedMachine } from '../../src/actors/compile-machine.ts';
import type { Hold } from '../../src/actors/key-entry.ts';
import { KeyIndex } from '../../src/actors/key-index.ts';
import { keyLocksMachine } from '../../src/actors/key-locks.machine.ts';
import type { Table } from '../../src/actors/machine-table.ts';
import { transactionMachine } from '../../src/actors/transaction.machine.ts';
import { recordingActor } from '../support/actor-recorder.ts';
import { granted } from '../support/key-index.ts';

/** An actor to send to, which notes what it is sent. */
const recorder = (name: string, notes: unknown[]) =>
  recordingActor((message) => notes.push([name, withoutRefs(message)]));

/** A copy to compare: actors are named, not followed. */
function withoutRefs(value: object): object {
  return JSON.parse(
    JSON.stringify(value, (key, inner) => {
      if (key === 'replyTo') return 'ref';
      if (key === 'hold') return inner && { holder: inner.holder, keys: inner.keys };
      return inner instanceof Map ? [...inner] : inner;
    }),
  );
}

type Event = { type: string };

/** Runs one actor through the events and notes everything that can be seen from outside. */
function run(
  logic: never,
  input: (notes: unknown[]) => object,
  events: (notes: unknown[], input: object) => Iterable<Event>,
) {
  const notes: unknown[] = [];
  const given = input(notes);
  const actor = createActor(logic, { input: given as never, id: 'subject' }) as ReturnType<typeof createActor>;
  const { table } = logic as { table?: Table };
  const noteStep = (event: string, to: unknown) => event !== 'xstate.init' && notes.push(['microstep', event, to]);
  table?.watchers.clear();
  table?.watchers.add(({ event, to }) => noteStep(event.type, to));
  actor.system.inspect((inspected) => {
    if (inspected.type !== '@xstate.microstep' || inspected.actorRef !== actor) return;
    // The interpreter also reports a step that took no transition, where it ignored an event.
    const { _transitions: taken } = inspected as unknown as { _transitions: unknown[] };
    if (taken.length > 0) noteStep(inspected.event.type, (inspected.snapshot as unknown as { value: unknown }).value);
  });
  actor.subscribe({ error: (error) => notes.push(['error', String(error)]) });
  actor.start();
  const see = () => {
    const { value, status } = actor.getSnapshot() as unknown as { value: unknown; status: unknown };
    notes.push(['snapshot', value, status]);
  };
  see();
  for (const event of events(notes, given)) {
    if (actor.getSnapshot().status !== 'active') break;
    actor.send(event as never);
    see();
  }
  return notes;
}

const TRANSACTION_ID = '00112233445566778899aabbccddeeff';

const transactionInput = (versions: Record<string, number>, expected: Record<string, number>) => (notes: unknown[]) => {
  const index = new KeyIndex({ memoryMax: 100_000, maxKeys: 3 });
  for (const [key, version] of Object.entries(versions)) index.replay({ key, value: 'old', version });
  return {
    number: 1,
    id: TRANSACTION_ID,
    operations: Object.entries(expected).map(([key, version]) => ({ key, value: `new ${key}`, version })),
    keyLocks: recorder('keyLocks', notes),
    flusher: recorder('flusher', notes),
    index,
    answer: (outcome: unknown) => notes.push(['answer', outcome]),
  };
};

const transactionEvent = fc.constantFrom<Event>(
  { type: 'granted' } as Event,
  { type: 'denied', rivals: new Map([['a', 'rival']]) } as Event,
  { type: 'durable', seq: 7 } as Event,
  { type: 'notApplied', code: 'DISK_FULL', error: 'full' } as Event,
  { type: 'undecided', error: 'EIO' } as Event,
  { type: 'overdue', error: 'slow' } as Event,
  { type: 'nonsense' },
);

const versions = fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom(1, 2, Number.MAX_SAFE_INTEGER));
const expected = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom(0, 1, 2), { minKeys: 1 });

test('a compiled transaction takes the same steps, says and answers the same as the interpreted one', () => {
  const compiled = compileMachine(transactionMachine);
  fc.assert(
    fc.property(versions, expected, fc.array(transactionEvent, { maxLength: 8 }), (has, wants, events) => {
      const input = transactionInput(has, wants);
      const eventsFor = (_notes: unknown[], given: object) => {
        // The keys are granted for good, once.
        const grant = granted((given as { index: KeyIndex }).index, Object.keys(wants), TRANSACTION_ID);
        return events.map((event) => (event.type === 'granted' ? grant : event));
      };
      const interpreted = run(transactionMachine as never, input, eventsFor);
      expect(run(compiled as never, input, eventsFor)).toEqual(interpreted);
    }),
    { numRuns: 500 },
  );
});

const keyLocksEvent = fc.tuple(
  fc.constantFrom('reserve', 'release'),
  fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
  fc.constantFrom('first', 'second'),
);

/** Each holder releases what it was granted last, also where it holds that no more; one that was granted nothing releases nothing. */
function* keyLocksEvents(steps: readonly [string, string[], string][], notes: unknown[]): IterableIterator<Event> {
  const holds = new Map<string, Hold>();
  for (const [type, keys, holder] of steps) {
    const replyTo = recordingActor((message) => {
      notes.push([holder, withoutRefs(message)]);
      if (message.hold) holds.set(holder, message.hold);
    });
    if (type === 'reserve') yield { type, keys, holder, replyTo } as Event;
    else if (holds.has(holder)) yield { type, hold: holds.get(holder) } as Event;
  }
}

test('compiled key locks answer the same as interpreted ones', () => {
  const compiled = compileMachine(keyLocksMachine);
  fc.assert(
    fc.property(fc.array(keyLocksEvent, { maxLength: 12 }), (steps) => {
      const input = () => ({ index: new KeyIndex({ memoryMax: 1e6, maxKeys: 10 }) });
      const events = (notes: unknown[]) => keyLocksEvents(steps, notes);
      const interpreted = run(keyLocksMachine as never, input, events);
      expect(run(compiled as never, input, events)).toEqual(interpreted);
    }),
    { numRuns: 500 },
  );
});

test('output, exit actions and assignments by property work as in the interpreter', () => {
  const observe = (prepare: (machine: AnyStateMachine) => unknown) => {
    const notes: unknown[] = [];
    const sink = recordingActor((message) => notes.push(message));
    const machine = setup({
      types: { context: {} as { count: number }, output: {} as number, events: {} as { type: 'go' } },
      actions: {
        count: assign({ count: ({ context }) => context.count + 1 }),
        note: ({ context }) => notes.push(`note ${context.count}`),
        tell: sendTo(
          () => sink,
          ({ context }) => ({ type: `told ${context.count}` }),
        ),
      },
      guards: { enough: ({ context }) => context.count >= 3 },
    }).createMachine({
      context: { count: 0 },
      initial: 'a',
      output: ({ context }) => context.count,
      states: {
        a: { entry: ['tell', 'note', 'count'], exit: 'note', on: { go: { target: 'b', actions: ['count', 'tell'] } } },
        b: { entry: 'note', always: [{ guard: 'enough', target: 'c' }, { target: 'a' }] },
        c: { type: 'final' },
      },
    });
    const actor = createActor(prepare(machine) as never, {} as never) as unknown as ReturnType<
      typeof createActor<typeof machine>
    >;
    actor.start();
    actor.send({ type: 'go' });
    actor.send({ type: 'go' });
    const { status, output, context, value } = actor.getSnapshot();
    return { status, output, count: context.count, value, notes };
  };
  const interpreted = observe((machine) => machine);
  expect(interpreted.status).toBe('done');
  expect(observe((machine) => compileMachine(machine))).toEqual(interpreted);
});

const unsupported: [feature: string, machine: AnyStateMachine][] = [
  [
    'state "a" uses a state of type compound',
    createMachine({ initial: 'a', states: { a: { initial: 'b', states: { b: {} } } } }),
  ],
  ['the machine uses a machine of type parallel', createMachine({ type: 'parallel', states: { a: {} } })],
  [
    'state "a" uses the actor "nowhere", which is not set up',
    createMachine({ initial: 'a', states: { a: { invoke: { src: 'nowhere' } } } }),
  ],
  [
    'state "a" uses the delay "nowhere", which is not set up',
    createMachine({ initial: 'a', states: { a: { after: { nowhere: 'b' } }, b: {} } }),
  ],
  [
    'state "a" uses the event descriptor "*"',
    createMachine({ initial: 'a', states: { a: { on: { '*': 'b' } }, b: {} } }),
  ],
  [
    'the machine uses actions of the machine itself',
    createMachine({ entry: () => {}, initial: 'a', states: { a: {} } }),
  ],
  [
    'state "a" uses the action "nowhere", which is not set up',
    createMachine({ initial: 'a', states: { a: { entry: 'nowhere' } } }),
  ],
  [
    'state "a" uses the guard "nowhere", which is not set up',
    createMachine({ initial: 'a', states: { a: { on: { go: { guard: 'nowhere', target: 'b' } } }, b: {} } }),
  ],
  [
    'state "a" uses a transition to itself without reenter',
    createMachine({ initial: 'a', states: { a: { on: { go: 'a' } } } }),
  ],
  [
    'the machine uses actions on the initial transition',
    createMachine({ initial: { target: 'a', actions: () => {} }, states: { a: {} } } as never),
  ],
  [
    'state "a" uses exit actions or output of a final state',
    createMachine({ initial: 'a', states: { a: { type: 'final', exit: () => {} } } }),
  ],
  [
    'state "a" uses exit actions or output of a final state',
    createMachine({ initial: 'a', states: { a: { type: 'final', output: 1 } } }),
  ],
  [
    'state "a" uses several targets',
    createMachine({ initial: 'a', states: { a: { on: { go: { target: ['b', 'c'] } } }, b: {}, c: {} } }),
  ],
  [
    'state "a" uses a target that is not a state of the machine',
    createMachine({
      initial: 'a',
      states: { a: { on: { go: '#inner' } }, b: { initial: 'c', states: { c: { id: 'inner' } } } },
    }),
  ],
  [
    'state "a" uses the guard "undefined", which is no plain function',
    createMachine({ initial: 'a', states: { a: { on: { go: { guard: not(() => true), target: 'b' } } }, b: {} } }),
  ],
  [
    'state "a" uses an invoke with onSnapshot or systemId',
    createMachine({ initial: 'a', states: { a: { invoke: { src: fromPromise(async () => {}), systemId: 'x' } } } }),
  ],
  [
    'state "a" uses an invoke with onSnapshot or systemId',
    createMachine({
      initial: 'a',
      states: { a: { invoke: { src: fromPromise(async () => {}), onSnapshot: { actions: () => {} } } } },
    }),
  ],
  [
    'state "a" uses the action "inline" of kind xstate.log',
    createMachine({ initial: 'a', states: { a: { entry: log('text') } } }),
  ],
  [
    'state "a" uses the action "inline", a raise without delay',
    createMachine({ initial: 'a', states: { a: { entry: raise({ type: 'go' }) } } }),
  ],
  [
    'state "a" uses the action "inline", a delayed sendTo',
    createMachine({
      initial: 'a',
      states: { a: { entry: sendTo(() => recorder('x', []), { type: 'go' }, { delay: 5 }) } },
    }),
  ],
  [
    'state "a" uses the action "inline", a sendTo by name',
    createMachine({ initial: 'a', states: { a: { entry: sendTo('other', { type: 'go' }) } } }),
  ],
];

test.each(unsupported)('refused when compiled: %s', (feature, machine) => {
  expect(() => compileMachine(machine)).toThrow(UnsupportedMachine);
  expect(() => compileMachine(machine)).toThrow(feature);
});

test('guards and actions given with a name in an object, or inline, and no context at all, work as in the interpreter', () => {
  const observe = (prepare: (machine: AnyStateMachine) => unknown) => {
    const notes: unknown[] = [];
    const machine = setup({
      guards: { never: () => false },
      actions: { note: () => notes.push('named') },
    }).createMachine({
      initial: 'a',
      states: {
        a: {
          entry: [{ type: 'note' }, () => notes.push('inline')],
          on: {
            go: [
              { guard: { type: 'never' }, target: 'c' },
              { guard: () => true, target: 'b' },
            ],
          },
        },
        b: {},
        c: {},
      },
    });
    const actor = createActor(prepare(machine) as AnyStateMachine, {});
    actor.start();
    actor.send({ type: 'go' });
    const { value, context } = actor.getSnapshot();
    return { value, context, notes };
  };
  const interpreted = observe((machine) => machine);
  expect(interpreted).toEqual({ value: 'b', context: {}, notes: ['named', 'inline'] });
  expect(observe((machine) => compileMachine(machine))).toEqual(interpreted);
});

test('a delay given as a number of milliseconds works as in the interpreter', () => {
  const machine = createMachine({ initial: 'a', states: { a: { after: { 100: 'b' } }, b: {} } });
  for (const logic of [machine, compileMachine(machine)]) {
    const clock = new SimulatedClock();
    const actor = createActor(logic as typeof machine, { clock }).start();
    clock.increment(99);
    expect(actor.getSnapshot().value).toBe('a');
    clock.increment(1);
    expect(actor.getSnapshot().value).toBe('b');
  }
});

test('S32: an error of an invoked actor that no transition handles ends the actor with it, as in the interpreter', async () => {
  const machine = setup({
    actors: {
      fails: fromPromise(async () => {
        throw new Error('a bug');
      }),
    },
  }).createMachine({ initial: 'a', states: { a: { invoke: { src: 'fails' } } } });
  for (const logic of [machine, compileMachine(machine)]) {
    const actor = createActor(logic as typeof machine);
    const error = new Promise((resolve) => actor.subscribe({ error: resolve }));
    actor.start();
    expect(await error).toEqual(new Error('a bug'));
    expect(actor.getSnapshot()).toMatchObject({ status: 'error', error: new Error('a bug') });
  }
});
