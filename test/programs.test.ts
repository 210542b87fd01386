import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ServerProcess } from './support/server-process.ts';

/** The programs beside the server: each runs to its end at its smallest size, so that none of them can rot. */
const run = async (...args: string[]) => {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, timeout: 50_000 });
  return stdout;
};

test('the crash demonstration finds every acknowledged put', async () => {
  const said = await run('scripts/demo-crash.ts', '--once');
  expect(said).toContain('every acknowledged put is there');
  expect(said).toMatch(/nothing was lost\n$/);
}, 60_000);

test('the demonstration load is refused now and then, and says why', async () => {
  await using server = await ServerProcess.start();
  const said = await run('scripts/demo-load.ts', '--url', server.url, '--seconds', '1', '--clients', '32');
  expect(said).toMatch(/\d+ committed/);
  expect(said).toMatch(/\d+ stale/);
  expect(said).toMatch(/\d+ in flight/);
}, 60_000);
