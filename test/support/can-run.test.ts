import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const script = `import { mayUse } from ${JSON.stringify(new URL('./can-run.ts', import.meta.url).href)};
process.stdout.write(String(mayUse('strace')) + mayUse('strace'));`;

/** Asks for a tool in a process that finds none. */
function ask(env: Record<string, string>) {
  const { CI: _, ...others } = process.env;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: { ...others, PATH: '/nowhere', ...env },
  });
}

const notice = 'THE COMMAND STRACE IS MISSING OR NOT ALLOWED HERE: THE TESTS THAT NEED IT DO NOT RUN';

test('where a tool is missing its tests are skipped, and that is said once and loudly', () => {
  const { status, stdout, stderr } = ask({});
  expect(status).toBe(0);
  expect(stdout).toBe('falsefalse');
  expect(stderr.split(notice)).toHaveLength(2);
});

test('where a tool is missing and CI is set, asking for it fails', () => {
  const { status, stderr } = ask({ CI: 'true' });
  expect(status).not.toBe(0);
  expect(stderr).toContain(notice);
});
