/**
 * Compiles a flat XState machine into a table, to be run without XState's interpreter: the same machine, the same
 * `createActor`, real actors with the same states, contexts and messages in the same order, at about a tenth of the cost.
 * A machine that uses what is not supported here is refused when it is compiled, with the state and the feature named.
 *
 * Supported: one level of atomic and final states; `on` with plain event types, `always`, `after`, `entry`, `exit`;
 * `invoke` of actors that are set up; named guards; named actions that are functions, `assign`, `sendTo`, `sendParent`, or
 * `enqueueActions` that only sends; `output` of the machine. Nothing else.
 */
import type {
  ActorLogic,
  AnyActorRef,
  AnyStateMachine,
  ContextFrom,
  EventFromLogic,
  InputFrom,
  OutputFrom,
  Snapshot,
} from 'xstate';
import {
  type Action,
  type Edge,
  type Expression,
  type Invocation,
  type MicroStep,
  type State,
  type Table,
  type TableSnapshot,
  tableLogic,
} from './machine-table.ts';

export class UnsupportedMachine extends Error {
  override readonly name = 'UnsupportedMachine';
}

export type CompiledLogic<M extends AnyStateMachine> = ActorLogic<
  TableSnapshot<ContextFrom<M>, OutputFrom<M>> & Snapshot<OutputFrom<M>>,
  EventFromLogic<M>,
  InputFrom<M>,
  AnyActorRef['system']
> & { readonly config: M['config']; readonly table: Table };

/** Compiles the machine. Throws `UnsupportedMachine`. */
export function compileMachine<M extends AnyStateMachine>(machine: M): CompiledLogic<M> {
  const table = new Compiler(machine).table();
  // The definition is found in `config` by inspectors, as on the machine itself.
  return { ...tableLogic(table), config: machine.config, table } as unknown as CompiledLogic<M>;
}

/** The parts of XState's state nodes that are read here. */
interface Node {
  readonly key: string;
  readonly type: string;
  readonly states: Record<string, Node>;
  readonly entry: readonly unknown[];
  readonly exit: readonly unknown[];
  readonly invoke: readonly InvokeDefinition[];
  readonly always: readonly Transition[] | undefined;
  readonly transitions: ReadonlyMap<string, readonly Transition[]>;
  readonly initial: { readonly target: readonly Node[]; readonly actions: readonly unknown[] };
  readonly output: unknown;
}

interface InvokeDefinition {
  readonly id: string;
  readonly src: unknown;
  readonly input: unknown;
  readonly onSnapshot: unknown;
  readonly systemId: string | undefined;
}

interface Transition {
  readonly target: readonly Node[] | undefined;
  readonly actions: readonly unknown[];
  readonly guard: unknown;
  readonly reenter: boolean;
}

/** What XState's own actions carry: they are functions with these properties. */
interface BuiltinAction {
  readonly type?: string;
  readonly assignment?: unknown;
  readonly to?: unknown;
  readonly event?: unknown;
  readonly delay?: unknown;
  readonly id?: string;
  readonly sendId?: unknown;
  readonly collect?: unknown;
}

const PARENT = '#_parent';

