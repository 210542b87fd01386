/**
 * Measures concave and what it is compared with, and writes the figures to `docs/performance.md` and the README: `npm run bench`.
 * It starts all that it measures, on this machine, and fetches nothing.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { misuse, readCommandLine } from '../scripts/support/command-line.ts';
import { endOnSignals } from '../scripts/support/end-on-signals.ts';
import { ProgressBar } from '../scripts/support/progress-bar.ts';
import { LoadClient } from './load/load-client.ts';
import type { Measurement } from './measurement.ts';
import { measurements } from './measurements/measurements.ts';
import { findingsTable, tableText } from './report/markdown.ts';
import { ResultFiles } from './report/results.ts';
import { root } from './servers/bench-server.ts';
import { isInMemory, originOf } from './support/origin.ts';

const SMOKE_LANES = 3;

const usage = `\
    npm run bench                      all of it
    npm run bench -- --list            the measurements
    npm run bench -- --only WORDS      only those whose names or titles contain the words; the others keep their figures
    npm run bench -- --render          writes the pages again from the figures that are there
    npm run bench -- --smoke           all of it at its smallest, to show that it runs; figures are thrown away`;
const { values: options } = readCommandLine(usage, {
  options: {
    list: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    render: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
  },
});

const words = options.only.toLowerCase();
const wanted = measurements.filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(words));
if (wanted.length === 0) misuse(usage, `no measurement is called "${options.only}"; --list shows them all`);

endOnSignals();
if (options.list) for (const { name, title, seconds } of wanted) console.log(`${name}: ${title} (about ${seconds} s)`);
else if (options.render) new ResultFiles(root).render(measurements);
else await measureAll();

async function measureAll(): Promise<void> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'concave-bench-'));
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true, maxRetries: 10 }));
  if (isInMemory(scratch) && !options.smoke)
    throw new Error(
      `${tmpdir()} is in memory, where nothing durable can be measured: set TMPDIR to a directory on a disk`,
    );
  const files = new ResultFiles(options.smoke ? copyOfPages(scratch) : root);
  files.checkPages(wanted);
  const bar = new ProgressBar(
    '',
    wanted.reduce((sum, { seconds }) => sum + seconds, 0),
    0,
  );
  let done = 0;
  const rest = wanted.values();
  // Figures of a smoke run mean nothing: there, several may go on at once.
  await Promise.all(Array.from({ length: options.smoke ? SMOKE_LANES : 1 }, lane));
  async function lane(): Promise<void> {
    for (const measurement of rest) {
      await showing(bar, done, measurement, () => measure(measurement, scratch, files));
      done += measurement.seconds;
    }
  }
  bar.show(done);
  bar.end();
  files.render(measurements);
}

async function measure(measurement: Measurement, scratch: string, files: ResultFiles): Promise<void> {
  const directory = path.join(scratch, measurement.name);
  mkdirSync(directory);
  const client = new LoadClient();
  try {
    const size = <T>({ smoke, full }: { smoke: T; full: T }) => (options.smoke ? smoke : full);
    const data = await measurement.measure({ directory, client, size });
    files.save(measurement.name, { origin: originOf(scratch), data });
    print(measurement, data);
  } finally {
    await client.end();
    rmSync(directory, { recursive: true });
  }
}

/** Shows the bar going on at the pace that is expected, while `work` is done. */
async function showing(bar: ProgressBar, done: number, { seconds, title }: Measurement, work: () => Promise<void>) {
  const startedMs = performance.now();
  const show = () => bar.show(done + Math.min(seconds, Math.floor((performance.now() - startedMs) / 1000)), title);
  show();
  const timer = setInterval(show, 1000);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}

function print(measurement: Measurement, data: unknown): void {
  const { tables, findings = [] } = measurement.report(data);
  const all = findings.length > 0 ? [...tables, findingsTable(findings)] : tables;
  const warning = options.smoke ? ' (SMOKE SIZE: figures mean nothing)' : '';
  console.log(`\n\n${measurement.title}${warning}\n\n${all.map(tableText).join('\n\n')}\n`);
}

/** What a smoke run writes goes there. */
function copyOfPages(scratch: string): string {
  const copy = path.join(scratch, 'pages');
  mkdirSync(copy);
  for (const page of ['README.md', 'docs/performance.md']) cpSync(path.join(root, page), path.join(copy, page));
  return copy;
}
