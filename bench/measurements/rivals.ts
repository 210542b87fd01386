/** The same conditional, durable put of one object at other stores: how fast is each? */
import { mkdirSync } from 'node:fs';
import { mayUse } from '../../test/support/can-run.ts';
import type { Workload } from '../load/workload.ts';
import type { Measurement, Section } from '../measurement.ts';
import { contestantsPlot } from '../report/contestants-plot.ts';
import { roundsTable } from '../report/rounds-table.ts';
import { medianRatio } from '../report/statistics.ts';
import { times } from '../report/words.ts';
import type { BenchServer } from '../servers/bench-server.ts';
import { loadScript } from '../servers/redis.ts';
import { startConcave, startEtcd, startProgram, startRedis } from '../servers/start.ts';
import { withServers } from '../servers/with-servers.ts';
import { connect } from '../support/connect-all.ts';
import { type Contestant, inFreshRuns, type Rounds, STARTS, takeTurns } from '../support/rounds.ts';

/** What the findings are about: on the 2 cores of the usual machine, `threads` is 1 unless it is set. */
const CONCAVE = 'concave, 1 thread';
const CONCAVE_TWO = 'concave, 2 threads';
const FLOOR = 'bare Fastify, no store';
/** Those that concave is to be ahead of. */
const RIVALS = [
  'etcd, JSON gateway',
  'Fastify on lmdb',
  'Fastify on node:sqlite, a put a transaction',
  'Fastify on node:sqlite, a turn a transaction',
] as const;

/** Sets value and version where the version is the expected one, and says whether it was. */
const CONDITIONAL_PUT = `
local current = redis.call('HGET', KEYS[1], 'version') or '0'
if current ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'value', ARGV[2], 'version', ARGV[3])
return 1`;

interface Data {
  readonly connections: number;
  readonly missing: readonly string[];
  readonly results: Rounds;
}

export const rivals: Measurement<Data> = {
  name: 'rivals',
  title: 'Beside Redis, etcd, LMDB and SQLite',
  seconds: 190,
  async measure({ directory, client, size }) {
    const connections = size({ smoke: 8, full: 256 });
    const keys = size({ smoke: 80, full: 10_240 });
    const turns = { rounds: size({ smoke: 1, full: 3 }), run: { seconds: size({ smoke: 0.1, full: 1.5 }) } };
    const missing = [...(mayUse('redis-server') ? [] : ['Redis']), ...(mayUse('etcd') ? [] : ['etcd'])];
    const runs = size({ smoke: 1, full: STARTS });
    const { results } = await inFreshRuns(directory, runs, (place) => {
      const starts = Object.entries(startsIn(place)).filter(
        ([name]) => !missing.some((absent) => name.startsWith(absent)),
      );
      return withServers(Object.fromEntries(starts), async (servers) => {
        const contestants: Record<string, Contestant> = {};
        for (const [name, server] of Object.entries(servers)) {
          const workload = await workloadFor(name, server, { name: 'rivals00', keys });
          contestants[name] = await connect(client, server, { connections, workload });
        }
        return { results: await takeTurns(contestants, turns) };
      });
    });
    return { connections, missing, results };
  },
  report({ connections, missing, results }): Section {
    const absent =
      missing.length > 0 ? ` Not installed when this was measured, and left out: ${missing.join(', ')}.` : '';
    return {
      about: `Puts of one object of 36 + 36 characters that replace another if it has the version that is expected, ${connections} connections, an answer when the disk has it. All servers were started anew ${STARTS} times, on empty directories, for an equal number of rounds.${absent}\n\n- Redis: \`appendonly yes\`, \`appendfsync always\`; a script that compares the version and sets a hash, by \`EVALSHA\`.\n- etcd: one member; a transaction that compares the version, through the JSON gateway \`/v3/kv/txn\`.\n- lmdb: \`put\` with \`ifVersion\`; puts of a turn of the event loop share a transaction, which a thread of its own writes and syncs (its default).\n- node:sqlite: write-ahead log, \`synchronous=FULL\`; a transaction for each put, and, for its best, one for all puts of a turn.\n- The Fastify servers have the routes, schemas and reply sizes of concave; the bare one has nothing behind them.`,
      tables: [roundsTable(results, { heading: 'conditional put', counted: 'puts', base: CONCAVE })],
      plots: [contestantsPlot(results, { name: 'rivals', title: 'Durable conditional puts', counted: 'puts' })],
      findings: RIVALS.filter((name) => name in results).map((name) => {
        const ratio = medianRatio(results[CONCAVE]!, results[name]!);
        return {
          what: `durable conditional puts of one object, against ${name}`,
          wanted: 'ahead',
          shown: `${times(ratio)} its rate; ${times(medianRatio(results[CONCAVE_TWO]!, results[name]!))} with 2 threads`,
          isMet: ratio > 1,
          isHeadline: true,
        };
      }),
    };
  },
};

function startsIn(directory: string): Readonly<Record<string, () => Promise<BenchServer>>> {
  const place = (name: string) => {
    mkdirSync(`${directory}/${name}`);
    return `${directory}/${name}`;
  };
  return {
    [FLOOR]: () => startProgram('floor-server'),
    [CONCAVE]: () => startConcave(`${directory}/one`),
    [CONCAVE_TWO]: () => startConcave(`${directory}/two`, { threads: 2 }),
    'Redis, script': () => startRedis(place('redis')),
    'etcd, JSON gateway': () => startEtcd(place('etcd')),
    'Fastify on lmdb': () => startProgram('lmdb-server', place('lmdb')),
    'Fastify on node:sqlite, a put a transaction': () => startProgram('sqlite-server', place('sqlite'), 'put'),
    'Fastify on node:sqlite, a turn a transaction': () => startProgram('sqlite-server', place('sqlite-turn'), 'turn'),
  };
}

async function workloadFor(
  name: string,
  server: BenchServer,
  keys: { readonly name: string; readonly keys: number },
): Promise<Workload> {
  if (name.startsWith('Redis'))
    return { kind: 'redisPut', sha: await loadScript(server.port, CONDITIONAL_PUT), ...keys };
  return { kind: name.startsWith('etcd') ? 'etcdPut' : 'put', ...keys };
}