class Compiler {
  readonly #machine: AnyStateMachine;
  readonly #states = new Map<string, State>();

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
  }

  table(): Table {
    const root = this.#machine.root as unknown as Node;
    if (root.type !== 'compound') this.#refuse(root, `a machine of type ${root.type}`);
    if (root.entry.length || root.exit.length || root.always?.length || root.invoke.length)
      this.#refuse(root, 'actions of the machine itself');
    if (root.initial.actions.length) this.#refuse(root, 'actions on the initial transition');
    for (const node of Object.values(root.states)) this.#states.set(node.key, emptyState(node));
    for (const node of Object.values(root.states)) this.#fill(node, root);
    const { context } = this.#machine.config as { context?: unknown };
    return {
      states: this.#states,
      initial: this.#states.get(root.initial.target[0]!.key)!,
      context: (input, self) =>
        typeof context === 'function' ? context({ input, self, spawn: refuseSpawn }) : (context ?? {}),
      output: root.output === undefined ? undefined : expression(root.output),
      watchers: new Set(),
    };
  }

  #fill(node: Node, root: Node): void {
    if (node.type !== 'atomic' && node.type !== 'final') this.#refuse(node, `a state of type ${node.type}`);
    if (node.type === 'final' && (node.exit.length || node.output !== undefined))
      this.#refuse(node, 'exit actions or output of a final state');
    const state = this.#states.get(node.key)!;
    state.entry.push(...this.#actions(node, node.entry));
    state.exit.push(...this.#actions(node, node.exit));
    state.invoke.push(...node.invoke.map((definition) => this.#invocation(node, definition)));
    state.always.push(...(node.always ?? []).map((transition) => this.#edge(node, transition)));
    for (const [type, transitions] of [...node.transitions, ...root.transitions]) {
      if (type.includes('*')) this.#refuse(node, `the event descriptor "${type}"`);
      // A state's own transitions come first, then those of the machine.
      const edges = transitions.map((transition) => this.#edge(node, transition));
      state.on.set(type, [...(state.on.get(type) ?? []), ...edges]);
    }
  }

  #edge(node: Node, transition: Transition): Edge {
    const { target, guard, actions, reenter } = transition;
    if (target && target.length !== 1) this.#refuse(node, 'several targets');
    const targetState = target ? this.#states.get(target[0]!.key) : undefined;
    if (target && !targetState) this.#refuse(node, 'a target that is not a state of the machine');
    if (target?.[0] === node && !reenter) this.#refuse(node, 'a transition to itself without reenter');
    const definition = transition;
    return { guard: this.#guard(node, guard), target: targetState, actions: this.#actions(node, actions), definition };
  }

  #guard(node: Node, guard: unknown): Edge['guard'] {
    if (guard === undefined) return undefined;
    const name = nameOf(guard);
    const implementation = name === undefined ? guard : this.#machine.implementations.guards[name];
    if (typeof implementation !== 'function') return this.#refuse(node, `the guard "${name}", which is not set up`);
    if ('check' in implementation) this.#refuse(node, `the guard "${name}", which is no plain function`);
    return implementation as Edge['guard'];
  }

  #invocation(node: Node, { id, src, input, onSnapshot, systemId }: InvokeDefinition): Invocation {
    if (onSnapshot !== undefined || systemId !== undefined) this.#refuse(node, 'an invoke with onSnapshot or systemId');
    const logic = typeof src === 'string' ? this.#machine.implementations.actors[src] : undefined;
    if (typeof src !== 'string' || !logic) return this.#refuse(node, `the actor "${String(src)}", which is not set up`);
    return { id, src, logic: logic as Invocation['logic'], input: expression(input) };
  }

  #actions(node: Node, actions: readonly unknown[]): Action[] {
    return actions.map((action) => {
      const name = nameOf(action);
      const implementation = name === undefined ? action : this.#machine.implementations.actions[name];
      if (typeof implementation !== 'function') return this.#refuse(node, `the action "${name}", which is not set up`);
      return this.#action(node, name ?? 'inline', implementation as never);
    });
  }

  #action(node: Node, name: string, action: BuiltinAction & ((step: MicroStep) => void)): Action {
    if (!('resolve' in action)) return { kind: 'run', run: action };
    switch (action.type) {
      case 'xstate.assign':
        return { kind: 'assign', changes: assignment(action.assignment) };
      case 'xstate.sendTo':
        return this.#send(node, name, action);
      case 'xstate.enqueueActions':
        return { kind: 'collect', collect: action.collect as never };
      case 'xstate.raise':
        if (action.delay === undefined) this.#refuse(node, `the action "${name}", a raise without delay`);
        return {
          kind: 'schedule',
          id: action.id!,
          event: action.event as never,
          delayMs: this.#delay(node, action.delay),
        };
      case 'xstate.cancel':
        return { kind: 'cancel', id: action.sendId as string };
      default:
        return this.#refuse(node, `the action "${name}" of kind ${action.type}`);
    }
  }

  #send(node: Node, name: string, { to, event, delay }: BuiltinAction): Action {
    if (delay !== undefined) this.#refuse(node, `the action "${name}", a delayed sendTo`);
    if (typeof to === 'string' && to !== PARENT) this.#refuse(node, `the action "${name}", a sendTo by name`);
    const target = to === PARENT ? ({ self }: MicroStep) => self._parent as AnyActorRef : expression<AnyActorRef>(to);
    return { kind: 'send', to: target, event: expression(event) };
  }

  #delay(node: Node, delay: unknown): Expression<number> {
    if (typeof delay !== 'string') return expression(delay);
    const implementation = this.#machine.implementations.delays[delay];
    if (implementation === undefined) this.#refuse(node, `the delay "${delay}", which is not set up`);
    return expression(implementation);
  }

  #refuse(node: Node, feature: string): never {
    const where = node === (this.#machine.root as unknown) ? 'the machine' : `state "${node.key}"`;
    throw new UnsupportedMachine(`machine "${this.#machine.id}": ${where} uses ${feature}, which cannot be compiled`);
  }
}

function emptyState({ key, type }: Node): State {
  return { name: key, isFinal: type === 'final', entry: [], exit: [], invoke: [], on: new Map(), always: [] };
}

/** Actions and guards are kept as names, or as objects with a name and params; inline functions have none. */
function nameOf(named: unknown): string | undefined {
  if (typeof named === 'string') return named;
  if (typeof named === 'function' || named === null || typeof named !== 'object') return undefined;
  return (named as { type: string }).type;
}

/** Most things may be given as they are or as a function of the step. */
function expression<T>(given: unknown): Expression<T> {
  return typeof given === 'function' ? (given as Expression<T>) : () => given as T;
}

function assignment(given: unknown): (step: MicroStep) => object {
  if (typeof given === 'function') return given as (step: MicroStep) => object;
  const parts = Object.entries(given as object).map(([key, of]): [string, Expression<unknown>] => [
    key,
    expression(of),
  ]);
  return (step) => Object.fromEntries(parts.map(([key, of]) => [key, of(step)]));
}

function refuseSpawn(): never {
  throw new UnsupportedMachine('spawn cannot be compiled');
}
