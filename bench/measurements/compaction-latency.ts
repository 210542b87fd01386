/** Do puts wait longer while blocks are merged all the time? */
import type { Measurement, Section } from '../measurement.ts';
import { roundsTable } from '../report/rounds-table.ts';
import { medianOf, medianRatio } from '../report/statistics.ts';
import { number, percent, times } from '../report/words.ts';
import { startConcave } from '../servers/start.ts';
import { withServers } from '../servers/with-servers.ts';
import { connectAll, eachKeyOnce } from '../support/connect-all.ts';
import { inFreshRuns, type Rounds, STARTS, takeTurns } from '../support/rounds.ts';

const MERGING = 'merging all the while';
const QUIET = 'nothing to merge';
const WANTED_TIMES = 2;

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
    const mergedMs: number[] = [];
    let isCounted = false;
    const startsIn = (place: string) => ({
      [QUIET]: () => startConcave(`${place}/quiet`, { flags: [...block, '--max-blocks', '1000'], onLine: () => {} }),
      [MERGING]: () =>
        startConcave(`${place}/merging`, {
          flags: [...block, '--max-blocks', '1'],
          onLine: (line) => {
            const { event, tookMs } = JSON.parse(line) as { event?: string; tookMs?: number };
            if (event === 'compacted' && isCounted) mergedMs.push(tookMs!);
          },
        }),
    });
    const once = (place: string) =>
      withServers(startsIn(place), async (servers) => {
        const workload = { kind: 'put', name: 'compact0', keys } as const;
        const contestants = await connectAll(client, servers, { connections, workload });
        await eachKeyOnce(contestants, keys / connections);
        const { [MERGING]: most } = await takeTurns(
          { [MERGING]: contestants[MERGING] },
          { rounds: 1, run: { seconds } },
        );
        const run = { seconds, requestsPerS: medianOf(most!, 'rate') / 2 };
        isCounted = true;
        const results = await takeTurns(contestants, { rounds, run });
        isCounted = false;
        return { results };
      });
    const { results } = await inFreshRuns(directory, runs, once);
    const loadedMs = runs * (rounds + 1) * seconds * 1000;
    const mergingShare = Math.min(1, mergedMs.reduce((sum, ms) => sum + ms, 0) / loadedMs);
    return { connections, keys, runs, results, merges: mergedMs.length, mergingShare };
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
