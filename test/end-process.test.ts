import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'concave-end-'));
afterAll(() => rmSync(directory, { recursive: true }));
const module = new URL('../src/end-process.ts', import.meta.url).href;

test('S30: the process ends with its code while a call to the system hangs', async () => {
  // Opening a pipe that nobody writes to hangs in a thread as a write to a hung disk does.
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const { code, stdout, stderr } = await run(`
    import { open } from 'node:fs';
    import { endProcess } from '${module}';
    open('${pipe}', 'r', () => {});
    // The thread has begun when a later call in the same pool of two is done.
    open('/dev/null', 'r', () => {
      process.stdout.write('before');
      endProcess(74);
      process.stdout.write('after');
    });
  `);
  expect({ code, stdout, stderr }).toEqual({ code: 74, stdout: 'before', stderr: '' });
});

test('the process ends with its code where its binary is gone', async () => {
  const { code, stderr } = await run(`
    import { endProcess } from '${module}';
    process.execPath = '${join(directory, 'gone')}';
    endProcess(74);
  `);
  expect({ code, stderr }).toEqual({ code: 74, stderr: '' });
});

test('a signal that is handled ends the process all the same', async () => {
  const { code, signal } = await run(`
    import { dieOf } from '${module}';
    process.on('SIGTERM', () => {});
    dieOf('SIGTERM');
    setInterval(() => {}, 1000);
  `);
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGTERM' });
});

async function run(script: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '2' },
    timeout: 10_000,
    killSignal: 'SIGKILL',
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  const [code, signal] = await once(child, 'close');
  return { code, signal, stdout, stderr };
}
