import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { frame, recordingOf } from './samples.ts';

const script = fileURLToPath(new URL('../../../scripts/inspect-copy.ts', import.meta.url));
const copy = (...args: string[]) => promisify(execFile)(process.execPath, [script, ...args]);

test('the copy of the page is one file with the recording in it; what is no recording is refused by name', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'inspect-copy-'));
  try {
    const [page, recording] = [path.join(directory, 'page.html'), path.join(directory, 'recording.json')];
    writeFileSync(recording, JSON.stringify(recordingOf([frame(1), frame(2)])));
    await copy(page, '--recording', recording);
    expect(readFileSync(page, 'utf8')).toMatch(/<script type="application\/json" id="recording">\{"format":1,/);
    writeFileSync(recording, '{}');
    await expect(copy(page, '--recording', recording)).rejects.toThrow('it has no `format` and `frames`');
  } finally {
    rmSync(directory, { recursive: true });
  }
});
