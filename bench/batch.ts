/**
 * Question: how many durable single-object transactions a second come through batches of 500 a request, against single puts
 * at 256 connections? Both at one server, taking turns in one run; keys are written over and over, 10,000 of them each way,
 * and each round makes its own. A few connections send batches, one under way on each: with one, the server waits for the
 * client and for the disk in turn. Client and server share the machine: what counts is the ratio, and the CPU time a
 * transaction.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LoadOptions } from './support/load-client.ts';
import { describeMachine, median, parameter, table } from './support/parameters.ts';
import { type BenchServer, runLoad, startConcave } from './support/processes.ts';

const size = parameter('size', { smoke: 10, full: 500 });
const seconds = parameter('seconds', { smoke: 0.2, full: 3 });
const rounds = parameter('rounds', { smoke: 1, full: 5 });
const keys = parameter('keys', { smoke: 100, full: 10_000 });
const singleConnections = parameter('connections', { smoke: 8, full: 256 });

interface Round {
  /** Transactions a second. */
  readonly rate: number;
  readonly cpu: number;
  readonly clientCpuShare: number;
  readonly p50Ms: number;
}

const single = `single puts, ${singleConnections} connections`;
const loads: Readonly<Record<string, Pick<LoadOptions, 'kind' | 'connections' | 'batchSize'>>> = {
  [single]: { kind: 'put', connections: singleConnections },
  ...Object.fromEntries(
    [1, 2, 4].map((connections) => [
      `batches of ${size}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
      { kind: 'batch', connections, batchSize: size },
    ]),
  ),
};

const directory = mkdtempSync(path.join(tmpdir(), 'concave-bench-'));
const server = await startConcave(path.join(directory, 'data'));
try {
  console.log(describeMachine());
  console.log(`${rounds} rounds of ${seconds} s each, taking turns; medians`);
  const results = Object.fromEntries(Object.keys(loads).map((name): [string, Round[]] => [name, []]));
  // The first one lets both sides be compiled.
  for (let round = 0; round <= rounds; round += 1)
    for (const [index, [name, load]] of Object.entries(loads).entries()) {
      const result = await measure(server, load, `${index}-${round.toString().padStart(6, '0')}`);
      if (round > 0) results[name]!.push(result);
    }
  report(results);
} finally {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function measure(
  server: BenchServer,
  load: Pick<LoadOptions, 'kind' | 'connections' | 'batchSize'>,
  name: string,
): Promise<Round> {
  const cpuBefore = server.cpuMicroseconds();
  const result = await runLoad({ port: server.port, seconds, name, keys, ...load });
  const { statuses, clientCpuShare, p50Ms } = result;
  const { 200: transactions = 0, ...others } = statuses;
  if (Object.keys(others).length > 0) throw new Error(`unexpected statuses: ${JSON.stringify(statuses)}`);
  const cpu = (server.cpuMicroseconds() - cpuBefore) / transactions;
  return { rate: transactions / result.seconds, cpu, clientCpuShare, p50Ms };
}

function report(results: Readonly<Record<string, readonly Round[]>>): void {
  const figure = (rounds: readonly Round[], of: keyof Round) => median(rounds.map((round) => round[of]));
  const times = (rounds: readonly Round[]) =>
    median(rounds.map(({ rate }, round) => rate / results[single]![round]!.rate));
  const rows = Object.entries(results).map(([name, rounds]) => ({
    '': name,
    'transactions/s': Math.round(figure(rounds, 'rate')),
    'of single puts': `${times(rounds).toFixed(1)} ×`,
    'server CPU µs each': figure(rounds, 'cpu').toFixed(1),
    'p50 of a request, ms': figure(rounds, 'p50Ms').toFixed(1),
    'client CPU share': figure(rounds, 'clientCpuShare').toFixed(2),
  }));
  console.log(`\n${table(rows)}`);
  const best = Math.max(...Object.values(results).map(times));
  console.log(`batches carry ${best.toFixed(1)} × the transactions of single puts (median of ${rounds} pairs)`);
}
