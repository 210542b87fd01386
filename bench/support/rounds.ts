/** Several servers under the same load, taking turns: what else happens on the machine comes and goes, and so hits all alike. */
import { mkdirSync } from 'node:fs';
import type { RunOptions } from '../load/connections.ts';
import type { LoadConnections } from '../load/load-client.ts';

export interface Contestant {
  readonly server: { cpuMicroseconds(): number };
  readonly connections: LoadConnections;
  /** Where it differs from that of the others. */
  readonly run?: RunOptions;
}

/** One turn of one contestant. */
export interface Round {
  /** Reads, objects or transactions a second, as the load counts them. */
  readonly rate: number;
  readonly requestRate: number;
  /** CPU time of the server for each of what `rate` counts. `null` where the machine does not tell. */
  readonly cpuMicroseconds: number | null;
  /** CPU time of the load client in cores: at 1 it was the limit, not the server. */
  readonly clientCpuShare: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

/** The rounds of each contestant, in order: those with the same index were neighbours in time. */
export type Rounds = Readonly<Record<string, readonly Round[]>>;

export interface TurnOptions {
  readonly rounds: number;
  readonly run: RunOptions;
  /** Before the next turn begins. */
  readonly afterTurn?: (name: string) => Promise<void>;
}

/** A first round, which lets both sides be compiled, does not count. In each the order is another. */
export async function takeTurns(
  contestants: Readonly<Record<string, Contestant>>,
  { rounds, run, afterTurn }: TurnOptions,
): Promise<Rounds> {
  const names = Object.keys(contestants);
  const results = Object.fromEntries(names.map((name): [string, Round[]] => [name, []]));
  for (let round = -1; round < rounds; round += 1)
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const taken = await takeTurn(contestants[name]!, run);
      await afterTurn?.(name);
      if (round >= 0) results[name]!.push(taken);
    }
  return results;
}

/** How often servers are started anew where a figure is near its limit. */
export const STARTS = 3;

/**
 * The rounds of several runs as if they were of one. Each run has servers of its own in a directory of its own: how a process
 * happened to be compiled and placed stays with it for all of its rounds, and differs by a tenth and more.
 */
export async function inFreshRuns<Name extends string>(
  directory: string,
  runs: number,
  once: (directory: string) => Promise<Readonly<Record<Name, Rounds>>>,
): Promise<Readonly<Record<Name, Rounds>>> {
  const joined: Record<string, Record<string, Round[]>> = {};
  for (let run = 0; run < runs; run += 1) {
    const place = `${directory}/run-${run}`;
    mkdirSync(place);
    for (const [name, results] of Object.entries<Rounds>(await once(place))) {
      const before = joined[name] ?? {};
      joined[name] = Object.fromEntries(
        Object.entries(results).map(([contestant, rounds]) => [contestant, [...(before[contestant] ?? []), ...rounds]]),
      );
    }
  }
  return joined as Record<Name, Rounds>;
}

export async function takeTurn({ server, connections, run }: Contestant, common: RunOptions): Promise<Round> {
  const before = server.cpuMicroseconds();
  const slice = await connections.run(run ?? common);
  const cpu = (server.cpuMicroseconds() - before) / slice.done;
  return {
    rate: figure(slice.done / slice.seconds),
    requestRate: figure(slice.requests / slice.seconds),
    cpuMicroseconds: Number.isFinite(cpu) ? figure(cpu) : null,
    clientCpuShare: figure(slice.cpuMicroseconds / 1e6 / slice.seconds),
    p50Ms: figure(slice.p50Ms),
    p99Ms: figure(slice.p99Ms),
    p999Ms: figure(slice.p999Ms),
  };
}

/** As exact as a figure of a bench deserves. */
export function figure(value: number): number {
  return Number(value.toPrecision(5));
}
