/** What do more threads of HTTP bring, with one engine behind them? */
import { cpus } from 'node:os';
import type { Measurement, Plot, Section } from '../measurement.ts';
import { lineChart } from '../report/line-chart.ts';
import { roundsTable } from '../report/rounds-table.ts';
import { median, medianOf, medianRatio } from '../report/statistics.ts';
import { number, times } from '../report/words.ts';
import type { BenchServer } from '../servers/bench-server.ts';
import { startConcave } from '../servers/start.ts';
import { withServers } from '../servers/with-servers.ts';
import { closeAll, connectAll, eachKeyOnce } from '../support/connect-all.ts';
import { inFreshRuns, type Round, type Rounds, STARTS, takeTurns } from '../support/rounds.ts';

const KINDS = ['put', 'get'] as const;
const WANTED = { put: 1.4, get: 1.5 } as const;

interface Data {
  readonly connections: number;
  readonly cores: number;
  readonly put: Rounds;
  readonly get: Rounds;
}

export const threads: Measurement<Data> = {
  name: 'threads',
  title: 'HTTP on threads',
  seconds: 120,
  async measure({ directory, client, size }) {
    const connections = size({ smoke: 8, full: 256 });
    const keys = size({ smoke: 80, full: 10_240 });
    const turns = { rounds: size({ smoke: 1, full: 3 }), run: { seconds: size({ smoke: 0.1, full: 1.5 }) } };
    const counts = size({ smoke: [1, 2], full: [1, 2, 3] });
    const startsIn = (place: string) =>
      Object.fromEntries(
        counts.map((threads): [string, () => Promise<BenchServer>] => [
          nameOf(threads),
          () => startConcave(`${place}/${threads}`, { threads }),
        ]),
      );
    const once = (place: string) =>
      withServers(startsIn(place), async (servers) => {
        const puts = await connectAll(client, servers, {
          connections,
          workload: { kind: 'put', name: 'threads0', keys },
        });
        await eachKeyOnce(puts, keys / connections);
        const put = await takeTurns(puts, turns);
        await closeAll(puts);
        const gets = await connectAll(client, servers, {
          connections,
          workload: { kind: 'get', name: 'threads0', keys },
        });
        return { put, get: await takeTurns(gets, turns) };
      });
    const runs = size({ smoke: 1, full: STARTS });
    return { connections, cores: cpus().length, ...(await inFreshRuns(directory, runs, once)) };
  },
  report(data): Section {
    return {
      about: `${data.connections} connections, puts and gets of one object, of servers that were started anew ${STARTS} times, on a machine with ${data.cores} cores that the client, the threads of HTTP and the engine share. With one thread HTTP is in the engine's; with more, each of them has HTTP and the engine has one more to itself. Where there are fewer cores than threads and client together, they wait for each other: with 2 threads, server and client kept ${number(coresBusy(data.put[nameOf(2)]!))} cores busy with puts, ${number(coresBusy(data.get[nameOf(2)]!))} with gets.`,
      tables: KINDS.map((kind) => roundsTable(data[kind], { heading: kind, counted: 'requests', base: nameOf(1) })),
      plots: [plot(data)],
      findings: KINDS.map((kind) => {
        const ratio = medianRatio(data[kind][nameOf(2)]!, data[kind][nameOf(1)]!);
        return {
          what: `${kind}s with 2 HTTP threads`,
          wanted: `${WANTED[kind]} × the rate of 1`,
          shown: `${times(ratio)} the rate of 1`,
          isMet: ratio >= WANTED[kind],
          isHeadline: true,
        };
      }),
    };
  },
};

/** By server and client together. */
function coresBusy(rounds: readonly Round[]): number {
  return median(
    rounds.map(({ rate, cpuMicroseconds, clientCpuShare }) => {
      return (rate * (cpuMicroseconds ?? Number.NaN)) / 1e6 + clientCpuShare;
    }),
  );
}

function nameOf(threads: number): string {
  return threads === 1 ? '1 thread' : `${threads} threads`;
}

function plot(data: Data): Plot {
  const series = KINDS.map((kind) => ({
    name: `${kind}s`,
    points: Object.entries(data[kind]).map(([name, rounds]): [number, number] => [
      Number.parseInt(name, 10),
      medianOf(rounds, 'rate'),
    ]),
  }));
  const svg = lineChart({
    title: 'Throughput against threads',
    xLabel: 'HTTP threads',
    yLabel: 'requests a second',
    scale: 'linear',
    series,
  });
  const alt = series.map(({ name, points }) => `${name}: ${points.map(([x, y]) => `${x}: ${number(y)}`).join(', ')}`);
  return { name: 'threads', alt: `Requests a second by HTTP threads; ${alt.join('; ')}`, svg };
}
