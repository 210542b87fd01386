/** The table of contestants that took turns. */
import type { Table } from '../measurement.ts';
import type { Rounds } from '../support/rounds.ts';
import { medianOf, medianRatio, quantile, ratios } from './statistics.ts';
import { number, percent } from './words.ts';

export interface RoundsTableOptions {
  /** What the first column lists. */
  readonly heading: string;
  /** What a contestant's rate counts, in the plural. */
  readonly counted: string;
  /** The contestant that the others are compared with. */
  readonly base?: string;
  /** Leave the latencies out. */
  readonly withoutLatencies?: boolean;
}

/** Medians of all rounds; quarters of the ratio in brackets. */
export function roundsTable(results: Rounds, options: RoundsTableOptions): Table {
  const { heading, counted, base, withoutLatencies = false } = options;
  const columns = [
    heading,
    `${counted}/s`,
    ...(base === undefined ? [] : [`of ${base}`]),
    'server CPU µs each',
    ...(withoutLatencies ? [] : ['p50 ms', 'p99 ms', 'p99.9 ms']),
    'client, cores',
  ];
  const rows = Object.entries(results).map(([name, rounds]) => [
    name,
    number(medianOf(rounds, 'rate')),
    ...(base === undefined ? [] : [shareOf(results, name, base)]),
    number(medianOf(rounds, 'cpuMicroseconds')),
    ...(withoutLatencies
      ? []
      : (['p50Ms', 'p99Ms', 'p999Ms'] as const).map((figure) => number(medianOf(rounds, figure)))),
    medianOf(rounds, 'clientCpuShare').toFixed(2),
  ]);
  return { columns, rows };
}

function shareOf(results: Rounds, name: string, base: string): string {
  if (name === base) return '100 %';
  const all = ratios(results[name]!, results[base]!);
  const middle = percent(medianRatio(results[name]!, results[base]!));
  return `${middle} (${percent(quantile(all, 0.25))} to ${percent(quantile(all, 0.75))})`;
}
