import { expect, test } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { outlineOf } from '../../src/inspector/machine-outline.ts';
import { machines } from '../../src/inspector/machines.ts';

test('a microstep carries the definitions by which the outline names transitions', () => {
  const machine = createMachine({
    id: 'lamp',
    on: { ask: {} },
    initial: 'off',
    states: {
      off: { on: { press: 'starting' } },
      starting: { always: 'on' },
      on: { initial: 'bright', states: { bright: { on: { dim: 'dark' } }, dark: {} }, after: { 1000: 'off' } },
    },
  });
  const { nameOfDefinition } = outlineOf(machine);
  const taken: unknown[] = [];
  const actor = createActor(machine, {
    inspect: (inspected) => {
      if (inspected.type === '@xstate.microstep')
        taken.push(...inspected._transitions.map((definition) => nameOfDefinition.get(definition)));
    },
  }).start();
  taken.length = 0;
  for (const type of ['press', 'dim', 'ask']) actor.send({ type });
  actor.stop();
  expect(taken).toEqual([
    'off: press → starting',
    'starting: always → on',
    'on.bright: dim → on.dark',
    'lamp: ask → stays',
  ]);
});

test('the outline of the store has its states in each other', () => {
  const { machine, initial, states } = outlineOf(machines.store);
  expect([machine, initial]).toEqual(['store', 'recovering']);
  expect(states.find(({ name }) => name === 'running')).toEqual({
    name: 'running',
    key: 'running',
    kind: 'compound',
    parent: undefined,
    initial: 'running.serving',
  });
  expect(states.find(({ name }) => name === 'running.closingLog')).toMatchObject({ kind: 'atomic', parent: 'running' });
});

test('an edge says what has to happen, on which condition, and what is done', () => {
  const { edges } = outlineOf(machines.flusher);
  expect(edges.find(({ name }) => name === 'flushing: error(flush) [thereIsNoRoom] → waitingForRoom')).toMatchObject({
    from: 'flushing',
    to: 'waitingForRoom',
    event: 'failed',
    eventType: 'xstate.error.actor.0.flusher.flushing',
    guard: 'thereIsNoRoom',
    actions: ['refuseAllForRoom'],
  });
  expect(edges.find(({ name }) => name === 'unmarked: after(idleMark) → marking')?.event).toBe('after idleMark');
  expect(edges[0]).toMatchObject({ name: 'flusher: append → stays', from: undefined, to: undefined });
});

test('a machine is refused whose transitions cannot be told apart, or whose states have no outline', () => {
  const twice = createMachine({
    initial: 'a',
    states: { a: { on: { go: [{ target: 'b' }, { target: 'b' }] } }, b: {} },
  });
  expect(() => outlineOf(twice)).toThrow('two transitions of one name: a: go → b');
  const parallel = createMachine({ initial: 'a', states: { a: { type: 'parallel', states: { b: {}, c: {} } } } });
  expect(() => outlineOf(parallel)).toThrow('a: states of type parallel have no outline');
});
