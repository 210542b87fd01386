import { expect, test, vi } from 'vitest';
import { type AnyActorRef, createActor, setup } from 'xstate';
import { forgetRunningActors } from '../../src/actors/actor-system.ts';

const child = setup({}).createMachine({
  initial: 'on',
  states: { on: { on: { end: 'off' } }, off: { type: 'final' } },
});

function startRoot(): AnyActorRef {
  const root = createActor(setup({}).createMachine({}));
  forgetRunningActors(root);
  return root.start();
}

test('actors with a system id are found while they run, and not after', () => {
  const root = startRoot();
  const actor = createActor(child, { parent: root, systemId: 'named' } as never).start();
  expect(root.system.get('named' as never)).toBe(actor);
  actor.send({ type: 'end' });
  expect(actor.getSnapshot().status).toBe('done');
  expect(root.system.get('named' as never)).toBeUndefined();
});

test('actors without one run and end, and leave nothing in a map', () => {
  const root = startRoot();
  const set = vi.spyOn(Map.prototype, 'set');
  const actor = createActor(child, { parent: root } as never).start();
  actor.send({ type: 'end' });
  const held = set.mock.calls.filter(([, value]) => value === actor);
  set.mockRestore();
  expect(actor.getSnapshot().status).toBe('done');
  expect(held).toEqual([]);
});
