/** Lines through measured points, both axes from 0 or both logarithmic. */
import { COLOURS, document, GRID, INK, line, short, text } from './svg.ts';

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface LineChart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** `logarithmic`: both axes in powers of ten. */
  readonly scale: 'linear' | 'logarithmic';
  readonly series: readonly Series[];
}

interface Axis {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

const WIDTH_PX = 760;
const HEIGHT_PX = 360;
const FRAME = { left: 70, right: 48, top: 62, bottom: 46 } as const;

export function lineChart({ title, xLabel, yLabel, scale, series }: LineChart): string {
  const points = series.flatMap((one) => one.points);
  const axis = scale === 'logarithmic' ? logarithmicAxis : linearAxis;
  const x = axis(
    points.map(([x]) => x),
    FRAME.left,
    WIDTH_PX - FRAME.right,
  );
  const y = axis(
    points.map(([, y]) => y),
    HEIGHT_PX - FRAME.bottom,
    FRAME.top,
  );
  return document(WIDTH_PX, HEIGHT_PX, title, [
    text(0, 16, title, { isBold: true }),
    text(0, FRAME.top - 16, yLabel),
    text(WIDTH_PX - FRAME.right, HEIGHT_PX - 6, xLabel, { anchor: 'end' }),
    ...legend(series),
    ...grid(x, y),
    ...series.flatMap((one, at) => curve(one, COLOURS[at % COLOURS.length]!, x, y)),
  ]);
}

function legend(series: readonly Series[]): string[] {
  const CHARACTER_PX = 7.2;
  let right = WIDTH_PX - FRAME.right;
  return series.toReversed().flatMap(({ name }, back) => {
    const colour = COLOURS[(series.length - 1 - back) % COLOURS.length]!;
    const left = right - name.length * CHARACTER_PX;
    right = left - 40;
    return [line(left - 24, 31, left - 6, 31, colour, 3), text(left, 35.5, name)];
  });
}

function grid(x: Axis, y: Axis): string[] {
  const [bottom, right] = [HEIGHT_PX - FRAME.bottom, WIDTH_PX - FRAME.right];
  return [
    ...y.ticks.flatMap((tick) => [
      line(FRAME.left, y.at(tick), right, y.at(tick), GRID),
      text(FRAME.left - 8, y.at(tick) + 4.5, tickText(tick), { anchor: 'end' }),
    ]),
    ...x.ticks.flatMap((tick) => [
      line(x.at(tick), bottom, x.at(tick), bottom + 5, INK),
      text(x.at(tick), bottom + 20, tickText(tick), { anchor: 'middle' }),
    ]),
    line(FRAME.left, bottom, right, bottom, INK),
  ];
}

function curve({ points }: Series, colour: string, x: Axis, y: Axis): string[] {
  const places = points.map(([px, py]) => [short(x.at(px)), short(y.at(py))] as const);
  const path = places.map((place) => place.join(',')).join(' ');
  return [
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}"/>`),
  ];
}

/** From 0 to a round number above all, in about five steps of 1, 2 or 5 times a power of ten. */
function linearAxis(values: readonly number[], from: number, to: number): Axis {
  const most = Math.max(...values);
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((step) => step >= rough)!;
  const end = Math.ceil(most / step) * step;
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, at) => at * step);
  return { at: (value) => from + ((to - from) * value) / end, ticks };
}

/** From the power of ten below all to the one above. */
function logarithmicAxis(values: readonly number[], from: number, to: number): Axis {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const ticks = Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at));
  return { at: (value) => from + ((to - from) * (Math.log10(value) - low)) / (high - low), ticks };
}

function tickText(tick: number): string {
  return tick.toLocaleString('en', { maximumSignificantDigits: 3 });
}
