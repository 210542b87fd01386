import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { measurements } from '../../bench/measurements/measurements.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the whole bench runs at its smallest, and leaves the pages as they are', async () => {
  const pages = () => ['README.md', 'docs/performance.md'].map((page) => readFileSync(`${root}${page}`, 'utf8'));
  const before = pages();
  const { stdout } = await promisify(execFile)(process.execPath, ['bench/run.ts', '--smoke'], {
    cwd: root,
    timeout: 170_000,
  });
  for (const { title } of measurements) expect(stdout).toContain(`${title} (SMOKE SIZE: figures mean nothing)`);
  expect(pages()).toEqual(before);
}, 180_000);
