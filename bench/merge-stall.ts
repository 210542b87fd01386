/**
 * Question: how long does a merge hold the event loop, on which every put and get waits? The same stream of puts runs once with
 * nothing to merge and once with merges that go on all the while, in the same process; the delay of the loop is sampled every
 * millisecond. Part of it is the puts' own work and the machine's other tenants: what counts is the difference.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { compactionPorts } from '../src/wal/compaction-ports.ts';
import { mergeInWorker } from '../src/wal/merge-in-worker.ts';
import { nodePlatform } from '../src/wal/node-platform.ts';
import { engineSettings, openEngine } from './support/engine.ts';
import { describeMachine, median, parameter, table, text36 } from './support/parameters.ts';

const rounds = parameter('rounds', { smoke: 1, full: 5 });
const keys = parameter('keys', { smoke: 500, full: 20_000 });
const blockBytes = parameter('block bytes', { smoke: 64 * 1024, full: 4 * 1024 * 1024 });
const OPERATIONS_A_PUT = 20;
const VALUE = 'x'.repeat(964);

interface Round {
  readonly merges: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const directory = fs.mkdtempSync(path.join(tmpdir(), 'concave-bench-'));
try {
  console.log(describeMachine());
  console.log(
    `${rounds} rounds; every key of ${keys} put twice, 36 + 964 characters, ${OPERATIONS_A_PUT} a put, one at a time`,
  );
  const without: Round[] = [];
  const during: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    without.push(await run(`idle-${round}`, 100_000));
    during.push(await run(`busy-${round}`, 1));
  }
  report({ 'nothing to merge': without, 'merging all the while': during });
} finally {
  fs.rmSync(directory, { recursive: true, force: true });
}

async function run(name: string, maxBlocks: number): Promise<Round> {
  let merges = 0;
  const settings = { ...engineSettings(path.join(directory, name)), maxBlockSize: blockBytes, maxBlocks };
  const store = await openEngine(settings, nodePlatform(), (place) =>
    compactionPorts(place, (job, signal) => {
      merges += 1;
      return mergeInWorker(job, signal);
    }),
  );
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for (let version = 0; version < 2; version += 1)
    for (let first = 0; first < keys; first += OPERATIONS_A_PUT) {
      const operations = Array.from({ length: OPERATIONS_A_PUT }, (_, at) => ({
        key: text36(first + at),
        value: VALUE,
        version,
      }));
      const { code } = await store.put(operations);
      if (code !== 'COMMITTED') throw new Error(code);
    }
  delay.disable();
  await store.close();
  fs.rmSync(path.join(directory, name), { recursive: true });
  return { merges, p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6 };
}

function report(results: Readonly<Record<string, readonly Round[]>>): void {
  const rows = Object.entries(results).map(([what, rounds]) => ({
    'event loop': what,
    merges: median(rounds.map(({ merges }) => merges)),
    'p99, ms': median(rounds.map(({ p99Ms }) => p99Ms)).toFixed(1),
    'longest, ms': median(rounds.map(({ maxMs }) => maxMs)).toFixed(1),
    'longest of all rounds, ms': Math.max(...rounds.map(({ maxMs }) => maxMs)).toFixed(1),
  }));
  console.log(table(rows));
}
