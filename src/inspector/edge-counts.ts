/** How often each transition of each machine was taken in an interval. Plain data. */
import type { AnyTransitionDefinition } from 'xstate';
import { outlineOf } from './machine-outline.ts';
import { machines } from './machines.ts';
import type { EdgeName, Frame, MachineName } from './protocol.ts';

interface Edge {
  readonly machine: MachineName;
  readonly name: EdgeName;
  count: number;
}

export class EdgeCounts {
  readonly #edges = new Map<unknown, Edge>();

  constructor() {
    for (const [machine, { nameOfDefinition }] of outlines)
      for (const [definition, name] of nameOfDefinition) this.#edges.set(definition, { machine, name, count: 0 });
  }

  /** `definition` is XState's own object. Returns the transition's name; `undefined` if it is of none of the five machines. */
  count(definition: unknown): EdgeName | undefined {
    const edge = this.#edges.get(definition);
    if (!edge) return undefined;
    edge.count += 1;
    return edge.name;
  }

  /** Ends an interval. */
  takeInterval(): Frame['edges'] {
    const taken: Partial<Record<MachineName, Record<EdgeName, number>>> = {};
    for (const edge of this.#edges.values()) {
      if (edge.count === 0) continue;
      taken[edge.machine] ??= {};
      taken[edge.machine]![edge.name] = edge.count;
      edge.count = 0;
    }
    return taken;
  }
}

const outlines = Object.entries(machines).map(
  ([machine, definition]): [MachineName, { nameOfDefinition: ReadonlyMap<AnyTransitionDefinition, EdgeName> }] => [
    machine as MachineName,
    outlineOf(definition),
  ],
);
