import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Measurement } from '../../bench/measurement.ts';
import { measurements } from '../../bench/measurements/measurements.ts';
import { hasRegion } from '../../bench/report/page.ts';
import { ResultFiles } from '../../bench/report/results.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PLOTS = 'docs/performance';
const PAGES = ['README.md', 'docs/performance.md'];

/** The pages, their plots and their data as they are in the repository. */
function copyOfPages(): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'concave-pages-'));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  mkdirSync(path.join(copy, 'docs'));
  for (const page of [...PAGES, PLOTS])
    if (existsSync(path.join(root, page))) cpSync(path.join(root, page), path.join(copy, page), { recursive: true });
  return copy;
}

const filesIn = (directory: string) =>
  Object.fromEntries(
    [...PAGES, ...readdirSync(path.join(directory, 'docs'), { recursive: true }).map((name) => `docs/${name}`)]
      .filter((name) => PAGES.includes(name) || name.startsWith(`${PLOTS}/`))
      .map((name) => [name, readFileSync(path.join(directory, name), 'utf8')]),
  );

const measurement = (name: string, shown: string): Measurement => ({
  name,
  title: name,
  seconds: 1,
  measure: () => Promise.reject(new Error('not asked for')),
  report: (data) => ({
    about: `${name}: ${data}`,
    tables: [],
    plots: [{ name: `${name}-plot`, alt: 'a picture', svg: '<svg/>' }],
    findings: [{ what: name, shown, isHeadline: true }],
  }),
});
const origin = { date: '2026-01-02', commit: 'abc', machine: 'a machine', versions: 'Node 26' };

test('the pages and plots are what their data says', () => {
  const copy = copyOfPages();
  const before = filesIn(copy);
  new ResultFiles(copy).render(measurements);
  expect(filesIn(copy)).toEqual(before);
});

test('the page has a place for each measurement and names no other', () => {
  const page = readFileSync(path.join(root, 'docs/performance.md'), 'utf8');
  for (const { name } of measurements) expect(hasRegion(page, name), name).toBe(true);
  const places = [...page.matchAll(/<!-- Written by npm run bench: begin (\S+) -->/g)].map(([, name]) => name);
  expect(places).toEqual(['summary', ...measurements.map(({ name }) => name)]);
});

test('what is measured again replaces its own figures and leaves the others', () => {
  const copy = mkdtempSync(path.join(tmpdir(), 'concave-pages-'));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  const region = (name: string) =>
    `<!-- Written by npm run bench: begin ${name} -->\n<!-- Written by npm run bench: end ${name} -->\n`;
  mkdirSync(path.join(copy, 'docs'));
  writeFileSync(path.join(copy, 'README.md'), `about\n${region('headlines')}`);
  writeFileSync(path.join(copy, 'docs/performance.md'), ['summary', 'a', 'b'].map(region).join('by hand\n'));
  const both = [measurement('a', '1 ×'), measurement('b', '2 ×')];
  const files = new ResultFiles(copy);
  files.save('a', { origin, data: 'first' });
  files.save('b', { origin, data: 'first' });
  files.save('b', { origin: { ...origin, commit: 'def' }, data: 'second' });
  files.render(both);
  const { 'README.md': readme, 'docs/performance.md': page, [`${PLOTS}/a-plot.svg`]: plot } = filesIn(copy);
  expect(readme).toContain('| a | 1 × |\n| b | 2 × |');
  expect(page).toContain('a: first');
  expect(page).toContain('b: second');
  expect(page).toContain('Measured on 2026-01-02 at commit def');
  expect(page!.split('by hand')).toHaveLength(3);
  expect(plot).toBe('<svg/>');
  expect(files.read()).toMatchObject({ a: { data: 'first' }, b: { data: 'second' } });
});

test('no two measurements or plots have one name', () => {
  expect(new Set(measurements.map(({ name }) => name)).size).toBe(measurements.length);
});
