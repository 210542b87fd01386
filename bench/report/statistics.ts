/** Figures of several rounds in one. */
import type { Round } from '../support/rounds.ts';

export function median(figures: readonly number[]): number {
  return quantile(figures, 0.5);
}

/** The figure at `share` of the sorted ones; `NaN` where there are none. */
export function quantile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Of two contestants, in each round the one by the other. */
export function ratios(of: readonly Round[], by: readonly Round[], figure: keyof Round = 'rate'): number[] {
  return of.map((round, at) => Number(round[figure] ?? Number.NaN) / Number(by[at]![figure] ?? Number.NaN));
}

export function medianRatio(of: readonly Round[], by: readonly Round[], figure: keyof Round = 'rate'): number {
  return median(ratios(of, by, figure));
}

export function medianOf(rounds: readonly Round[], figure: keyof Round): number {
  return median(rounds.map((round) => Number(round[figure] ?? Number.NaN)));
}
