/** Bars that lie, one for each name, with a mark from the lower to the upper quarter of what was measured. */
import { COLOURS, document, INK, line, short, text } from './svg.ts';
import { number } from './words.ts';

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** Quarters of the rounds. */
  readonly low?: number;
  readonly high?: number;
  /** What concave is compared with is grey. */
  readonly isOther?: boolean;
}

export interface BarChart {
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
}

const WIDTH_PX = 760;
const ROW_PX = 28;
const BAR_PX = 18;
const TOP_PX = 34;
const CHARACTER_PX = 7.2;
const VALUE_PX = 110;

export function barChart({ title, unit, bars }: BarChart): string {
  const longest = Math.max(...bars.map(({ name }) => name.length));
  const left = Math.ceil(longest * CHARACTER_PX) + 12;
  const most = Math.max(...bars.map(({ value, high = value }) => Math.max(value, high)));
  const scale = (WIDTH_PX - left - VALUE_PX) / most;
  const rows = bars.flatMap((bar, at) => row(bar, TOP_PX + at * ROW_PX, left, scale));
  const heading = text(0, 16, `${title}, ${unit}`, { isBold: true });
  return document(WIDTH_PX, TOP_PX + bars.length * ROW_PX + 4, title, [heading, ...rows]);
}

function row({ name, value, low, high, isOther = false }: Bar, top: number, left: number, scale: number): string[] {
  const middle = top + BAR_PX / 2;
  const width = Math.max(1, value * scale);
  const fill = isOther ? INK : COLOURS[0];
  const marks =
    low === undefined || high === undefined
      ? []
      : [
          line(left + low * scale, middle, left + high * scale, middle, COLOURS[1], 2),
          ...[low, high].map((end) =>
            line(left + end * scale, middle - 4, left + end * scale, middle + 4, COLOURS[1], 2),
          ),
        ];
  return [
    text(left - 8, middle + 4.5, name, { anchor: 'end' }),
    `<rect x="${left}" y="${short(top)}" width="${short(width)}" height="${BAR_PX}" rx="2" fill="${fill}"/>`,
    ...marks,
    text(left + Math.max(value, high ?? value) * scale + 8, middle + 4.5, number(value)),
  ];
}
