/**
 * Finds the paths that lead through every state of a machine and along every transition, with `xstate/graph`.
 *
 * The walk goes over the machine's own states and transitions, but decides its guards by the stimulus, as nothing of
 * what guards look at (index, locks, batch) exists there. That the real machine takes the same transitions is what
 * the tests see.
 */
import {
  type ActorLogic,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  fromCallback,
  SimulatedClock,
  type StateValue,
  transition,
} from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import { eventTypes, noteEdges } from './edges.ts';

/** Something that happens to the actor under test. */
export interface Stimulus {
  readonly name: string;
  /** The events that it means to the machine, one after the other. */
  readonly events: readonly StimulusEvent[];
  /** States in which it can come, where that does not follow from the events. */
  readonly onlyIn?: readonly StateValue[];
}

export interface StimulusEvent {
  /**
   * Of a message; or `done(x)` and `error(x)` of an invoked actor, `after(x)` of a delay: possible only where it
   * runs.
   */
  readonly type: string;
  /** The guards that hold when the event has come. */
  readonly holds?: readonly string[];
}

export interface Path {
  readonly name: string;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly stimulus: string;
  /** Of its last event. */
  readonly type: string;
  /** The transitions that it makes the actor take. */
  readonly edges: readonly string[];
}

export interface Walk {
  readonly machine: AnyStateMachine;
  readonly stimuli: readonly Stimulus[];
  /** Enough of the input to make the initial context. */
  readonly input?: object;
  /** Guards and actions that keep a memory in the context: they work in the walk as they do in the machine. */
  readonly kept?: readonly string[];
  /** What of the context tells apart states of the same name. */
  readonly memory?: (context: never) => unknown;
}

/** For each state the shortest path to it and, from there, one path for each stimulus. */
export function pathsThrough(walk: Walk): Path[] {
  const machine = walkable(walk);
  const { stimuli, input, memory = () => undefined } = walk;
  const serializeState = ({ value, context }: AnyMachineSnapshot) => JSON.stringify([value, memory(context as never)]);
  const reached = getShortestPaths(stimulated(machine), {
    events: stimuli.map((stimulus) => ({ ...stimulus, type: stimulus.name })),
    serializeState,
    input,
  });
  return reached.flatMap(({ state, steps }) => {
    const before = steps.map(({ event }) => event.type).filter((type) => type !== 'xstate.init');
    const possible = stimuli.filter((stimulus) => react(machine, state, stimulus) !== undefined);
    return withoutRepeats(possible.map(({ name }) => predicted(machine, walk, [...before, name])));
  });
}

/** Of paths that end with a message that the machine ignores, one for each message: its content plays no part. */
function withoutRepeats(paths: readonly Path[]): Path[] {
  const ignored = new Set<string>();
  return paths.filter(({ steps }) => {
    const { edges, type } = steps.at(-1)!;
    if (edges.length > 0) return true;
    const isFirst = !ignored.has(type);
    ignored.add(type);
    return isFirst;
  });
}

/** The machine without everything that reaches outside it. */
function walkable({ machine, kept = [] }: Walk): AnyStateMachine {
  const { actors, guards, actions, delays } = machine.implementations;
  const others = (all: object) => Object.keys(all).filter((name) => !kept.includes(name));
  const bySaying = (name: string) => [
    name,
    ({ event }: { event: StimulusEvent }) => event.holds?.includes(name) ?? false,
  ];
  return machine.provide({
    actors: Object.fromEntries(Object.keys(actors).map((name) => [name, fromCallback(() => {})])),
    delays: Object.fromEntries(Object.keys(delays).map((name) => [name, 1])),
    guards: Object.fromEntries(others(guards).map(bySaying)),
    actions: Object.fromEntries(others(actions).map((name) => [name, () => {}])),
  } as never);
}

type StimulusAsEvent = Stimulus & { readonly type: string };

/** Logic whose events are the stimuli. */
function stimulated(machine: AnyStateMachine): ActorLogic<AnyMachineSnapshot, StimulusAsEvent, unknown> {
  return {
    getInitialSnapshot: machine.getInitialSnapshot.bind(machine),
    getPersistedSnapshot: machine.getPersistedSnapshot.bind(machine),
    transition: (snapshot: AnyMachineSnapshot, stimulus: Stimulus) => react(machine, snapshot, stimulus) ?? snapshot,
  };
}

/** The state after the stimulus; `undefined` where it cannot come. */
function react(
  machine: AnyStateMachine,
  before: AnyMachineSnapshot,
  { events, onlyIn }: Stimulus,
): AnyMachineSnapshot | undefined {
  if (onlyIn && !onlyIn.some((state) => before.matches(state as never))) return undefined;
  let snapshot = before;
  for (const { type, holds } of events) {
    if (snapshot.status !== 'active') return undefined;
    const event = { type: eventTypes(machine).get(type) ?? type, holds };
    if (type.endsWith(')') && !snapshot.can(event as never)) return undefined;
    [snapshot] = transition(machine, snapshot, event as never);
  }
  return snapshot;
}

/** The path with the transitions that an actor of the walkable machine takes on it. */
function predicted(machine: AnyStateMachine, { stimuli, input }: Walk, names: readonly string[]): Path {
  const actor = createActor(machine, { input, clock: new SimulatedClock() } as never);
  const edges: string[] = [];
  actor.start();
  noteEdges(actor, edges);
  const steps = names.map((stimulus): Step => {
    const { events } = stimuli.find(({ name }) => name === stimulus)!;
    for (const { type, holds } of events) actor.send({ type: eventTypes(machine).get(type) ?? type, holds } as never);
    return { stimulus, type: events.at(-1)!.type, edges: edges.splice(0) };
  });
  actor.stop();
  return { name: names.join(', '), steps };
}
