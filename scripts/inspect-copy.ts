/**
 * Writes the inspector's page as one HTML file that opens without a server, with a recording in it if one is given.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseRecording } from '../src/inspector/page/recording-file.ts';
import { standalonePage } from '../src/inspector/page/standalone.ts';
import type { Recording } from '../src/inspector/protocol.ts';
import { misuse, readCommandLine } from './support/command-line.ts';
import { pageSources } from './support/page-sources.ts';

const usage = '    npm run inspect:copy -- FILE [--recording FILE]';
const { values, positionals } = readCommandLine(usage, {
  options: { recording: { type: 'string' } },
  allowPositionals: true,
});
const [file] = positionals;
if (file === undefined || positionals.length > 1) misuse(usage, 'one file to write to is wanted');
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
