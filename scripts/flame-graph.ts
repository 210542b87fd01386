/**
 * Draws where the time of the server's thread goes, from a profile that Node has written.
 *
 * For a profile, start the server with the flags of `npm start` and `--cpu-prof --cpu-prof-interval 500`, put a load on it,
 * and end it with SIGTERM. What comes before `--skip-ms` (the start, and code that is not compiled yet) is left out.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { misuse, readCommandLine, wholeNumber } from './support/command-line.ts';
import { type CpuProfile, callTree } from './support/cpu-profile.ts';
import { flameGraph } from './support/flame-graph.ts';

const usage = '    npm run flame-graph -- FILE.cpuprofile OUT.svg "what it shows" [--skip-ms 4000]';
const { values, positionals } = readCommandLine(usage, {
  allowPositionals: true,
  options: { 'skip-ms': { type: 'string', default: '4000' } },
});
const skipMs = wholeNumber(usage, 'skip-ms', values['skip-ms'], 0, 3_600_000);
const [from, to, title] = positionals;
if (!from || !to || !title) misuse(usage, 'a profile, a file to write to and a title are wanted');
const tree = callTree(JSON.parse(readFileSync(from, 'utf8')) as CpuProfile, skipMs);
writeFileSync(to, flameGraph(tree, title));
console.log(`${to}: ${Math.round(tree.total / 1000)} ms of work`);
