/**
 * Plants each bug of test/bugs into a copy of the sources and shows what catches it: `npm run prove:bugs`. Exits with 1 if
 * nothing catches one.
 */
import { plantedBugs } from '../test/bugs/catalogue.ts';
import { type Catch, hunt, huntWithProof, passWithoutBug } from '../test/bugs/hunt.ts';
import type { PlantedBug } from '../test/bugs/planted-bug.ts';
import { ScratchTree } from '../test/bugs/scratch-tree.ts';
import { proofs } from '../test/prove/proofs.ts';
import { misuse, readCommandLine, wholeNumber } from './support/command-line.ts';
import { endOnSignals } from './support/end-on-signals.ts';

const usage = `\
    npm run prove:bugs                             all of them
    npm run prove:bugs -- get-of-pending           only that bug, or those
    npm run prove:bugs -- --with "power losses"    also whether the first units of that proof catch it
    npm run prove:bugs -- --with … --units 500     how many units it is given; 200 by default`;
const { values: options, positionals: names } = readCommandLine(usage, {
  allowPositionals: true,
  options: { with: { type: 'string' }, units: { type: 'string', default: '200' } },
});
const units = wholeNumber(usage, 'units', options.units, 1, 1_000_000);
endOnSignals();

const bugs = plantedBugs.filter(({ name }) => names.length === 0 || names.includes(name));
const unknown = names.filter((name) => !plantedBugs.some((bug) => bug.name === name));
if (unknown.length > 0) misuse(usage, `no planted bug is called ${unknown.join(' or ')}; test/bugs has them all`);
const proof = proofs.find(({ name }) => options.with && name.includes(options.with));
if (options.with && !proof)
  misuse(usage, `no proof has "${options.with}" in its name; npm run prove -- --list shows them all`);

using tree = new ScratchTree();
await passWithoutBug(tree);
const falseAlarm = proof && (await huntWithProof(tree, { edits: [] }, proof.name, units));
if (falseAlarm) throw new Error(`without any bug, "${proof.name}" fails: ${falseAlarm.by}`);
console.log('Without a bug, every test passes.\n');

const found: { readonly bug: PlantedBug; readonly bySuite: Catch | undefined; readonly byProof: Catch | undefined }[] =
  [];
for (const bug of bugs) {
  const bySuite = await hunt(tree, bug);
  const byProof = proof && (await huntWithProof(tree, bug, proof.name, units));
  found.push({ bug, bySuite, byProof });
  console.log(`${bug.name}: ${bug.why}\n    ${describe(bySuite)}`);
  if (proof) console.log(`    ${proof.name}: ${describe(byProof)}`);
}
printSummary();

function printSummary(): void {
  const caught = found.filter(({ bySuite }) => bySuite);
  console.log('\n| bug | seconds | seed | caught by |\n|---|---|---|---|');
  for (const { bug, bySuite } of found)
    console.log(
      `| ${[bug.name, bySuite ? seconds(bySuite.tookMs) : '', bySuite?.seed ?? '', bySuite?.by ?? 'NOTHING'].join(' | ')} |`,
    );
  const median = caught.map(({ bySuite }) => bySuite!.tookMs).toSorted((a, b) => a - b)[caught.length >> 1] ?? 0;
  console.log(`\n${caught.length} of ${bugs.length} bugs caught, half of them in ${seconds(median)} s or less`);
  const byProof = found.filter((one) => one.byProof);
  if (proof) console.log(`${byProof.length} of ${bugs.length} caught by ${units} units of "${proof.name}"`);
  process.exitCode = caught.length === bugs.length ? 0 : 1;
}

function describe(caught: Catch | undefined): string {
  if (!caught) return 'NOT CAUGHT';
  const seed = caught.seed === undefined ? '' : `, seed ${caught.seed}`;
  return `caught after ${seconds(caught.tookMs)} s${seed} by ${caught.by}`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
