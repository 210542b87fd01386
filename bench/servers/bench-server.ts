/** Starts and ends the servers that are measured, each a process of its own, and reads what they cost. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Of what a server says, to be shown where it ends by itself. */
const LINES_KEPT = 100;
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 20_000;
/** Processor time in `/proc` is in ticks of so long, on all machines that Linux runs on today. */
const TICK_MICROSECONDS = 10_000;

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface StartOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** The port that the server listens on, by a line of its output that says so; `undefined` for all others. */
  readonly portOf: (line: string) => number | undefined;
  /** Called with every later line. */
  readonly onLine?: (line: string) => void;
}

export class BenchServer {
  readonly port: number;
  readonly #child: ChildProcess;
  #isStopping = false;

  static async start({ command, args, portOf, onLine }: StartOptions): Promise<BenchServer> {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    endWithRunner(child);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const said: string[] = [];
    let isReady = false;
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        if (said.length > LINES_KEPT) said.shift();
        if (isReady) return onLine?.(line);
        const port = portOf(line);
        if (port === undefined) return;
        isReady = true;
        resolve(port);
      });
    const fail = (how: string) => reject(new Error(`${command} ${args.join(' ')} ${how}:\n${said.join('\n')}`));
    child.on('error', (error) => fail(error.message));
    child.on('exit', () => fail('ended before it was ready'));
    const timer = setTimeout(() => fail('was not ready in time'), START_MS_MAX);
    try {
      const server = new BenchServer(child, await promise);
      child.on('exit', (code, signal) => {
        if (!server.#isStopping) console.error(`${command} ended with ${code ?? signal}:\n${said.join('\n')}`);
      });
      return server;
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Used so far by all its threads; on Linux only, elsewhere `NaN`. */
  cpuMicroseconds(): number {
    try {
      const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
    } catch {
      return Number.NaN;
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#isStopping = true;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS_MAX);
    await ended;
    clearTimeout(timer);
  }
}

/** One that was free a moment ago, for servers that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as net.AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** What the runner leaves behind when it is ended in the middle ends with it. */
export function endWithRunner(child: ChildProcess): void {
  living.add(child);
  child.on('exit', () => living.delete(child));
}

const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});
