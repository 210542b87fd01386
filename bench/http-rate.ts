/**
 * Question: how much of a bare Fastify route's rate is left when each put is a durable transaction, and each get a checked
 * read? 256 connections, one request under way on each, write and read 10,000 keys over and over; each round makes its own.
 * Four servers take turns in one run: the bare one, concave with its compactor idle (so many blocks are allowed that it has
 * nothing to do), concave as it comes, which merges blocks in another thread all the while, and the same with HTTP on two
 * threads. Client and servers share the machine: what counts is the ratio, and the CPU time a request.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeMachine, median, parameter, table } from './support/parameters.ts';
import { BenchServer, runLoad, startConcave } from './support/processes.ts';

const connections = parameter('connections', { smoke: 8, full: 256 });
const seconds = parameter('seconds', { smoke: 0.2, full: 3 });
const rounds = parameter('rounds', { smoke: 1, full: 7 });
const keys = parameter('keys', { smoke: 100, full: 10_000 });

interface Round {
  readonly rate: number;
  readonly cpu: number;
  readonly clientCpuShare: number;
}

const directory = mkdtempSync(path.join(tmpdir(), 'concave-bench-'));
const servers = {
  'bare Fastify': await BenchServer.start(['bench/support/floor-server.ts']),
  'concave, compactor idle': await startConcave(path.join(directory, 'idle'), ['--max-blocks', '1000']),
  'concave, as it comes': await startConcave(path.join(directory, 'default')),
  'concave, 2 threads': await startConcave(path.join(directory, 'threads'), ['--threads', '2']),
};
type Name = keyof typeof servers;
try {
  console.log(describeMachine());
  console.log(`${connections} connections, ${rounds} rounds of ${seconds} s each, taking turns; medians`);
  for (const kind of ['put', 'get'] as const) {
    // Makes the keys that gets read, and lets both sides be compiled.
    for (const server of Object.values(servers)) await measure(server, 'put', `warm-${kind}`, true);
    const results: Record<Name, Round[]> = {
      'bare Fastify': [],
      'concave, compactor idle': [],
      'concave, as it comes': [],
      'concave, 2 threads': [],
    };
    for (let round = 0; round < rounds; round += 1)
      for (const [name, server] of Object.entries(servers))
        results[name as Name].push(await measure(server, kind, kind === 'get' ? 'warm-get' : `round-${round}0`));
    report(kind, results);
  }
} finally {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  rmSync(directory, { recursive: true, force: true });
}

async function measure(server: BenchServer, kind: 'put' | 'get', name: string, all = false): Promise<Round> {
  const cpuBefore = server.cpuMicroseconds();
  const result = await runLoad({ port: server.port, kind, connections, seconds, name, keys, all });
  const { statuses, requests } = result;
  if (Object.keys(statuses).some((status) => status !== '200'))
    throw new Error(`unexpected statuses: ${JSON.stringify(statuses)}`);
  return {
    rate: requests / result.seconds,
    cpu: (server.cpuMicroseconds() - cpuBefore) / requests,
    clientCpuShare: result.clientCpuShare,
  };
}

function report(kind: string, results: Record<Name, Round[]>): void {
  const floor = results['bare Fastify'];
  const figure = (rounds: readonly Round[], of: keyof Round) => median(rounds.map((round) => round[of]));
  const share = (rounds: readonly Round[]) => median(rounds.map(({ rate }, round) => rate / floor[round]!.rate));
  const rows = Object.entries(results).map(([server, rounds]) => ({
    [kind]: server,
    'requests/s': Math.round(figure(rounds, 'rate')),
    'of the bare rate': `${(share(rounds) * 100).toFixed(0)} %`,
    'server CPU µs/request': figure(rounds, 'cpu').toFixed(1),
    'client CPU share': figure(rounds, 'clientCpuShare').toFixed(2),
  }));
  console.log(`\n${table(rows)}`);
  const idle = share(results['concave, compactor idle']);
  const one = results['concave, as it comes'];
  const busy = share(one);
  const two = median(results['concave, 2 threads'].map(({ rate }, round) => rate / one[round]!.rate));
  console.log(
    `${kind}: ${(idle * 100).toFixed(0)} % of the rate with the compactor idle, ${(busy * 100).toFixed(0)} % as it comes; 2 threads do ${two.toFixed(2)} × what 1 does (medians of ${floor.length} pairs)`,
  );
}
