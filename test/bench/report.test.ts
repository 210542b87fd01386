import { expect, test } from 'vitest';
import type { Finding, Measurement } from '../../bench/measurement.ts';
import { busiestClient } from '../../bench/report/client-share.ts';
import { findingsTable, sectionMarkdown, tableMarkdown, tableText } from '../../bench/report/markdown.ts';
import { withRegion } from '../../bench/report/page.ts';
import { headlines, type Result, sectionsOf } from '../../bench/report/results.ts';
import { roundsTable } from '../../bench/report/rounds-table.ts';
import { median, medianRatio, quantile } from '../../bench/report/statistics.ts';
import { number, percent, times } from '../../bench/report/words.ts';
import type { Round } from '../../bench/support/rounds.ts';

const round = (rate: number, more: Partial<Round> = {}): Round => ({
  rate,
  requestRate: rate,
  cpuMicroseconds: 20,
  clientCpuShare: 0.5,
  p50Ms: 1,
  p99Ms: 2,
  p999Ms: 3,
  ...more,
});
const result = (data: unknown): Result => ({
  origin: { date: '2026-01-02', commit: 'abc', machine: 'a machine', versions: 'Node 26' },
  data,
});

test('the median of an odd number of figures is the middle one, whatever their order', () => {
  expect(median([5, 1, 100])).toBe(5);
  expect(quantile([4, 1, 3, 2], 0.25)).toBe(2);
  expect(median([])).toBeNaN();
});

test('a ratio of two contestants is the median of their neighbours in time, not the ratio of their medians', () => {
  const of = [round(10), round(90), round(300)];
  const by = [round(10), round(100), round(100)];
  expect(medianRatio(of, by)).toBe(1);
  expect(medianRatio(by, of)).toBe(1);
});

test('figures have as many digits as tell something, and what was not measured is a dash', () => {
  expect([12_345.6, 123.4, 12.34, 1.234, 0.1234, 0, Number.NaN].map(number)).toEqual([
    ...['12,346', '123', '12.3', '1.23', '0.123', '0', '–'],
  ]);
  expect([0.804, 24.14, Number.NaN].map(percent)).toEqual(['80 %', '24.1 ×', '–']);
  expect(times(1.456)).toBe('1.46 ×');
});

test('a table of contestants compares each with the base and shows the quarters', () => {
  const results = { bare: [100, 100, 100].map((rate) => round(rate)), ours: [70, 80, 90].map((rate) => round(rate)) };
  const { columns, rows } = roundsTable(results, { heading: 'put', counted: 'requests', base: 'bare' });
  expect(columns).toEqual([
    ...['put', 'requests/s', 'of bare', 'server CPU µs each', 'p50 ms', 'p99 ms', 'p99.9 ms', 'client, cores'],
  ]);
  expect(rows).toEqual([
    ['bare', '100', '100 %', '20.0', '1.00', '2.00', '3.00', '0.50'],
    ['ours', '80.0', '80 % (70 % to 90 %)', '20.0', '1.00', '2.00', '3.00', '0.50'],
  ]);
});

test('CPU time that the machine does not tell is a dash', () => {
  const { rows } = roundsTable({ a: [round(1, { cpuMicroseconds: null })] }, { heading: 'put', counted: 'requests' });
  expect(rows[0]![2]).toBe('–');
});

test('a table is Markdown on the page, with bars in cells escaped, and columns on a terminal', () => {
  const table = { columns: ['a', 'bb'], rows: [['x|y', '1']] };
  expect(tableMarkdown(table)).toBe('| a | bb |\n|---|---|\n| x\\|y | 1 |');
  expect(tableText(table)).toBe('a    bb\nx|y  1');
});

test('a finding that is not what was wanted is loud, and one without a wish has dashes', () => {
  const findings: Finding[] = [
    { what: 'fast', shown: '1', wanted: '2', isMet: false },
    { what: 'steady', shown: '2', wanted: '2', isMet: true },
    { what: 'memory', shown: '3' },
  ];
  expect(findingsTable(findings).rows).toEqual([
    ['fast', '1', '2', '**no**'],
    ['steady', '2', '2', 'yes'],
    ['memory', '3', '–', '–'],
  ]);
});

test('a section is what was done, tables, pictures, findings, and where the figures come from', () => {
  const section = {
    about: 'What was done.',
    tables: [{ columns: ['a'], rows: [['1']] }],
    plots: [{ name: 'plot', alt: 'a picture', svg: '<svg/>' }],
    findings: [{ what: 'fast', shown: '1' }],
  };
  expect(sectionMarkdown(section, 'Measured then.').split('\n\n')).toEqual([
    'What was done.',
    '| a |\n|---|\n| 1 |',
    '![a picture](performance/plot.svg)',
    '| figure | measured | wanted | met |\n|---|---|---|---|\n| fast | 1 | – | – |',
    '*Measured then.*',
  ]);
});

test('a region is replaced, and everything around it stays', () => {
  const marker = (end: string, name: string) => `<!-- Written by npm run bench: ${end} ${name} -->`;
  const page = `before\n${marker('begin', 'a')}\nold\n${marker('end', 'a')}\nbetween\n${marker('begin', 'b')}\n${marker('end', 'b')}\nbehind\n`;
  const written = withRegion(page, 'a', 'new');
  expect(written).toBe(page.replace('\nold\n', '\n\nnew\n\n'));
  expect(withRegion(written, 'a', 'new')).toBe(written);
  expect(() => withRegion('text', 'a', 'new')).toThrow('has no line "<!-- Written by npm run bench: begin a -->"');
});

test('the README gets the headlines and nothing else', () => {
  const findings = [
    { what: 'puts', shown: '80 %', isHeadline: true },
    { what: 'a detail', shown: '7' },
  ];
  expect(headlines(findings)).toBe('|  | measured |\n|---|---|\n| puts | 80 % |');
});

test('only what was measured has a section, in the order of the list', () => {
  const measurement = (name: string): Measurement => ({
    name,
    title: name,
    seconds: 1,
    measure: () => Promise.reject(new Error('not asked for')),
    report: (data) => ({ about: String(data), tables: [] }),
  });
  const sections = sectionsOf(['a', 'b', 'c'].map(measurement), { c: result(3), a: result(1) });
  expect([...sections].map(([name, { about }]) => [name, about])).toEqual([
    ['a', '1'],
    ['c', '3'],
  ]);
});

test('the busiest client is found wherever its rounds are', () => {
  const busy = [0.2, 0.9, 0.8].map((clientCpuShare) => round(1, { clientCpuShare }));
  const results = { a: result({ put: { ours: [round(1)] } }), b: result({ results: { theirs: busy }, seen: null }) };
  expect(busiestClient(results)).toEqual({ where: 'b, results, theirs', cores: 0.8 });
  expect(busiestClient({ a: result({ sizes: [{ ms: 1 }] }) })).toBeUndefined();
});
