/** How many durable transactions of one object come through batches of 500 a request, and through Redis with one a request? */
import { mkdirSync } from 'node:fs';
import { mayUse } from '../../test/support/can-run.ts';
import type { Measurement, Section } from '../measurement.ts';
import { contestantsPlot } from '../report/contestants-plot.ts';
import { roundsTable } from '../report/rounds-table.ts';
import { medianRatio } from '../report/statistics.ts';
import { times } from '../report/words.ts';
import type { BenchServer } from '../servers/bench-server.ts';
import { startConcave, startRedis } from '../servers/start.ts';
import { withServers } from '../servers/with-servers.ts';
import { connect } from '../support/connect-all.ts';
import { type Contestant, inFreshRuns, type Rounds, STARTS, takeTurns } from '../support/rounds.ts';

const REDIS = 'Redis SET';
const SINGLE = 'concave, single puts';
const WANTED = 1.5;

interface Data {
  readonly objects: number;
  readonly connections: number;
  readonly results: Rounds;
}

export const batchAgainstRedis: Measurement<Data> = {
  name: 'batch-against-redis',
  title: 'Batches against Redis',
  seconds: 100,
  async measure({ directory, client, size }) {
    const connections = size({ smoke: 8, full: 512 });
    const objects = size({ smoke: 10, full: 500 });
    const keys = size({ smoke: 80, full: 10_240 });
    const turns = { rounds: size({ smoke: 1, full: 3 }), run: { seconds: size({ smoke: 0.1, full: 1.5 }) } };
    const startsIn = (place: string) => {
      const starts: Record<string, () => Promise<BenchServer>> = { concave: () => startConcave(`${place}/data`) };
      if (!mayUse('redis-server')) return starts;
      mkdirSync(`${place}/redis`);
      return { ...starts, [REDIS]: () => startRedis(`${place}/redis`) };
    };
    const once = (place: string) =>
      withServers(startsIn(place), async ({ concave, [REDIS]: redis }) => {
        const contestants: Record<string, Contestant> = {
          [SINGLE]: await connect(client, concave!, { connections, workload: { kind: 'put', name: 'single00', keys } }),
        };
        for (const senders of [1, 2, 4])
          contestants[batchesOf(objects, senders)] = await connect(client, concave!, {
            connections: senders,
            workload: { kind: 'batch', objects, name: `batch00${senders}`, keys },
          });
        if (redis)
          contestants[REDIS] = await connect(client, redis, {
            connections,
            workload: { kind: 'redisSet', name: 'redisset', keys },
          });
        return { results: await takeTurns(contestants, turns) };
      });
    const runs = size({ smoke: 1, full: STARTS });
    return { objects, connections, ...(await inFreshRuns(directory, runs, once)) };
  },
  report({ objects, connections, results }): Section {
    const base = REDIS in results ? REDIS : SINGLE;
    return {
      about: `Each object is a transaction of its own, conditional and durable. Batches come in requests of ${objects} to \`/v1/batch\`, one under way on each connection; single puts and Redis's \`SET\` (unconditional, \`appendfsync always\`, no pipelining) come over ${connections} connections. Both servers were started anew ${STARTS} times.${REDIS in results ? '' : ' Redis was not installed when this was measured.'}`,
      tables: [roundsTable(results, { heading: 'transactions of one object', counted: 'transactions', base })],
      plots: [
        contestantsPlot(results, {
          name: 'batch-against-redis',
          title: 'Durable transactions of one object',
          counted: 'transactions',
        }),
      ],
      findings: REDIS in results ? [finding(objects, results)] : [],
    };
  },
};

function batchesOf(objects: number, senders: number): string {
  return `concave, batches of ${objects}, ${senders} connection${senders === 1 ? '' : 's'}`;
}

function finding(objects: number, results: Rounds) {
  const best = Math.max(
    ...[1, 2, 4].map((senders) => medianRatio(results[batchesOf(objects, senders)]!, results[REDIS]!)),
  );
  return {
    what: 'durable transactions of one object in batches of 500 a request',
    wanted: `${WANTED} × Redis SET, appendfsync always, 512 connections`,
    shown: `${times(best)} Redis SET`,
    isMet: best >= WANTED,
    isHeadline: true,
  };
}
