/** Runs some units of one proof, without saving anything. */
import { proofs } from '../test/prove/proofs.ts';
import { misuse, readCommandLine } from './support/command-line.ts';

const usage =
  '    npm run prove:units -- "planted bugs" 5 2    units 5 and 6 of that proof; without numbers, the first';
const { positionals } = readCommandLine(usage, { allowPositionals: true });
const [name, from = '0', count = '1', ...more] = positionals;
const proof = proofs.find((one) => one.name === name);
if (!proof) misuse(usage, `no proof is called ${JSON.stringify(name ?? '')}; npm run prove -- --list shows them all`);
if (more.length > 0 || ![from, count].every((text) => /^\d{1,9}$/.test(text)))
  misuse(usage, 'behind the name come two whole numbers at most: the first unit, and how many');
console.log(`${proof.name}: ${count} units from ${from} on`);
console.log(await proof.run(Number(from), Number(count)));
