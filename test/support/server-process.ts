/** Runs the real server as a process of its own, and ends it with the test, however that ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServerOptions {
  /** Where there is none, the server gets an empty one that is removed after it. */
  readonly dataDir?: string;
  /** A free port of 127.0.0.1 where there is none. */
  readonly listen?: string;
  /** Flags behind `--data-dir` and `--listen`. */
  readonly args?: readonly string[];
  /** Added to the environment of the tests, less its own `CONCAVE_…`. */
  readonly env?: Readonly<Record<string, string>>;
  /** `npm start`: as a user does it; then a signal can go to npm, to its process group, or to the server alone. */
  readonly throughNpm?: boolean;
  /** Command that runs `node`, such as `strace -f`. */
  readonly prefix?: readonly string[];
  /** How long anything may be waited for; longer where many servers start at once. */
  readonly boundMs?: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One line of the server's log, parsed. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A wait longer than that is a failure: the server starts, drains and refuses well within it. */
const BOUND_MS = 15_000;

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Halves the processor time of a start, of which the tests have hundreds. A server that exits by itself fills it. */
const compileCache = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/concave-servers') };

/** Use it with `await using`: it ends with the block. */
export class ServerProcess {
  /** Lines on stdout that are JSON, in order. */
  readonly log: LogLine[] = [];
  stdout = '';
  stderr = '';
  readonly dataDir: string;
  readonly child: ChildProcess;
  readonly #ownDirectory: string | undefined;
  readonly #boundMs: number;
  /** The process is gone and nobody holds its output any more. */
  readonly #closed: Promise<Exit>;
  #isClosed = false;
  #lineCame = Promise.withResolvers<void>();

  /** Resolves when the server serves; rejects if it does not. */
  static async start(options: ServerOptions = {}): Promise<ServerProcess> {
    const server = new ServerProcess(options);
    try {
      await server.waitForEvent('ready');
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts the process and waits for nothing. */
  static launch(options: ServerOptions = {}): ServerProcess {
    return new ServerProcess(options);
  }

  private constructor(options: ServerOptions) {
    const { dataDir, listen = '127.0.0.1:0', args = [], env, throughNpm = false, prefix = [] } = options;
    this.#boundMs = options.boundMs ?? BOUND_MS;
    this.#ownDirectory = dataDir === undefined ? mkdtempSync(join(tmpdir(), 'concave-server-')) : undefined;
    this.dataDir = dataDir ?? join(this.#ownDirectory!, 'data');
    const flags = ['--data-dir', this.dataDir, '--listen', listen, ...args];
    const command = throughNpm ? ['npm', 'start', '--', ...flags] : [process.execPath, 'src/main.ts', ...flags];
    const [file, ...rest] = [...prefix, ...command];
    // A process group of its own: so it can be ended whole, and a test can signal a whole group as a terminal does.
    this.child = spawn(file!, rest, {
      cwd: root,
      detached: true,
      // As on any other machine: what a test counts, files or system calls, depends on it.
      // What strace counts or spoils is the server's, not the cache's.
      env: { ...withoutSettings(process.env), CONCAVE_THREADS: '1', ...(prefix.length === 0 && compileCache), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    living.add(this);
    this.#closed = once(this.child, 'close').then(([code, signal]) => {
      this.#isClosed = true;
      living.delete(this);
      return { code, signal };
    });
    this.#collect();
  }

  get url(): string {
    return String(this.#ready.url);
  }

  /** Of the server itself, not of npm or a prefix. */
  get pid(): number {
    return Number(this.#ready.pid);
  }

  /** The first line of the log with this `event`. Rejects when the process ends without, or after 15 s. */
  async waitForEvent(event: string): Promise<LogLine> {
    const ended = this.#closed.then(({ code, signal }) => this.#fail(`ended (${code ?? signal}) before «${event}»`));
    const waited = async (): Promise<LogLine> => {
      for (;;) {
        const line = this.log.find((line) => line.event === event);
        if (line) return line;
        await this.#lineCame.promise;
      }
    };
    // The lines are looked at first: the process may have ended since.
    return this.#bounded(Promise.race([waited(), ended]), `«${event}»`);
  }

  /** Signals the server itself. */
  kill(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Signals the server and all that runs it, as Ctrl-C in a terminal does. */
  killGroup(signal: NodeJS.Signals): void {
    process.kill(-this.child.pid!, signal);
  }

  /** How the process that was started ended; all its output is there. Rejects after 15 s. */
  waitForExit(): Promise<Exit> {
    return this.#bounded(this.#closed, 'its end');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.killNow();
    await this.waitForExit();
    if (this.#ownDirectory) rmSync(this.#ownDirectory, { recursive: true, force: true });
  }

  /** In this turn. Only while somebody of the group is alive, so that the number is still ours. */
  killNow(): void {
    if (this.#isClosed || this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // Died just now.
    }
  }

  get #ready(): LogLine {
    return this.log.find(({ event }) => event === 'ready') ?? this.#fail('is not ready');
  }

  #collect(): void {
    this.child.stderr!.setEncoding('utf8').on('data', (text) => {
      this.stderr += text;
    });
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      this.stdout += `${line}\n`;
      if (line.startsWith('{')) this.log.push(JSON.parse(line));
      this.#lineCame.resolve();
      this.#lineCame = Promise.withResolvers();
    });
  }

  async #bounded<T>(work: Promise<T>, what: string): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      try {
        this.#fail(`gave no sign of ${what} in ${this.#boundMs} ms`);
      } catch (error) {
        reject(error);
      }
    }, this.#boundMs);
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #fail(what: string): never {
    throw new Error(`the server ${what}\nstdout: ${this.stdout.slice(-2000)}\nstderr: ${this.stderr.slice(-2000)}`);
  }
}

/** If the tests themselves are ended, what they started ends too. */
const living = new Set<ServerProcess>();
const endAll = () => {
  for (const server of living) server.killNow();
};
process.on('exit', endAll);
// The test runner that this process belongs to is gone.
process.on('disconnect', endAll);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.once(signal, () => {
    endAll();
    process.kill(process.pid, signal);
  });

function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('CONCAVE_')));
}
