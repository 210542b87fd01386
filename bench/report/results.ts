/** What was measured, kept beside the page so that it can be made again from it, and the pages that are made of it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Finding, Measurement, Section } from '../measurement.ts';
import { type Origin, originLine } from '../support/origin.ts';
import { busiestClient } from './client-share.ts';
import { findingsTable, PLOTS, sectionMarkdown, tableMarkdown } from './markdown.ts';
import { withRegion } from './page.ts';

export interface Result {
  readonly origin: Origin;
  readonly data: unknown;
}

/** The measurement of what the client can do at most. */
const CEILING = 'client-ceiling';

/** By the name of the measurement. */
export type Results = Readonly<Record<string, Result>>;

/** Where the results and what is made of them lie: the repository, or a copy of these files. */
export class ResultFiles {
  readonly #page: string;
  readonly #readme: string;
  readonly #plots: string;
  readonly #results: string;

  constructor(root: string) {
    this.#page = path.join(root, 'docs/performance.md');
    this.#readme = path.join(root, 'README.md');
    this.#plots = path.join(root, 'docs', PLOTS);
    this.#results = path.join(this.#plots, 'results.json');
  }

  read(): Results {
    return existsSync(this.#results) ? (JSON.parse(readFileSync(this.#results, 'utf8')) as Results) : {};
  }

  /** Replaces the result of one measurement and leaves the others. */
  save(name: string, result: Result): void {
    mkdirSync(this.#plots, { recursive: true });
    writeFileSync(this.#results, resultsText({ ...this.read(), [name]: result }));
  }

  /** Throws unless both pages have a region for each of these. */
  checkPages(measurements: readonly Measurement[]): void {
    const page = readFileSync(this.#page, 'utf8');
    for (const name of [...measurements.map((measurement) => measurement.name), 'summary']) withRegion(page, name, '');
    withRegion(readFileSync(this.#readme, 'utf8'), 'headlines', '');
  }

  /** Makes the regions of both pages, and the plots, of all that was ever measured. */
  render(measurements: readonly Measurement[]): void {
    const results = this.read();
    const sections = sectionsOf(measurements, results);
    let page = readFileSync(this.#page, 'utf8');
    for (const [name, section] of sections) {
      page = withRegion(page, name, sectionMarkdown(section, originLine(results[name]!.origin)));
      for (const plot of section.plots ?? []) writeFileSync(path.join(this.#plots, `${plot.name}.svg`), plot.svg);
    }
    if (sections.size === 0) return;
    const findings = [...sections.values()].flatMap((section) => section.findings ?? []);
    writeFileSync(this.#page, withRegion(page, 'summary', summary(results, findings)));
    const readme = readFileSync(this.#readme, 'utf8');
    writeFileSync(this.#readme, withRegion(readme, 'headlines', headlines(findings)));
  }
}

/** Of the measurements that have a result, in the order of the list. */
export function sectionsOf(measurements: readonly Measurement[], results: Results): ReadonlyMap<string, Section> {
  return new Map(
    measurements
      .filter(({ name }) => name in results)
      .map((measurement) => [measurement.name, sectionOf(measurement, results[measurement.name]!.data)]),
  );
}

function sectionOf({ name, report }: Measurement, data: unknown): Section {
  try {
    return report(data);
  } catch (cause) {
    const again = `npm run bench -- --only ${name}`;
    throw new Error(
      `the figures of ${name} were taken by another version of that measurement; take them anew: ${again}`,
      {
        cause,
      },
    );
  }
}

function summary(results: Results, findings: readonly Finding[]): string {
  // What the client does where nothing holds it up says nothing about the others.
  const { [CEILING]: _, ...others } = results;
  const busiest = busiestClient(others);
  const table = tableMarkdown(findingsTable(findings));
  if (!busiest) return table;
  return `${table}\n\nThe load client never used more than ${busiest.cores.toFixed(2)} of a core (${busiest.where.replace(/, results/, '')}).`;
}

export function headlines(findings: readonly Finding[]): string {
  const rows = findings.filter(({ isHeadline }) => isHeadline).map(({ what, shown }) => [what, shown]);
  return tableMarkdown({ columns: ['', 'measured'], rows });
}

/** A line for each round at most, so that a change of the figures can be read as one. */
function resultsText(results: Results): string {
  const text = JSON.stringify(results, null, 1);
  return `${text.replaceAll(/\{[^{}[\]]*\}/g, (object) => object.replaceAll(/\s*\n\s*/g, ' '))}\n`;
}
