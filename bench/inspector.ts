/**
 * Question: what does being watched cost? Four servers at full load, puts of one key, 256 connections each: without the
 * inspector; with it but nobody looking on; with a viewer that reads every frame, in a process of its own on the same cores;
 * and another without it, which shows how far apart two that are the same come out. The load goes from one to the next every
 * quarter of a second.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { alternate, type Slice } from './support/alternating-load.ts';
import { describeMachine, median, parameter, quantile, table } from './support/parameters.ts';
import { type BenchServer, startConcave } from './support/processes.ts';

const connections = parameter('connections', { smoke: 8, full: 256 });
const sliceMs = parameter('sliceMs', { smoke: 50, full: 250 });
const rounds = parameter('rounds', { smoke: 2, full: 90 });
const keys = parameter('keys', { smoke: 100, full: 10_000 });

/** A process that looks on. */
class Viewer {
  readonly #child: ChildProcessByStdio<null, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  #seen: { readonly frames: number; readonly bytes: number; readonly records: number } | undefined;

  static async open(port: number): Promise<Viewer> {
    const viewer = new Viewer(port);
    await viewer.#lines.next();
    return viewer;
  }

  private constructor(port: number) {
    const script = path.join(import.meta.dirname, 'support/viewer.ts');
    this.#child = spawn(process.execPath, [script, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    this.#seen = JSON.parse((await this.#lines.next()).value as string);
    await ended;
  }

  describe(seconds: number): string {
    const { frames, records, bytes } = this.#seen!;
    const [frameRate, recordRate, byteRate] = [frames, records, bytes / 1000].map((count) =>
      Math.round(count / seconds),
    );
    return `${frameRate} frames, ${recordRate} transactions and ${byteRate} kB a second of the whole run`;
  }
}

const directory = mkdtempSync(path.join(tmpdir(), 'concave-bench-'));
const start = (name: string, ...args: string[]) => startConcave(path.join(directory, name), args);
const servers: Readonly<Record<string, BenchServer>> = {
  off: await start('off'),
  'on, unwatched': await start('unwatched', '--inspect'),
  'on, watched': await start('watched', '--inspect'),
  'off, another': await start('another'),
};
try {
  console.log(describeMachine());
  console.log(
    `puts of one key, ${connections} connections, ${rounds} rounds of ${sliceMs} ms each; medians, quarters in brackets`,
  );
  const viewer = await Viewer.open(servers['on, watched']!.port);
  const options = { servers: Object.values(servers), connections, sliceMs, rounds, keys };
  const slices = await alternate(options).finally(() => viewer.close());
  report(slices);
  const seconds = (rounds * Object.keys(servers).length * sliceMs) / 1000;
  console.log(`the viewer got ${viewer.describe(seconds)}`);
} finally {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  rmSync(directory, { recursive: true, force: true });
}

function report(slices: readonly (readonly Slice[])[]): void {
  const off = slices[0]!;
  const rate = ({ puts, seconds }: Slice) => puts / seconds;
  const cpu = (of: readonly Slice[]) => sum(of, 'cpuMicroseconds') / sum(of, 'puts');
  const rows = Object.keys(servers).map((inspector, index) => {
    const of = slices[index]!;
    return {
      inspector,
      'puts/s': Math.round(median(of.map(rate))),
      'of the rate without': percent(of.map((slice, round) => rate(slice) / rate(off[round]!))),
      'server CPU µs/put': cpu(of).toFixed(1),
      'of the CPU without': `${((cpu(of) / cpu(off)) * 100).toFixed(1)} %`,
    };
  });
  console.log(table(rows));
  const kept = median(slices[2]!.map((slice, round) => rate(slice) / rate(slices[1]![round]!)));
  console.log(`watched, puts keep ${(kept * 100).toFixed(0)} % of their rate`);
}

function sum(slices: readonly Slice[], figure: keyof Slice): number {
  return slices.reduce((total, slice) => total + slice[figure], 0);
}

function percent(shares: readonly number[]): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => (quantile(shares, share) * 100).toFixed(1));
  return `${middle} % (${low} to ${high})`;
}
