/** Is a store of a million keys slower than one of a thousand? */
import type { Measurement, Section } from '../measurement.ts';
import { roundsTable } from '../report/rounds-table.ts';
import { medianRatio } from '../report/statistics.ts';
import { percent } from '../report/words.ts';
import { startConcave } from '../servers/start.ts';
import { withServers } from '../servers/with-servers.ts';
import { connect } from '../support/connect-all.ts';
import { type Contestant, type Rounds, takeTurns } from '../support/rounds.ts';
import { runProgram } from '../support/run-program.ts';

const FEW = '1,000 keys';
const MANY = '1,000,000 keys';
const NAME = 'keycount';
/** Gets first, of stores in which no merge is due: what puts leave to be merged would be counted as theirs. */
const KINDS = ['get', 'put'] as const;
const WANTED = 0.9;

interface Data {
  readonly connections: number;
  readonly put: Rounds;
  readonly get: Rounds;
}

export const keyCount: Measurement<Data> = {
  name: 'key-count',
  title: 'A million keys',
  seconds: 60,
  async measure({ directory, client, size }) {
    const connections = size({ smoke: 10, full: 250 });
    const counts = { [FEW]: size({ smoke: 100, full: 1_000 }), [MANY]: size({ smoke: 1_000, full: 1_000_000 }) };
    const turns = { rounds: size({ smoke: 1, full: 5 }), run: { seconds: size({ smoke: 0.1, full: 1.5 }) } };
    const dataDirs = { [FEW]: `${directory}/few`, [MANY]: `${directory}/many` };
    for (const name of [FEW, MANY] as const)
      await runProgram('fill-store', { dataDir: dataDirs[name], name: NAME, keys: counts[name], isCompacted: true });
    const starts = { [FEW]: () => startConcave(dataDirs[FEW]), [MANY]: () => startConcave(dataDirs[MANY]) };
    return withServers(starts, async (servers) => {
      const results: Record<string, Rounds> = {};
      for (const kind of KINDS) {
        const contestants: Record<string, Contestant> = {};
        for (const name of [FEW, MANY] as const) {
          const workload = { kind, name: NAME, keys: counts[name], firstVersion: 1 } as const;
          contestants[name] = await connect(client, servers[name], { connections, workload });
        }
        results[kind] = await takeTurns(contestants, turns);
      }
      return { connections, put: results.put!, get: results.get! };
    });
  },
  report(data): Section {
    return {
      about: `Gets, then puts, of one object of 36 + 36 characters over ${data.connections} connections, at one thread, all keys of the store in turn in an order that jumps about. The stores were filled and their blocks merged before; what the puts leave to be merged is merged while they run.`,
      tables: KINDS.map((kind) => roundsTable(data[kind], { heading: kind, counted: 'requests', base: FEW })),
      findings: KINDS.map((kind) => {
        const share = medianRatio(data[kind][MANY]!, data[kind][FEW]!);
        return {
          what: `${kind}s with 1,000,000 keys`,
          wanted: `${percent(WANTED)} of the rate with 1,000`,
          shown: `${percent(share)} of the rate with 1,000`,
          isMet: share >= WANTED,
          isHeadline: true,
        };
      }),
    };
  },
};
