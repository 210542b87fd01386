/**
 * Question: what does being watched cost? Three states of the server take turns in one run, at full load: without the
 * inspector, with it but nobody looking on, and with a viewer that reads every frame, in a process of its own on the same
 * cores. Puts of one key, 256 connections.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describeMachine, median, parameter, quantile, table } from './support/parameters.ts';
import { type BenchServer, runLoad, startConcave } from './support/processes.ts';

const connections = parameter('connections', { smoke: 8, full: 256 });
const seconds = parameter('seconds', { smoke: 0.2, full: 1 });
const rounds = parameter('rounds', { smoke: 1, full: 45 });
const keys = parameter('keys', { smoke: 100, full: 10_000 });

const states = ['off', 'on, unwatched', 'on, watched'] as const;
type State = (typeof states)[number];
const orders: readonly (readonly State[])[] = states.flatMap((first) => {
  const [one, other] = states.filter((state) => state !== first) as [State, State];
  return [
    [first, one, other],
    [first, other, one],
  ];
});

interface Round {
  readonly rate: number;
  readonly cpu: number;
}

interface Seen {
  readonly frames: number;
  readonly bytes: number;
  readonly records: number;
}

const directory = mkdtempSync(path.join(tmpdir(), 'concave-bench-'));
// A server for each, so that all have the same data at the same time.
const servers: Record<State, BenchServer> = {
  off: await startConcave(path.join(directory, 'off')),
  'on, unwatched': await startConcave(path.join(directory, 'unwatched'), ['--inspect']),
  'on, watched': await startConcave(path.join(directory, 'watched'), ['--inspect']),
};
const results: Record<State, Round[]> = { off: [], 'on, unwatched': [], 'on, watched': [] };
const seen: Seen[] = [];
try {
  console.log(describeMachine());
  console.log(
    `puts of one key, ${connections} connections, ${rounds} rounds of ${seconds} s each, taking turns; medians`,
  );
  for (const server of Object.values(servers)) await load(server, 'warm-000');
  for (let round = 0; round < rounds; round += 1) {
    const name = `round-${String(round).padStart(2, '0')}`;
    // In every order in turn: whoever comes first, or after a certain other, may be better off.
    for (const state of orders[round % orders.length]!) {
      const work = () => load(servers[state], name);
      results[state].push(await (state === 'on, watched' ? watched(servers[state], work) : work()));
    }
  }
  report();
} finally {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  rmSync(directory, { recursive: true, force: true });
}

async function load(server: BenchServer, name: string): Promise<Round> {
  const cpuBefore = server.cpuMicroseconds();
  const {
    requests,
    seconds: took,
    statuses,
  } = await runLoad({
    port: server.port,
    kind: 'put',
    connections,
    seconds,
    name,
    keys,
  });
  if (Object.keys(statuses).some((status) => status !== '200'))
    throw new Error(`unexpected statuses: ${JSON.stringify(statuses)}`);
  return { rate: requests / took, cpu: (server.cpuMicroseconds() - cpuBefore) / requests };
}

async function watched({ port }: BenchServer, work: () => Promise<Round>): Promise<Round> {
  const script = path.join(import.meta.dirname, 'support/viewer.ts');
  const viewer = spawn(process.execPath, [script, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(viewer, 'exit');
  try {
    const lines = createInterface({ input: viewer.stdout })[Symbol.asyncIterator]();
    await lines.next();
    const result = await work();
    viewer.kill('SIGTERM');
    seen.push(JSON.parse((await lines.next()).value as string) as Seen);
    return result;
  } finally {
    viewer.kill('SIGTERM');
    await ended;
  }
}

function report(): void {
  const of = (state: State, figure: keyof Round) => median(results[state].map((round) => round[figure]));
  const shares = (state: State, than: State, figure: keyof Round) =>
    results[state].map((round, index) => round[figure] / results[than][index]![figure]);
  const rows = states.map((state) => ({
    inspector: state,
    'puts/s': Math.round(of(state, 'rate')),
    'of the rate without': percent(shares(state, 'off', 'rate')),
    'server CPU µs/put': of(state, 'cpu').toFixed(1),
    'of the CPU without': percent(shares(state, 'off', 'cpu')),
  }));
  console.log(table(rows));
  const perSecond = (figure: keyof Seen) => median(seen.map((one) => one[figure])) / seconds;
  console.log(
    `the viewer got ${perSecond('frames').toFixed(1)} frames, ${perSecond('records').toFixed(0)} transactions and ${(perSecond('bytes') / 1000).toFixed(0)} kB a second`,
  );
  const watchedShare = median(shares('on, watched', 'on, unwatched', 'rate')) * 100;
  console.log(`watched, puts keep ${watchedShare.toFixed(0)} % of their rate`);
}

/** The median, and the quarter above and below it. */
function percent(shares: readonly number[]): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => (quantile(shares, share) * 100).toFixed(1));
  return `${middle} % (${low} to ${high})`;
}
