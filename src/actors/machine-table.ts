/**
 * A machine as a table of states and edges, and the logic that runs it: one macrostep is a few look-ups and calls.
 * `compile-machine.ts` makes the tables; what happens here, and in which order, is what XState's interpreter does.
 */
import {
  type ActorLogic,
  type ActorScope,
  type AnyActorLogic,
  type AnyActorRef,
  type AnyEventObject,
  createActor,
  type Snapshot,
} from 'xstate';

type AnyActorSystem = AnyActorRef['system'];

/** The part of a machine's snapshot that table-driven actors have as well. */
export interface TableSnapshot<Context = unknown, Output = unknown> {
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  readonly value: string;
  readonly context: Context;
  readonly output: Output | undefined;
  readonly error: unknown;
  /** Invoked actors, by id. */
  readonly children: Readonly<Record<string, AnyActorRef>>;
}

export type AnyTableSnapshot = TableSnapshot & Snapshot<unknown>;

export interface Table {
  readonly states: ReadonlyMap<string, State>;
  readonly initial: State;
  readonly context: (input: unknown, self: AnyActorRef) => unknown;
  readonly output: ((step: MicroStep) => unknown) | undefined;
  /** Told of every transition taken. Empty unless somebody watches. */
  readonly watchers: Set<(taken: TakenTransition) => void>;
}

export interface State {
  readonly name: string;
  readonly isFinal: boolean;
  readonly entry: Action[];
  readonly exit: Action[];
  readonly invoke: Invocation[];
  readonly on: Map<string, readonly Edge[]>;
  readonly always: Edge[];
}

export interface Edge {
  readonly guard: ((step: MicroStep) => boolean) | undefined;
  /** `undefined`: the state stays as it is, neither left nor entered. */
  readonly target: State | undefined;
  readonly actions: readonly Action[];
  /** The transition of the machine that it was compiled from: XState's own object, as its interpreter reports it. */
  readonly definition: unknown;
}

export type Action =
  | { readonly kind: 'run'; readonly run: (step: MicroStep) => void }
  | { readonly kind: 'assign'; readonly changes: (step: MicroStep) => object }
  | { readonly kind: 'send'; readonly to: Expression<AnyActorRef>; readonly event: Expression<AnyEventObject> }
  | { readonly kind: 'collect'; readonly collect: (step: MicroStep & { readonly enqueue: Enqueue }) => void }
  | {
      readonly kind: 'schedule';
      readonly id: string;
      readonly event: AnyEventObject;
      readonly delayMs: Expression<number>;
    }
  | { readonly kind: 'cancel'; readonly id: string };

export type Expression<T> = (step: MicroStep) => T;

/** The one thing that may be enqueued by an action that decides what to do. */
export interface Enqueue {
  sendTo(to: AnyActorRef, event: AnyEventObject): void;
}

export interface Invocation {
  readonly id: string;
  readonly src: string;
  readonly logic: AnyActorLogic;
  readonly input: (step: MicroStep) => unknown;
}

export interface TakenTransition {
  readonly self: AnyActorRef;
  readonly event: AnyEventObject;
  readonly from: string;
  readonly to: string;
  readonly definition: unknown;
}

/** One macrostep under way; also what guards, actions and expressions are given. */
export interface MicroStep {
  context: unknown;
  readonly event: AnyEventObject;
  readonly self: AnyActorRef;
  readonly system: AnyActorSystem;
}

interface Run extends MicroStep {
  state: State;
  children: Readonly<Record<string, AnyActorRef>>;
  readonly scope: AnyScope;
  /** Actions of the initial state wait until the actor is started. */
  readonly isInitial: boolean;
}

type AnyScope = ActorScope<AnyTableSnapshot, AnyEventObject, AnyActorSystem>;

/** What XState has for its own use, as far as it is used here. Tests hold all of it against the interpreter. */
interface InternalSystem {
  _relay(source: AnyActorRef, target: AnyActorRef, event: AnyEventObject): void;
  readonly scheduler: {
    schedule(source: AnyActorRef, target: AnyActorRef, event: AnyEventObject, delayMs: number, id: string): void;
    cancel(source: AnyActorRef, id: string): void;
  };
}

const NO_EDGES: readonly Edge[] = [];
const NO_CHILDREN: Readonly<Record<string, AnyActorRef>> = {};

export function tableLogic(table: Table): ActorLogic<AnyTableSnapshot, AnyEventObject, unknown, AnyActorSystem> {
  return {
    getInitialSnapshot: (scope, input) => initialSnapshot(table, scope, input),
    transition: (snapshot, event, scope) => transition(table, snapshot, event, scope),
    getPersistedSnapshot: (snapshot) => snapshot,
  };
}

function initialSnapshot(table: Table, scope: AnyScope, input: unknown): AnyTableSnapshot {
  const run = begin(
    scope,
    table.initial,
    table.context(input, scope.self),
    NO_CHILDREN,
    { type: 'xstate.init', input },
    true,
  );
  enter(run, table.initial);
  settle(table, run);
  return snapshotOf(table, run);
}

