import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ServerProcess } from './support/server-process.ts';

/** The programs beside the server: each runs to its end at its smallest size, so that none of them can rot. */
const run = async (...args: string[]) => {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd,
    timeout: 50_000,
  });
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

describe('a script that is called with something wrong says so in a line, and how it is called', () => {
  test.each<[string, readonly string[], string]>([
    ['scripts/prove.ts', ['--what'], "Unknown option '--what'"],
    ['scripts/prove-bugs.ts', ['no-such-bug'], 'no planted bug is called no-such-bug'],
    ['scripts/prove-mutants.ts', ['src/main.ts'], 'not one of the pure files: src/main.ts'],
    ['scripts/prove-units.ts', ['planted bugs', 'one'], 'behind the name come two whole numbers at most'],
    ['scripts/flame-graph.ts', ['only.cpuprofile'], 'a profile, a file to write to and a title are wanted'],
    ['scripts/inspect-copy.ts', [], 'one file to write to is wanted'],
    ['scripts/demo-load.ts', ['--clients', '0'], '--clients is "0"; allowed is a whole number from 1 to 1000'],
    ['scripts/demo-load.ts', ['--url', 'here'], '--url is "here"; allowed is a URL like http://127.0.0.1:8080'],
    ['bench/run.ts', ['--only', 'nothing'], 'no measurement is called "nothing"; --list shows them all'],
  ])(
    '%s %j',
    async (script, args, what) => {
      const { code, stdout, stderr } = (await run(script, ...args).catch((error) => error)) as Ended;
      const [first, empty, usage, call] = stderr.split('\n');
      expect(first).toContain(what);
      expect([code, stdout, empty, usage]).toEqual([64, '', '', 'usage:']);
      expect(call).toMatch(/^ {4}npm run /);
      expect(stderr).not.toContain('    at ');
    },
    60_000,
  );

  test('and --help says the same', async () => {
    expect(await run('scripts/demo-load.ts', '--help')).toMatch(/^ {4}npm run demo:load -- --url /);
  }, 60_000);
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
