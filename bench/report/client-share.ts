/** How near the load client came to being the limit: the largest share of a core that it used, and where. */
import type { Results } from './results.ts';
import { median } from './statistics.ts';

export interface ClientShare {
  /** The measurement and the contestant. */
  readonly where: string;
  /** Median of its rounds, in cores. */
  readonly cores: number;
}

/** Of all rounds that are found anywhere in the data; `undefined` where there are none. */
export function busiestClient(results: Results): ClientShare | undefined {
  const shares = Object.entries(results).flatMap(([name, { data }]) => sharesIn(data, name));
  return shares.toSorted((a, b) => b.cores - a.cores)[0];
}

function sharesIn(data: unknown, where: string): ClientShare[] {
  if (typeof data !== 'object' || data === null) return [];
  if (Array.isArray(data)) {
    const cores = data.flatMap((round) => ((round as { clientCpuShare?: number }).clientCpuShare ?? []) as number | []);
    return cores.length > 0 ? [{ where, cores: median(cores) }] : [];
  }
  return Object.entries(data).flatMap(([name, part]) => sharesIn(part, `${where}, ${name}`));
}
