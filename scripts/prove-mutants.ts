/** Shows the mutants of source files that no test notices: `npm run prove:mutants -- src/wal/value.ts`. */
import { mutatedFiles } from '../test/prove/mutated-files.ts';
import { mutate } from '../test/prove/mutation.ts';
import { endOnSignals } from './support/end-on-signals.ts';

endOnSignals();
const sources = process.argv.slice(2);
for (const file of mutatedFiles.filter(({ source }) => sources.length === 0 || sources.includes(source))) {
  const { killed, mutants, survivors } = await mutate(file);
  console.log(`${file.source}: ${killed} of ${mutants} killed, ${((100 * killed) / mutants).toFixed(1)} %`);
  for (const survivor of survivors) console.log(`    ${survivor}`);
}
