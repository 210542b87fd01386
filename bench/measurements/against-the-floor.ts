/** How much of a bare Fastify route is left when a put is a durable transaction and a get a checked read? */
import type { Measurement, Section } from '../measurement.ts';
import { contestantsPlot } from '../report/contestants-plot.ts';
import { roundsTable } from '../report/rounds-table.ts';
import { medianRatio } from '../report/statistics.ts';
import { percent } from '../report/words.ts';
import { startConcave, startProgram } from '../servers/start.ts';
import { withServers } from '../servers/with-servers.ts';
import { connectAll, eachKeyOnce } from '../support/connect-all.ts';
import { type Rounds, takeTurns } from '../support/rounds.ts';

const FLOOR = 'bare Fastify';
const CONCAVE = 'concave';
const KINDS = ['put', 'get'] as const;

interface Data {
  readonly connections: number;
  readonly put: Rounds;
  readonly get: Rounds;
}

export const againstTheFloor: Measurement<Data> = {
  name: 'against-the-floor',
  title: 'Put and get against a bare route',
  seconds: 110,
  measure({ directory, client, size }) {
    const connections = size({ smoke: 8, full: 256 });
    const keys = size({ smoke: 80, full: 10_240 });
    const turns = { rounds: size({ smoke: 1, full: 15 }), run: { seconds: size({ smoke: 0.1, full: 1.5 }) } };
    const starts = { [FLOOR]: () => startProgram('floor-server'), [CONCAVE]: () => startConcave(`${directory}/data`) };
    return withServers(starts, async (servers) => {
      const puts = await connectAll(client, servers, {
        connections,
        workload: { kind: 'put', name: 'floorput', keys },
      });
      await eachKeyOnce(puts, keys / connections);
      const put = await takeTurns(puts, turns);
      const gets = await connectAll(client, servers, {
        connections,
        workload: { kind: 'get', name: 'floorput', keys },
      });
      return { connections, put, get: await takeTurns(gets, turns) };
    });
  },
  report(data): Section {
    return {
      about: `The bare server is Fastify with the same two routes, body and reply schemas and sizes, a constant answer, and nothing else: no hook, no check, no engine. Both have one thread. ${data.connections} connections with one request under way each, ${data.put[FLOOR]!.length} alternations. A put has one object of 36 + 36 characters and replaces another.`,
      tables: KINDS.map((kind) => roundsTable(data[kind], { heading: kind, counted: 'requests', base: FLOOR })),
      plots: KINDS.map((kind) =>
        contestantsPlot(data[kind], {
          name: `floor-${kind}`,
          title: `${kind === 'put' ? 'Puts' : 'Gets'} on one thread`,
          counted: 'requests',
        }),
      ),
      findings: [
        finding('put', data.put, 'rate', 0.8),
        finding('put', data.put, 'cpuMicroseconds', 0.8),
        finding('get', data.get, 'rate', 0.9),
        finding('get', data.get, 'cpuMicroseconds', 0.9),
      ],
    };
  },
};

function finding(kind: string, results: Rounds, by: 'rate' | 'cpuMicroseconds', share: number) {
  const [concave, floor] = [results[CONCAVE]!, results[FLOOR]!];
  const reached = by === 'rate' ? medianRatio(concave, floor) : medianRatio(floor, concave, by);
  const what = `${kind}s of one object, 256 connections, one thread, ${by === 'rate' ? 'rate' : 'by CPU time a request'}`;
  return {
    what,
    wanted: `${percent(share)} of a bare Fastify route`,
    shown: `${percent(reached)} of a bare Fastify route`,
    isMet: reached >= share,
    isHeadline: by === 'rate',
  };
}
