/** Starts and ends the processes that benches measure, and reads what they cost. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LoadOptions, LoadResult } from './load-client.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A server that prints a line of JSON with `"event":"ready"` and `"url"` once it listens. */
export class BenchServer {
  readonly child: ChildProcess;
  readonly port: number;

  private constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.port = port;
  }

  /** `args` are those of `node`. */
  static async start(args: readonly string[]): Promise<BenchServer> {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: child.stdout! })) {
      const { event, url } = JSON.parse(line) as { event?: string; url?: string };
      if (event !== 'ready' || url === undefined) continue;
      child.stdout!.resume();
      return new BenchServer(child, Number(new URL(url).port));
    }
    throw new Error(`${args.join(' ')} ended before it was ready`);
  }

  /** CPU time used so far by all its threads, in microseconds; on Linux only, in steps of 10 ms. */
  cpuMicroseconds(): number {
    try {
      const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * 10_000;
    } catch {
      return Number.NaN;
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  }
}

/** With the flags of Node that `npm start` gives it. HTTP is in the thread of the store, unless `args` say otherwise. */
export function startConcave(dataDir: string, args: readonly string[] = []): Promise<BenchServer> {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: { start: string } };
  const [, ...command] = scripts.start.replace(/^exec /, '').split(' ');
  const flags = ['--data-dir', dataDir, '--listen', '127.0.0.1:0', '--log-level', 'warn'];
  if (!args.includes('--threads')) flags.push('--threads', '1');
  return BenchServer.start([...command, ...flags, ...args]);
}

/** Runs the load generator to its end, in a process of its own. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const client = fileURLToPath(new URL('load-client.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [client, JSON.stringify(options)], {
    timeout: (options.seconds + 30) * 1000,
  });
  return JSON.parse(stdout) as LoadResult;
}
