/**
 * Writes the inspector's page as one HTML file that opens without a server, with a recording in it if one is given.
 *
 *     npm run inspect:copy -- FILE [--recording FILE]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseRecording } from '../src/inspector/page/recording-file.ts';
import { standalonePage } from '../src/inspector/page/standalone.ts';
import type { Recording } from '../src/inspector/protocol.ts';
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
const page = standalonePage({ ...pageSources(), ...recordingIn(values.recording) });
writeFileSync(file, page);
console.log(`wrote ${file}`);

function recordingIn(recordingFile: string | undefined): { recording?: Recording } {
  if (recordingFile === undefined) return {};
  try {
    return { recording: parseRecording(readFileSync(recordingFile, 'utf8')) };
  } catch (error) {
    console.error(`${recordingFile}: ${(error as Error).message}`);
    process.exit(65);
  }
}
