/**
 * Question: how much of a bare Fastify route's rate is left when each put is a durable transaction, and each get a checked
 * read? 256 connections, one request under way on each; floor and concave take turns in one run. The client runs on the
 * same machine, so what counts is the ratio and the server's CPU time a request, not the rate.
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

const dataDir = mkdtempSync(path.join(tmpdir(), 'concave-bench-'));
const servers = {
  floor: await BenchServer.start(['bench/support/floor-server.ts']),
  concave: await startConcave(dataDir),
};
try {
  console.log(describeMachine());
  console.log(`${connections} connections, ${rounds} rounds of ${seconds} s each, taking turns; medians`);
  for (const kind of ['put', 'get'] as const) {
    // Fills the keys that gets read, and lets both sides be compiled.
    for (const server of Object.values(servers)) await measure(server, 'put', 'warm-up0');
    const results: Record<keyof typeof servers, Round[]> = { floor: [], concave: [] };
    for (let round = 0; round < rounds; round += 1)
      for (const [name, server] of Object.entries(servers))
        results[name as keyof typeof servers].push(
          await measure(server, kind, kind === 'get' ? 'warm-up0' : `r${round}-00000`.slice(0, 8)),
        );
    report(kind, results);
  }
} finally {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  rmSync(dataDir, { recursive: true, force: true });
}

async function measure(server: BenchServer, kind: 'put' | 'get', name: string): Promise<Round> {
  const cpuBefore = server.cpuMicroseconds();
  const result = await runLoad({ port: server.port, kind, connections, seconds, name, keys });
  const { statuses, requests } = result;
  // A warm-up that meets the keys of the one before is refused as stale; nothing else may be.
  const others = Object.keys(statuses).filter(
    (status) => status !== '200' && !(name === 'warm-up0' && status === '412'),
  );
  if (others.length > 0) throw new Error(`unexpected statuses: ${JSON.stringify(statuses)}`);
  return {
    rate: requests / result.seconds,
    cpu: (server.cpuMicroseconds() - cpuBefore) / requests,
    clientCpuShare: result.clientCpuShare,
  };
}

function report(kind: string, { floor, concave }: Record<keyof typeof servers, Round[]>): void {
  const figures = (rounds: readonly Round[], of: keyof Round) => median(rounds.map((round) => round[of]));
  const row = (server: string, rounds: readonly Round[]) => ({
    [kind]: server,
    'requests/s': Math.round(figures(rounds, 'rate')),
    'server CPU µs/request': figures(rounds, 'cpu').toFixed(1),
    'client CPU share': figures(rounds, 'clientCpuShare').toFixed(2),
  });
  const share = median(concave.map(({ rate }, round) => rate / floor[round]!.rate));
  const cpuShare = median(concave.map(({ cpu }, round) => floor[round]!.cpu / cpu));
  console.log(`\n${table([row('bare Fastify', floor), row('concave', concave)])}`);
  console.log(
    `${kind}: ${(share * 100).toFixed(0)} % of the rate, ${(cpuShare * 100).toFixed(0)} % by CPU time (median of ${concave.length} pairs)`,
  );
}
