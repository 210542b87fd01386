/**
 * Runs the proofs in their large size: `npm run prove`. Goes on where the last run on the same sources ended, stops at the
 * first violation with the command that shows it again, and writes its figures to `docs/reliability.md`.
 */
import type { Proof } from '../test/prove/proof.ts';
import { proofs } from '../test/prove/proofs.ts';
import { misuse, readCommandLine, wholeNumber } from './support/command-line.ts';
import { PortionWorkers } from './support/portion-workers.ts';
import { ProgressBar } from './support/progress-bar.ts';
import { PROVED, ProgressFile } from './support/proof-progress.ts';
import { writeRows } from './support/proof-table.ts';
import { sourceVersion } from './support/source-version.ts';

const usage = `\
    npm run prove                               all of it
    npm run prove -- --list                     the proofs and their sizes
    npm run prove -- --only WORDS               only those whose names contain the words
    npm run prove -- --fresh                    forgets what was done before
    npm run prove -- --workers 1                on one processor; two are taken by default`;
const { values: options } = readCommandLine(usage, {
  options: {
    list: { type: 'boolean', default: false },
    only: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    workers: { type: 'string', default: '2' },
  },
});
const workersWanted = wholeNumber(usage, 'workers', options.workers, 1, 64);

const wanted = proofs.filter(({ name }) => name.toLowerCase().includes((options.only ?? '').toLowerCase()));
if (wanted.length === 0) misuse(usage, `no proof is called "${options.only}"; --list shows them all`);
if (options.list) for (const { name, units } of wanted) console.log(`${units.toLocaleString('en')} units: ${name}`);
else await proveAll();

async function proveAll(): Promise<void> {
  using workers = new PortionWorkers(workersWanted);
  for (const proof of wanted) {
    try {
      await prove(proof, workers);
    } catch (error) {
      console.error(`\nVIOLATION in "${proof.name}":\n${(error as Error).message}`);
      process.exitCode = 1;
      return;
    }
  }
}

async function prove(proof: Proof, workers: PortionWorkers): Promise<void> {
  const { name, units, portion } = proof;
  const file = new ProgressFile(proof, options);
  const done = new Set(file.progress.done);
  const orders = Array.from({ length: Math.ceil(units / portion) }, (_, index) => index * portion)
    .filter((from) => !done.has(from))
    .map((from) => ({ name, from, count: Math.min(portion, units - from) }));
  let unitsDone = units - orders.reduce((sum, { count }) => sum + count, 0);
  const bar = new ProgressBar(name, units, unitsDone);
  try {
    await workers.run(orders, ({ from, count }, { figures, workMs }) => {
      file.add(from, figures, workMs);
      unitsDone += count;
      bar.show(unitsDone);
    });
  } finally {
    bar.end();
  }
  const { figures, workMs } = file.progress;
  const [date] = new Date().toISOString().split('T');
  const command = `npm run prove -- --only "${name}"`;
  writeRows([{ name, units, figures, workMs, command, commit: sourceVersion(PROVED), date: date! }]);
}
