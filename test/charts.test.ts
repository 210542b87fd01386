/** The inspector's charts: those of the machines, and drawn so that they can be read. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chartsText, layOutCharts } from '../scripts/support/charts.ts';
import { outlineOf } from '../src/inspector/machine-outline.ts';
import { machines } from '../src/inspector/machines.ts';
import type { Chart, ChartState } from '../src/inspector/protocol.ts';

const file = new URL('../src/inspector/charts.generated.json', import.meta.url);
const text = readFileSync(file, 'utf8');
const charts = JSON.parse(text) as readonly Chart[];

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

test('src/inspector/charts.generated.json is what the machines give', async () => {
  expect(chartsText(await layOutCharts()) === text, 'run `npm run diagrams`').toBe(true);
});

describe.each(charts.map((chart) => [chart.machine, chart] as const))('the chart of %s', (machine, chart) => {
  const outline = outlineOf(machines[machine]);
  const stateNamed = (name: string) => chart.states.find((state) => state.name === name)!;
  const labels = chart.edges.flatMap(({ name, labelBox }) => (labelBox ? [{ name, ...labelBox }] : []));
  /** States around others are no obstacle: what is in them is drawn on them. */
  const boxes = chart.states.filter(({ kind }) => kind !== 'compound');

  test('shows every state and every transition once', () => {
    const drawn = chart.states.filter(({ name, kind }) => kind !== 'initial' && name !== outline.machine);
    expect(drawn.map(({ name }) => name)).toEqual(outline.states.map(({ name }) => name));
    const lines = chart.states.flatMap(({ inner }) => inner.map(({ edge }) => edge));
    const names = [...chart.edges.flatMap(({ name }) => name ?? []), ...lines];
    expect(names.toSorted()).toEqual(outline.edges.map(({ name }) => name).toSorted());
  });

  test('has all of it inside, and each state in its parent', () => {
    const whole = { x: 0, y: 0, width: chart.width, height: chart.height };
    const points = chart.edges.flatMap((edge) => edge.points.map(([x, y]) => ({ x, y, width: 0, height: 0 })));
    for (const box of [...chart.states, ...labels, ...points])
      expect(isInside(box, whole), JSON.stringify(box)).toBe(true);
    for (const state of chart.states) if (state.parent) expect(isInside(state, stateNamed(state.parent))).toBe(true);
  });

  test('has no text under another box or text', () => {
    const all: readonly (Box & { readonly name?: string | undefined })[] = [...boxes, ...labels];
    const overlaps = all.flatMap((one, at) =>
      all.slice(at + 1).flatMap((other) => (overlap(one, other) ? [[one.name, other.name]] : [])),
    );
    expect(overlaps).toEqual([]);
  });

  test('leads each arrow from the border of one state to the border of another, around all others', () => {
    for (const { name, from, to, points } of chart.edges) {
      expect(isOnBorder(points[0]!, stateNamed(from)), name).toBe(true);
      expect(isOnBorder(points.at(-1)!, stateNamed(to)), name).toBe(true);
      for (const [at, [x, y]] of points.slice(1).entries()) {
        const [fromX, fromY] = points[at]!;
        expect(x === fromX || y === fromY, `${name} bends`).toBe(true);
        const line = {
          x: Math.min(x, fromX),
          y: Math.min(y, fromY),
          width: Math.abs(x - fromX),
          height: Math.abs(y - fromY),
        };
        expect(
          boxes.filter((box) => overlap(line, box)).map((box) => box.name),
          name,
        ).toEqual([]);
        expect(
          labels.filter((box) => overlap(line, box)).map((box) => box.name),
          name,
        ).toEqual([]);
      }
    }
  });
});

function isInside(inner: Box, outer: Box): boolean {
  const isRightOf = inner.x >= outer.x && inner.y >= outer.y;
  return (
    isRightOf && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height
  );
}

/** Whether they have more than a border in common. */
function overlap(one: Box, other: Box): boolean {
  const inX = one.x < other.x + other.width && other.x < one.x + one.width;
  return inX && one.y < other.y + other.height && other.y < one.y + one.height;
}

function isOnBorder([x, y]: readonly [number, number], box: ChartState): boolean {
  const inX = x >= box.x && x <= box.x + box.width;
  const inY = y >= box.y && y <= box.y + box.height;
  const onSide = x === box.x || x === box.x + box.width;
  const onTopOrBottom = y === box.y || y === box.y + box.height;
  return (onSide && inY) || (onTopOrBottom && inX);
}
