/** Do puts wait longer while blocks are merged all the time? */
import type { Measurement, Section } from '../measurement.ts';
import { roundsTable } from '../report/rounds-table.ts';
import { medianOf, medianRatio } from '../report/statistics.ts';
import { number, percent, times } from '../report/words.ts';
import { startConcave } from '../servers/start.ts';
import { withServers } from '../servers/with-servers.ts';
import { connectAll, eachKeyOnce } from '../support/connect-all.ts';
import { type Rounds, takeTurns } from '../support/rounds.ts';

const MERGING = 'merging all the while';
const QUIET = 'nothing to merge';
const WANTED_TIMES = 2;

interface Data {
  readonly connections: number;
  readonly keys: number;
  readonly results: Rounds;
  /** While the merging server was loaded: how many merges ended, and for how much of the time one was under way. */
  readonly merges: number;
  readonly mergingShare: number;
}

export const compactionLatency: Measurement<Data> = {
  name: 'compaction-latency',
  title: 'Puts while blocks are merged',
  seconds: 70,
  measure({ directory, client, size }) {
    const connections = size({ smoke: 8, full: 256 });
    const keys = size({ smoke: 160, full: 102_400 });
    const rounds = size({ smoke: 1, full: 5 });
    const seconds = size({ smoke: 0.2, full: 4 });
    const block = ['--max-block-size', size({ smoke: '16 KiB', full: '256 KiB' })];
    const mergedMs: number[] = [];
    const starts = {
      [QUIET]: () =>
        startConcave(`${directory}/quiet`, { flags: [...block, '--max-blocks', '1000'], onLine: () => {} }),
      [MERGING]: () =>
        startConcave(`${directory}/merging`, {
          flags: [...block, '--max-blocks', '1'],
          onLine: (line) => {
            const { event, tookMs } = JSON.parse(line) as { event?: string; tookMs?: number };
            if (event === 'compacted') mergedMs.push(tookMs!);
          },
        }),
    };
    return withServers(starts, async (servers) => {
      const workload = { kind: 'put', name: 'compact0', keys } as const;
      const contestants = await connectAll(client, servers, { connections, workload });
      await eachKeyOnce(contestants, keys / connections);
      const { [MERGING]: most } = await takeTurns({ [MERGING]: contestants[MERGING] }, { rounds: 1, run: { seconds } });
      const run = { seconds, requestsPerS: medianOf(most!, 'rate') / 2 };
      mergedMs.length = 0;
      const results = await takeTurns(contestants, { rounds, run });
      const loadedMs = (rounds + 1) * seconds * 1000;
      const mergingShare = Math.min(1, mergedMs.reduce((sum, ms) => sum + ms, 0) / loadedMs);
      return { connections, keys, results, merges: mergedMs.length, mergingShare };
    });
  },
  report({ connections, keys, results, merges, mergingShare }): Section {
    const ratio = medianRatio(results[MERGING]!, results[QUIET]!, 'p99Ms');
    return {
      about: `Puts of one object over ${connections} connections, uniform over ${number(keys)} keys, at half the rate that the merging server reaches, steady. Blocks are small on both sides; one merges down to a single block, again and again (${merges} merges ended while it was loaded, and one was under way for ${percent(mergingShare)} of that time), the other has nothing to merge.`,
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
