/** The transitions of a machine by name, as its definition has them and as a running actor takes them. */
import type { AnyActorRef, AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** Every transition that the machine defines, each branch of a guard by itself. */
export function edgesOf(machine: AnyStateMachine): string[] {
  const names = nodesOf(machine.root).flatMap((node) =>
    [...[...node.transitions.values()].flat(), ...(node.always ?? [])].map(edgeName),
  );
  const twice = names.filter((name, at) => names.indexOf(name) < at);
  if (twice.length > 0) throw new Error(`two transitions of one name: ${twice.join(', ')}`);
  return names;
}

/**
 * `flushing: done(flush) [thereIsNoRoom] → waitingForRoom`. A transition of the machine itself stands under the
 * machine's name; one without a target says `stays`.
 */
export function edgeName({ source, eventType, guard, target }: AnyTransitionDefinition): string {
  const event = eventType === '' ? 'always' : (readableTypes(source.machine).get(eventType) ?? eventType);
  const condition =
    guard === undefined ? '' : ` [${typeof guard === 'string' ? guard : (guard as { readonly type: string }).type}]`;
  const to = target?.map(nameOf).join(' and ') ?? 'stays';
  return `${nameOf(source)}: ${event}${condition} → ${to}`;
}

/** Notes the name of every transition that the actor takes from now on. */
export function noteEdges(actor: AnyActorRef, taken: string[]): void {
  actor.system.inspect((inspected) => {
    if (inspected.type !== '@xstate.microstep' || inspected.actorRef !== actor) return;
    taken.push(...inspected._transitions.map(edgeName));
  });
}

/** The machine's own types of the events that stand for ends of invoked actors and of delays, by readable name. */
export function eventTypes(machine: AnyStateMachine): ReadonlyMap<string, string> {
  return new Map([...readableTypes(machine)].map(([type, readable]) => [readable, type]));
}

function readableTypes(machine: AnyStateMachine): ReadonlyMap<string, string> {
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

function nameOf(node: AnyStateNode): string {
  return node.path.length === 0 ? node.key : node.path.join('.');
}
