/** Shows the mutants of source files that no test notices. */
import { mutatedFiles } from '../test/prove/mutated-files.ts';
import { mutate } from '../test/prove/mutation.ts';
import { misuse, readCommandLine } from './support/command-line.ts';
import { endOnSignals } from './support/end-on-signals.ts';

endOnSignals();
const usage = `\
    npm run prove:mutants                        of all pure files
    npm run prove:mutants -- src/wal/value.ts    of that one, or those`;
const { positionals: sources } = readCommandLine(usage, { allowPositionals: true });
const unknown = sources.filter((name) => !mutatedFiles.some(({ source }) => source === name));
if (unknown.length > 0)
  misuse(usage, `not one of the pure files: ${unknown.join(', ')}; test/prove/mutated-files.ts has them all`);
for (const file of mutatedFiles.filter(({ source }) => sources.length === 0 || sources.includes(source))) {
  const { killed, mutants, survivors } = await mutate(file);
  console.log(`${file.source}: ${killed} of ${mutants} killed, ${((100 * killed) / mutants).toFixed(1)} %`);
  for (const survivor of survivors) console.log(`    ${survivor}`);
}
