/** Runs one of `bench/programs` to its end: each measures one thing in a process of its own, which nothing before has touched. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { endWithRunner, root } from '../servers/bench-server.ts';

const PROGRAM_MS_MAX = 600_000;

/** With the flags of Node that concave runs with, and `flags` behind them. */
export function runProgram<Result>(name: string, options: object, flags: readonly string[] = []): Promise<Result> {
  const program = path.join(root, 'bench/programs', `${name}.ts`);
  const all = ['--no-allocation-site-pretenuring', '--expose-gc', ...flags, program, JSON.stringify(options)];
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, all, { cwd: root, timeout: PROGRAM_MS_MAX }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${name} failed: ${error.message}\n${stderr}`));
      else resolve(JSON.parse(stdout) as Result);
    });
    endWithRunner(child);
  });
}
