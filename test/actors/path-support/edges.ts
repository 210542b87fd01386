/** The transitions of a machine by name, as its definition has them and as a running actor takes them. */
import type { AnyActorRef, AnyStateMachine } from 'xstate';
import { edgeName, outlineOf, readableTypes } from '../../../src/inspector/machine-outline.ts';

/** Every transition that the machine defines, each branch of a guard by itself. */
export function edgesOf(machine: AnyStateMachine): string[] {
  return outlineOf(machine).edges.map(({ name }) => name);
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
