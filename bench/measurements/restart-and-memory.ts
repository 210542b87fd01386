/** How long does a start take, and how much memory does a key, from a thousand keys to millions? */
import { mkdirSync, rmSync } from 'node:fs';
import { totalmem } from 'node:os';
import { mayUse } from '../../test/support/can-run.ts';
import type { Bench, Measurement, Plot, Section } from '../measurement.ts';
import type { Loaded } from '../programs/load-store.ts';
import { lineChart } from '../report/line-chart.ts';
import { median } from '../report/statistics.ts';
import { number, times } from '../report/words.ts';
import { redisMemoryBytes } from '../servers/redis.ts';
import { startRedis } from '../servers/start.ts';
import { withServers } from '../servers/with-servers.ts';
import { connect } from '../support/connect-all.ts';
import { runProgram } from '../support/run-program.ts';

/** So much memory must the machine have for the largest store. */
const LARGEST_BYTES_MIN = 6 * 2 ** 30;
const LARGEST_KEYS = 5_000_000;
const HEAP = ['--max-old-space-size=4096'];

interface AtSize {
  readonly keys: number;
  /** Neighbours in time have the same index. */
  readonly store: readonly Loaded[];
  readonly script: readonly Loaded[];
}

interface Data {
  readonly sizes: readonly AtSize[];
  /** `null` where Redis is not installed. */
  readonly redis: { readonly keys: number; readonly bytesAKey: number } | null;
}

export const restartAndMemory: Measurement<Data> = {
  name: 'restart-and-memory',
  title: 'Restart and memory',
  seconds: 200,
  async measure(bench) {
    const { size } = bench;
    const counts = size({ smoke: [1_000], full: [1_000, 10_000, 100_000, 1_000_000] });
    if (size({ smoke: false, full: totalmem() >= LARGEST_BYTES_MIN })) counts.push(LARGEST_KEYS);
    const sizes: AtSize[] = [];
    for (const keys of counts) sizes.push(await loadBoth(bench, keys, keys === LARGEST_KEYS ? 1 : 5));
    return { sizes, redis: mayUse('redis-server') ? await redisMemory(bench) : null };
  },
  report({ sizes, redis }): Section {
    const atMillion = sizes.find(({ keys }) => keys === 1_000_000) ?? sizes.at(-1)!;
    const ratio = median(atMillion.store.map(({ ms }, at) => ms / atMillion.script[at]!.ms));
    const beside = redis
      ? `; Redis ${number(redis.bytesAKey)} with ${number(redis.keys)} keys`
      : '; Redis was not installed';
    return {
      about: `Keys and values of 36 characters each, put 500 at a time, not compacted. The script reads the same pairs from lines of JSON into a \`Map\` of \`{value, version}\` and checks nothing: the least that any program in JavaScript would need. Both run in processes of their own, taking turns. Memory is the heap after a full collection, by the number of keys; that of Redis is \`used_memory\`, less what it has when it is empty, for plain strings without versions.`,
      tables: [
        {
          columns: ['keys', 'start ms', 'script ms', 'of the script', 'heap bytes a key', 'script'],
          rows: sizes.map(row),
        },
      ],
      plots: [restartPlot(sizes), memoryPlot(sizes)],
      findings: [
        {
          what: `a start with ${atMillion.keys.toLocaleString('en')} keys, all checks included`,
          shown: `${times(ratio)} a plain script that reads the same pairs from a file`,
          isHeadline: true,
        },
        {
          what: `memory of a key with ${atMillion.keys.toLocaleString('en')} keys of 36 + 36 characters`,
          shown: `${number(bytesAKey(atMillion.store, atMillion.keys))} bytes${beside}`,
          isHeadline: true,
        },
      ],
    };
  },
};

async function loadBoth({ directory, size }: Bench, keys: number, roundsWanted: number): Promise<AtSize> {
  const rounds = size({ smoke: 1, full: roundsWanted });
  const place = { dataDir: `${directory}/${keys}`, linesFile: `${directory}/${keys}.ndjson` };
  await runProgram('fill-store', { ...place, name: 'restart0', keys }, HEAP);
  const [store, script]: [Loaded[], Loaded[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    script.push(await load('load-lines', place, keys));
    store.push(await load('load-store', place, keys));
  }
  for (const path of Object.values(place)) rmSync(path, { recursive: true });
  return { keys, store, script };
}

async function load(program: string, place: object, keys: number): Promise<Loaded> {
  const loaded = await runProgram<Loaded>(program, place, HEAP);
  if (loaded.keys !== keys) throw new Error(`${program} found ${loaded.keys} of ${keys} keys`);
  return loaded;
}

async function redisMemory({ directory, client, size }: Bench): Promise<Data['redis']> {
  const connections = size({ smoke: 4, full: 250 });
  const keys = size({ smoke: 400, full: 1_000_000 });
  mkdirSync(`${directory}/redis`);
  return withServers({ redis: () => startRedis(`${directory}/redis`) }, async ({ redis }) => {
    const before = await redisMemoryBytes(redis.port);
    const workload = { kind: 'redisSet', name: 'restart0', keys } as const;
    const contestant = await connect(client, redis, { connections, workload });
    await contestant.connections.run({ requestsEach: keys / connections });
    await contestant.connections.close();
    return { keys, bytesAKey: ((await redisMemoryBytes(redis.port)) - before) / keys };
  });
}

function row({ keys, store, script }: AtSize): string[] {
  return [
    keys.toLocaleString('en'),
    number(millisecondsOf(store)),
    number(millisecondsOf(script)),
    times(median(store.map(({ ms }, at) => ms / script[at]!.ms))),
    number(bytesAKey(store, keys)),
    number(bytesAKey(script, keys)),
  ];
}

function millisecondsOf(loaded: readonly Loaded[]): number {
  return median(loaded.map(({ ms }) => ms));
}

/** Where there are few keys, the program itself is most of it. */
function bytesAKey(loaded: readonly Loaded[], keys: number): number {
  return median(loaded.map(({ heapBytes }) => heapBytes)) / keys;
}

function restartPlot(sizes: readonly AtSize[]): Plot {
  const svg = lineChart({
    title: 'Restart against number of keys',
    xLabel: 'keys',
    yLabel: 'milliseconds',
    scale: 'logarithmic',
    series: [
      { name: 'concave', points: sizes.map(({ keys, store }) => [keys, millisecondsOf(store)]) },
      { name: 'plain script', points: sizes.map(({ keys, script }) => [keys, millisecondsOf(script)]) },
    ],
  });
  const points = sizes.map(({ keys, store }) => `${keys.toLocaleString('en')}: ${number(millisecondsOf(store))}`);
  return { name: 'restart', alt: `Milliseconds of a start by number of keys; ${points.join('; ')}`, svg };
}

function memoryPlot(sizes: readonly AtSize[]): Plot {
  const megabytes = (loaded: readonly Loaded[]) => median(loaded.map(({ heapBytes }) => heapBytes)) / 1e6;
  const svg = lineChart({
    title: 'Memory against number of keys',
    xLabel: 'keys',
    yLabel: 'heap, MB',
    scale: 'logarithmic',
    series: [
      { name: 'concave', points: sizes.map(({ keys, store }) => [keys, megabytes(store)]) },
      { name: 'plain script', points: sizes.map(({ keys, script }) => [keys, megabytes(script)]) },
    ],
  });
  const points = sizes.map(({ keys, store }) => `${keys.toLocaleString('en')}: ${number(megabytes(store))}`);
  return { name: 'memory', alt: `Megabytes of heap by number of keys; ${points.join('; ')}`, svg };
}
