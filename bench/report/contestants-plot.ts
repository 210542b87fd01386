/** The plot of contestants that took turns. */
import type { Plot } from '../measurement.ts';
import type { Rounds } from '../support/rounds.ts';
import { type Bar, barChart } from './bar-chart.ts';
import { quantile } from './statistics.ts';
import { number } from './words.ts';

/** Contestants of that name are in colour, where there are others. */
const OURS = 'concave';

export interface ContestantsPlotOptions {
  readonly name: string;
  readonly title: string;
  /** What the rates count, in the plural. */
  readonly counted: string;
}

export function contestantsPlot(results: Rounds, { name, title, counted }: ContestantsPlotOptions): Plot {
  const hasOurs = Object.keys(results).some((contestant) => contestant.startsWith(OURS));
  const unit = `${counted} a second`;
  const bars = Object.entries(results).map(([contestant, rounds]): Bar => {
    const rates = rounds.map(({ rate }) => rate);
    const [low, value, high] = [0.25, 0.5, 0.75].map((share) => quantile(rates, share)) as [number, number, number];
    return { name: contestant, value, low, high, isOther: hasOurs && !contestant.startsWith(OURS) };
  });
  const alt = `${title}, ${unit}: ${bars.map((bar) => `${bar.name} ${number(bar.value)}`).join('; ')}`;
  return { name, alt, svg: barChart({ title, unit, bars }) };
}
