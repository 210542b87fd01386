/** A viewer of the inspector, in a process of its own. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { endWithRunner } from './bench-server.ts';

export interface Seen {
  readonly frames: number;
  readonly bytes: number;
  /** Of transactions. */
  readonly records: number;
}

export class Viewer {
  /** There once it is closed. */
  seen!: Seen;
  readonly #child: ChildProcessByStdio<null, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  /** Resolves when it watches. */
  static async open(port: number): Promise<Viewer> {
    const viewer = new Viewer(port);
    await viewer.#lines.next();
    return viewer;
  }

  private constructor(port: number) {
    const program = path.join(import.meta.dirname, '../programs/viewer.ts');
    this.#child = spawn(process.execPath, [program, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
    endWithRunner(this.#child);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    this.seen = JSON.parse((await this.#lines.next()).value as string) as Seen;
    await ended;
  }
}
