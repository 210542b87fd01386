/** Runs some units of one proof, without saving anything: `npm run prove:units -- "planted bugs" 5 1` runs unit 5. */
import { findProof } from '../test/prove/proofs.ts';

const [name, from = '0', count = '1'] = process.argv.slice(2);
const proof = findProof(name ?? '');
console.log(`${proof.name}: ${count} units from ${from} on`);
console.log(await proof.run(Number(from), Number(count)));
