/** The four workloads that the README of the original toy has figures for: how fast are they here? */
import type { RunOptions } from '../load/connections.ts';
import type { Workload } from '../load/workload.ts';
import type { Measurement, Section } from '../measurement.ts';
import { contestantsPlot } from '../report/contestants-plot.ts';
import { roundsTable } from '../report/rounds-table.ts';
import { startConcave } from '../servers/start.ts';
import { withServers } from '../servers/with-servers.ts';
import { connect } from '../support/connect-all.ts';
import { type Round, type Rounds, takeTurn } from '../support/rounds.ts';

const ORIGINAL = [
  ['gets of missing keys', '148,000'],
  ['puts of one new object', '70,000'],
  ['puts of 500 new objects, objects', '264,000'],
  ['read-increment-write, committed', '43,000'],
] as const;
type Name = (typeof ORIGINAL)[number][0];

interface Data {
  readonly tasks: number;
  readonly results: Rounds;
}

export const originalWorkloads: Measurement<Data> = {
  name: 'original-workloads',
  title: "The original's four workloads",
  seconds: 330,
  async measure({ directory, client, size }) {
    const tasks = size({ smoke: 8, full: 512 });
    const objects = size({ smoke: 10, full: 500 });
    const [gets, singles, large, increments] = size({ smoke: [5, 5, 2, 5], full: [1000, 500, 5, 1000] }) as [
      number,
      number,
      number,
      number,
    ];
    const workloads: Readonly<Record<Name, readonly [Workload, RunOptions]>> = {
      'gets of missing keys': [{ kind: 'getMissing', name: 'missing0' }, { requestsEach: gets }],
      'puts of one new object': [{ kind: 'put', name: 'single00', keys: tasks * singles }, { requestsEach: singles }],
      'puts of 500 new objects, objects': [
        { kind: 'putMany', objects, name: 'large000', keys: tasks * large * objects },
        { requestsEach: large },
      ],
      // Each increment is two requests.
      'read-increment-write, committed': [{ kind: 'increment', name: 'counter0' }, { requestsEach: 2 * increments }],
    };
    const results = Object.fromEntries(ORIGINAL.map(([name]): [Name, Round[]] => [name, []])) as Record<Name, Round[]>;
    for (let round = 0; round < size({ smoke: 1, full: 5 }); round += 1)
      await withServers({ concave: () => startConcave(`${directory}/${round}`) }, async ({ concave }) => {
        for (const [name, [workload, run]] of Object.entries(workloads) as [Name, [Workload, RunOptions]][]) {
          const contestant = await connect(client, concave, { connections: tasks, workload });
          results[name].push(await takeTurn(contestant, run));
          await contestant.connections.close();
        }
      });
    return { tasks, results };
  },
  report({ tasks, results }): Section {
    const { columns, rows } = roundsTable(results, { heading: `${tasks} tasks`, counted: 'done' });
    const withOriginal = rows.map((row, at) => [...row.slice(0, 2), ORIGINAL[at]![1], ...row.slice(2)]);
    return {
      about: `${tasks} tasks, each waiting for its answers: 1,000 gets of a key that does not exist; 500 puts of one new object; 5 puts of 500 new objects; 1,000 times a key of its own is read, incremented and put with the version that was read, of which only what was committed counts. Each round has a new server, on one thread, that is not warmed up, and one client process for all tasks. The original's figures are its author's, from his machine (an Intel i7-9750H with 12 threads), with writes to disk every 5 ms: they are here to recognise the workloads, not to compare.`,
      tables: [{ columns: [...columns.slice(0, 2), 'original/s', ...columns.slice(2)], rows: withOriginal }],
      plots: [contestantsPlot(results, { name: 'original', title: "The original's workloads", counted: 'done' })],
    };
  },
};
