import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { barChart } from '../../bench/report/bar-chart.ts';
import { contestantsPlot } from '../../bench/report/contestants-plot.ts';
import { lineChart } from '../../bench/report/line-chart.ts';

const parse = (svg: string) => parseHTML(`<body>${svg}</body>`).document;
const texts = (svg: string) => [...parse(svg).querySelectorAll('text')].map((text) => text.textContent);

test('bars are as long as their values, and say them', () => {
  const bars = [
    { name: 'bare', value: 200, isOther: true },
    { name: 'ours & theirs', value: 50, low: 40, high: 60 },
  ];
  const svg = barChart({ title: 'Puts <1 thread>', unit: 'puts a second', bars });
  const widths = [...parse(svg).querySelectorAll('rect')].map((bar) => Number(bar.getAttribute('width')));
  expect(widths[0]! / widths[1]!).toBeCloseTo(4, 2);
  expect(texts(svg)).toEqual(['Puts <1 thread>, puts a second', 'bare', '200', 'ours & theirs', '50.0']);
  expect(svg).toContain('Puts &lt;1 thread&gt;');
});

test('no bar and no mark leaves the picture', () => {
  const bars = [{ name: 'a contestant with quite a long name', value: 1_234_567, low: 1_000_000, high: 2_345_678 }];
  const document = parse(barChart({ title: 'Puts', unit: 'a second', bars }));
  const width = Number(document.querySelector('svg')!.getAttribute('width'));
  for (const line of document.querySelectorAll('line'))
    expect(Number(line.getAttribute('x2'))).toBeLessThan(width - 60);
});

const pointsOf = (svg: string) =>
  [...parse(svg).querySelectorAll('circle')].map((circle) => [
    Number(circle.getAttribute('cx')),
    Number(circle.getAttribute('cy')),
  ]);

test('on linear axes equal steps are equally far apart, and 0 is on both', () => {
  const series = [
    {
      name: 'puts',
      points: [
        [1, 100],
        [2, 200],
        [3, 300],
      ] as const,
    },
  ];
  const svg = lineChart({ title: 'T', xLabel: 'threads', yLabel: 'a second', scale: 'linear', series });
  const [a, b, c] = pointsOf(svg) as [number[], number[], number[]];
  expect(b[0]! - a[0]!).toBeCloseTo(c[0]! - b[0]!, 0);
  expect(a[1]! - b[1]!).toBeCloseTo(b[1]! - c[1]!, 0);
  expect(c[1]!).toBeLessThan(a[1]!);
  expect(texts(svg).filter((text) => text === '0')).toHaveLength(2);
});

test('on logarithmic axes equal factors are equally far apart', () => {
  const series = [
    {
      name: 'concave',
      points: [
        [1000, 5],
        [10_000, 50],
        [1_000_000, 5000],
      ] as const,
    },
  ];
  const svg = lineChart({ title: 'T', xLabel: 'keys', yLabel: 'ms', scale: 'logarithmic', series });
  const [a, b, c] = pointsOf(svg) as [number[], number[], number[]];
  expect(c[0]! - b[0]!).toBeCloseTo(2 * (b[0]! - a[0]!), 0);
  expect(b[1]! - c[1]!).toBeCloseTo(2 * (a[1]! - b[1]!), 0);
  expect(texts(svg)).toContain('1,000,000');
});

test('every series has its name and a colour of its own', () => {
  const points = [
    [1, 1],
    [2, 2],
  ] as const;
  const series = ['puts', 'gets'].map((name) => ({ name, points }));
  const svg = lineChart({ title: 'T', xLabel: 'x', yLabel: 'y', scale: 'linear', series });
  expect(texts(svg)).toEqual(expect.arrayContaining(['puts', 'gets']));
  const colours = [...parse(svg).querySelectorAll('polyline')].map((line) => line.getAttribute('stroke'));
  expect(new Set(colours).size).toBe(2);
});

test('what a picture shows is said to those who do not see it', () => {
  const round = { rate: 1234, requestRate: 1, cpuMicroseconds: 1, clientCpuShare: 0, p50Ms: 1, p99Ms: 1, p999Ms: 1 };
  const { alt } = contestantsPlot({ ours: [round] }, { name: 'puts', title: 'Puts', counted: 'puts' });
  expect(alt).toBe('Puts, puts a second: ours 1,234');
});

test('concave is in colour and what it is compared with is grey', () => {
  const round = { rate: 10, requestRate: 1, cpuMicroseconds: 1, clientCpuShare: 0, p50Ms: 1, p99Ms: 1, p999Ms: 1 };
  const fills = (...names: string[]) => {
    const results = Object.fromEntries(names.map((name) => [name, [round]]));
    const { svg } = contestantsPlot(results, { name: 'puts', title: 'Puts', counted: 'puts' });
    return [...parse(svg).querySelectorAll('rect')].map((bar) => bar.getAttribute('fill'));
  };
  const [other, ours, oursToo] = fills('bare', 'concave, 1 thread', 'concave, 2 threads');
  expect(other).not.toBe(ours);
  expect(oursToo).toBe(ours);
  expect(fills('gets', 'puts')).toEqual([ours, ours]);
});