function transition(
  table: Table,
  snapshot: AnyTableSnapshot,
  event: AnyEventObject,
  scope: AnyScope,
): AnyTableSnapshot {
  const run = begin(scope, table.states.get(snapshot.value)!, snapshot.context, snapshot.children, event, false);
  if (event.type === 'xstate.stop') {
    stopChildren(run);
    return { ...snapshot, status: 'stopped' } as AnyTableSnapshot;
  }
  const edge = firstEnabled(run.state.on.get(event.type) ?? NO_EDGES, run);
  if (!edge) {
    if (!event.type.startsWith('xstate.error.actor.')) return snapshot;
    // An error that nobody handles is the actor's own end.
    stopChildren(run);
    return { ...snapshot, status: 'error', error: event.error } as AnyTableSnapshot;
  }
  take(table, run, edge);
  settle(table, run);
  return snapshotOf(table, run);
}

function begin(
  scope: AnyScope,
  state: State,
  context: unknown,
  children: Run['children'],
  event: AnyEventObject,
  isInitial: boolean,
): Run {
  return { state, context, children, event, self: scope.self, system: scope.system, scope, isInitial };
}

/** Takes eventless transitions until none is enabled. */
function settle(table: Table, run: Run): void {
  for (;;) {
    const edge = run.state.isFinal ? undefined : firstEnabled(run.state.always, run);
    if (!edge) return;
    take(table, run, edge);
  }
}

function take(table: Table, run: Run, edge: Edge): void {
  const { target, actions } = edge;
  const from = run.state.name;
  if (target) leave(run, run.state);
  perform(run, actions);
  if (target) {
    run.state = target;
    enter(run, target);
  }
  if (table.watchers.size > 0) report(table, run, edge, from);
}

function report({ watchers }: Table, { self, event, state }: Run, { definition }: Edge, from: string): void {
  for (const tell of watchers) tell({ self, event, from, to: state.name, definition });
}

function enter(run: Run, state: State): void {
  perform(run, state.entry);
  for (const { id, src, logic, input } of state.invoke) {
    const child = createActor(logic, { id, src, parent: run.self, input: input(run) } as never) as AnyActorRef;
    run.children = { ...run.children, [id]: child };
    // A transition of this very macrostep may have left the state again.
    run.scope.defer(() => run.children[id] === child && child.start());
  }
}

function leave(run: Run, state: State): void {
  perform(run, state.exit);
  for (const { id } of state.invoke) {
    const { [id]: child, ...others } = run.children;
    run.children = others;
    if (child) run.scope.defer(() => run.scope.stopChild(child));
  }
}

function stopChildren({ children, scope }: Run): void {
  for (const child of Object.values(children)) scope.defer(() => scope.stopChild(child));
}

function perform(run: Run, actions: readonly Action[]): void {
  for (const action of actions) {
    switch (action.kind) {
      case 'assign':
        run.context = { ...(run.context as object), ...action.changes(run) };
        break;
      case 'run':
        if (run.isInitial) deferRun(run, action.run);
        else action.run(run);
        break;
      case 'send':
        deferSend(run, action.to(run), action.event(run));
        break;
      case 'collect':
        action.collect({ ...run, enqueue: { sendTo: (to, event) => deferSend(run, to, event) } });
        break;
      case 'schedule':
        deferSchedule(run, action.event, action.delayMs(run), action.id);
        break;
      case 'cancel': {
        const { id } = action;
        run.scope.defer(() => internals(run).scheduler.cancel(run.self, id));
      }
    }
  }
}

function deferRun(run: Run, action: (step: MicroStep) => void): void {
  const { context, event, self, system } = run; // as they are now, not as later assignments leave them
  run.scope.defer(() => action({ context, event, self, system }));
}

/** Messages leave when the new snapshot is in place; those of an initial state behind its other actions. */
function deferSend({ self, scope, isInitial }: Run, to: AnyActorRef, event: AnyEventObject): void {
  const relay = () => internals(scope)._relay(self, to, event);
  scope.defer(isInitial ? () => scope.defer(relay) : relay);
}

function deferSchedule({ self, scope }: Run, event: AnyEventObject, delayMs: number, id: string): void {
  scope.defer(() => internals(scope).scheduler.schedule(self, self, event, delayMs, id));
}

function internals({ system }: { readonly system: AnyActorSystem }): InternalSystem {
  return system as unknown as InternalSystem;
}

function firstEnabled(edges: readonly Edge[], step: MicroStep): Edge | undefined {
  for (const edge of edges) if (!edge.guard || edge.guard(step)) return edge;
  return undefined;
}

function snapshotOf(table: Table, run: Run): AnyTableSnapshot {
  const { state, context, children } = run;
  const { isFinal } = state;
  if (isFinal) stopChildren(run);
  const output = isFinal ? table.output?.(run) : undefined;
  const status = isFinal ? 'done' : 'active';
  return { status, value: state.name, context, output, error: undefined, children } as AnyTableSnapshot;
}
