/** A machine's states and transitions as its definition has them: one description for diagrams, charts, tests and the inspector. */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import type { EdgeName, StateName } from './protocol.ts';

export interface MachineOutline {
  /** The name under which the machine's own transitions stand. */
  readonly machine: string;
  readonly initial: StateName;
  /** Parents before their children, otherwise as defined. */
  readonly states: readonly StateOutline[];
  /** The machine's own first, then those of each state: on events, as defined, then those without. */
  readonly edges: readonly EdgeOutline[];
  /**
   * By the definition that XState's microsteps carry. It is another for each `provide`: only an outline of the very
   * machine that runs has it.
   */
  readonly nameOfDefinition: ReadonlyMap<AnyTransitionDefinition, EdgeName>;
}

export interface StateOutline {
  readonly name: StateName;
  /** The last part of its name. */
  readonly key: string;
  readonly kind: 'atomic' | 'compound' | 'final';
  readonly parent: StateName | undefined;
  /** Of a compound state. */
  readonly initial: StateName | undefined;
}

export interface EdgeOutline {
  readonly name: EdgeName;
  /** `undefined`: the machine itself, so from any state that does not handle the event. */
  readonly from: StateName | undefined;
  /** `undefined`: the state stays as it is, neither left nor entered. */
  readonly to: StateName | undefined;
  /** In the words of the definition: `append`, `done`, `failed`, `after idleMark`; empty if nothing has to happen. */
  readonly event: string;
  /** As XState calls it: `append`, `xstate.done.actor.0.flusher.flushing`; empty if nothing has to happen. */
  readonly eventType: string;
  readonly guard: string | undefined;
  readonly actions: readonly string[];
  readonly definition: AnyTransitionDefinition;
}

export function outlineOf(machine: AnyStateMachine): MachineOutline {
  const [root, ...nodes] = nodesOf(machine.root) as [AnyStateNode, ...AnyStateNode[]];
  const edges = [root, ...nodes].flatMap((node) =>
    definitionsOf(node).map((definition) => edgeOutline(node, definition)),
  );
  const twice = edges.filter(({ name }, at) => edges.findIndex((edge) => edge.name === name) < at);
  if (twice.length > 0) throw new Error(`two transitions of one name: ${twice.map(({ name }) => name).join(', ')}`);
  return {
    machine: nameOf(root),
    initial: mustHaveInitial(root),
    states: nodes.map(stateOutline),
    edges,
    nameOfDefinition: new Map(edges.map(({ definition, name }) => [definition, name])),
  };
}

/**
 * `flushing: done(flush) [thereIsNoRoom] → waitingForRoom`. A transition of the machine itself stands under the
 * machine's name; one without a target says `stays`.
 */
export function edgeName({ source, eventType, guard, target }: AnyTransitionDefinition): EdgeName {
  const event = eventType === '' ? 'always' : (readableTypes(source.machine).get(eventType) ?? eventType);
  const condition = guard === undefined ? '' : ` [${nameOfImplementation(guard)}]`;
  const to = target?.map(nameOf).join(' and ') ?? 'stays';
  return `${nameOf(source)}: ${event}${condition} → ${to}`;
}

/** The readable names, in edges, of the events that stand for ends of invoked actors and of delays. */
export function readableTypes(machine: AnyStateMachine): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const node of nodesOf(machine.root)) {
    for (const { id, src } of node.invoke) {
      names.set(`xstate.done.actor.${id}`, `done(${String(src)})`);
      names.set(`xstate.error.actor.${id}`, `error(${String(src)})`);
    }
    for (const { eventType, delay } of node.after) names.set(eventType, `after(${String(delay)})`);
  }
  return names;
}

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)];
}

function definitionsOf(node: AnyStateNode): AnyTransitionDefinition[] {
  return [...[...node.transitions.values()].flat(), ...(node.always ?? [])];
}

function stateOutline(node: AnyStateNode): StateOutline {
  const { type: kind, parent } = node;
  if (kind !== 'atomic' && kind !== 'compound' && kind !== 'final')
    throw new Error(`${nameOf(node)}: states of type ${kind} have no outline`);
  return {
    name: nameOf(node),
    key: node.key,
    kind,
    parent: parent && stateNameOf(parent),
    initial: kind === 'compound' ? mustHaveInitial(node) : undefined,
  };
}

function edgeOutline(node: AnyStateNode, definition: AnyTransitionDefinition): EdgeOutline {
  const { eventType, guard, target, actions } = definition;
  if (target && target.length !== 1) throw new Error(`${edgeName(definition)}: several targets have no outline`);
  return {
    name: edgeName(definition),
    from: stateNameOf(node),
    to: target && stateNameOf(target[0]!),
    event: eventLabel(eventType),
    eventType,
    guard: guard === undefined ? undefined : nameOfImplementation(guard),
    actions: actions.map(nameOfImplementation),
    definition,
  };
}

/** XState's own names for ends of actors and for delays are long. */
function eventLabel(eventType: string): string {
  const invoked = /^xstate\.(done|error)\.actor\./.exec(eventType);
  if (invoked) return invoked[1] === 'done' ? 'done' : 'failed';
  const delay = /^xstate\.after\.([^.]+)\./.exec(eventType);
  return delay ? `after ${delay[1]}` : eventType;
}

function nameOf(node: AnyStateNode): string {
  return stateNameOf(node) ?? node.key;
}

/** `undefined` for the machine itself. */
function stateNameOf({ path }: AnyStateNode): StateName | undefined {
  return path.length === 0 ? undefined : path.join('.');
}

function mustHaveInitial(node: AnyStateNode): StateName {
  const [initial] = node.initial?.target ?? [];
  if (!initial) throw new Error(`${nameOf(node)} has no initial state`);
  return nameOf(initial);
}

/** Of a guard or an action: a name, or an object with a name and params. */
function nameOfImplementation(named: unknown): string {
  return typeof named === 'string' ? named : (named as { readonly type: string }).type;
}
