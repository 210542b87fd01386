/**
 * Writes the inspector's page as one HTML file that opens without a server, with a recording in it if one is given.
 *
 *     npm run inspect:copy -- FILE [--recording FILE]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseRecording } from '../src/inspector/page/recording-file.ts';
import { standalonePage } from '../src/inspector/page/standalone.ts';
import { pageSources } from './support/page-sources.ts';

const { values, positionals } = parseArgs({
  options: { recording: { type: 'string' } },
  allowPositionals: true,
});
const [file] = positionals;
if (file === undefined || positionals.length > 1) {
  console.error('usage: npm run inspect:copy -- FILE [--recording FILE]');
  process.exit(2);
}
const recording =
  values.recording === undefined ? {} : { recording: parseRecording(readFileSync(values.recording, 'utf8')) };
writeFileSync(file, standalonePage({ ...pageSources(), ...recording }));
console.log(`wrote ${file}`);
