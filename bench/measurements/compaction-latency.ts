/** Do puts wait longer while blocks are merged all the time? */
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseBlockFileName } from '../../src/wal/block-name.ts';
import type { Measurement, Section } from '../measurement.ts';
import { roundsTable } from '../report/rounds-table.ts';
import { medianRatio } from '../report/statistics.ts';
import { number, percent, times } from '../report/words.ts';
import { startConcave } from '../servers/start.ts';
import { withServers } from '../servers/with-servers.ts';
import { connectAll, eachKeyOnce } from '../support/connect-all.ts';
import { inFreshRuns, type Rounds, STARTS, takeTurn, takeTurns } from '../support/rounds.ts';

const MERGING = 'merging all the while';
const QUIET = 'nothing to merge';
const WANTED_TIMES = 2;
const REST_MS_MAX = 60_000;

interface Data {
  readonly connections: number;
  readonly keys: number;
  /** How often the servers were started anew. */
  readonly runs: number;
  readonly results: Rounds;
  /** While the merging server was loaded: how many merges ended, and for how much of the time one was under way. */
  readonly merges: number;
  readonly mergingShare: number;
}

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

export const compactionLatency: Measurement<Data> = {
  name: 'compaction-latency',
  title: 'Puts while blocks are merged',
  seconds: 150,
  async measure({ directory, client, size }) {
    const connections = size({ smoke: 8, full: 256 });
    const keys = size({ smoke: 160, full: 102_400 });
    const rounds = size({ smoke: 1, full: 3 });
    const seconds = size({ smoke: 0.2, full: 4 });
    const runs = size({ smoke: 1, full: STARTS });
    const block = ['--max-block-size', size({ smoke: '16 KiB', full: '256 KiB' })];
    const merged: Span[] = [];
    const loaded: Span[] = [];
    const startsIn = (place: string) => ({
      [QUIET]: () => startConcave(`${place}/quiet`, { flags: [...block, '--max-blocks', '1000'], onLine: () => {} }),
      [MERGING]: () =>
        startConcave(`${place}/merging`, {
          flags: [...block, '--max-blocks', '1'],
          onLine: (line) => {
            const { event, tookMs } = JSON.parse(line) as { event?: string; tookMs?: number };
            const endMs = performance.now();
            if (event === 'compacted') merged.push({ startMs: endMs - tookMs!, endMs });
          },
        }),
    });
    const once = (place: string) =>
      withServers(startsIn(place), async (servers) => {
        const workload = { kind: 'put', name: 'compact0', keys } as const;
        const contestants = await connectAll(client, servers, { connections, workload });
        await eachKeyOnce(contestants, keys / connections);
        const most = await takeTurn(contestants[MERGING], { seconds });
        const run = { seconds, requestsPerS: most.rate / 2 };
        return { results: await takeTurns(contestants, { rounds, run, afterTurn }) };

        // What the one has left to merge is no load for the other.
        async function afterTurn(name: string): Promise<void> {
          if (name !== MERGING) return;
          const endMs = performance.now();
          loaded.push({ startMs: endMs - seconds * 1000, endMs });
          while (sealedBlocks(`${place}/merging`) > 1) {
            if (performance.now() - endMs > REST_MS_MAX) throw new Error('the merging server does not come to rest');
            await sleep(20);
          }
        }
      });
    const { results } = await inFreshRuns(directory, runs, once);
    const during = merged.filter((merge) => loaded.some((turn) => overlapMs(merge, turn) > 0));
    const mergingMs = during
      .flatMap((merge) => loaded.map((turn) => overlapMs(merge, turn)))
      .reduce((a, b) => a + b, 0);
    const mergingShare = mergingMs / (loaded.length * seconds * 1000);
    return { connections, keys, runs, results, merges: during.length, mergingShare };
  },
  report({ connections, keys, runs, results, merges, mergingShare }): Section {
    const ratio = medianRatio(results[MERGING]!, results[QUIET]!, 'p99Ms');
    return {
      about: `Puts of one object over ${connections} connections, uniform over ${number(keys)} keys, at half the rate that the merging server reaches, steady. Blocks are small on both sides; one merges down to a single block, again and again (${merges} merges ended while it was loaded, and one was under way for ${percent(mergingShare)} of that time), the other has nothing to merge. Both servers were started anew ${runs} times.`,
      tables: [roundsTable(results, { heading: 'at half the maximum rate', counted: 'puts' })],
      findings: [
        {
          what: 'p99 of puts during continuous compaction, at half the maximum rate',
          wanted: `${WANTED_TIMES} × without`,
          shown: `${times(ratio)} without`,
          isMet: ratio <= WANTED_TIMES,
          isHeadline: true,
        },
      ],
    };
  },
};

function overlapMs(a: Span, b: Span): number {
  return Math.max(0, Math.min(a.endMs, b.endMs) - Math.max(a.startMs, b.startMs));
}

/** Without the one that is being written. */
function sealedBlocks(directory: string): number {
  return readdirSync(directory).filter(parseBlockFileName).length - 1;
}
