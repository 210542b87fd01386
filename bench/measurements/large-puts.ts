/** How many objects a second come through puts of 500, beside a bare route that takes the same body? */
import type { Measurement, Section } from '../measurement.ts';
import { contestantsPlot } from '../report/contestants-plot.ts';
import { roundsTable } from '../report/rounds-table.ts';
import { medianOf, medianRatio } from '../report/statistics.ts';
import { number, percent } from '../report/words.ts';
import { startConcave, startProgram } from '../servers/start.ts';
import { withServers } from '../servers/with-servers.ts';
import { connectAll } from '../support/connect-all.ts';
import { type Rounds, takeTurns } from '../support/rounds.ts';

const FLOOR = 'bare Fastify';
const CONCAVE = 'concave';
/** Of the floor, and the original's figure. */
const SHARE = 0.6;
const OBJECTS_PER_S = 264_000;

interface Data {
  readonly connections: number;
  readonly objects: number;
  readonly results: Rounds;
}

export const largePuts: Measurement<Data> = {
  name: 'large-puts',
  title: 'Puts of 500 objects',
  seconds: 30,
  measure({ directory, client, size }) {
    const connections = size({ smoke: 2, full: 32 });
    const objects = size({ smoke: 10, full: 500 });
    const turns = { rounds: size({ smoke: 1, full: 5 }), run: { seconds: size({ smoke: 0.1, full: 2 }) } };
    const starts = { [FLOOR]: () => startProgram('floor-server'), [CONCAVE]: () => startConcave(`${directory}/data`) };
    return withServers(starts, async (servers) => {
      const workload = { kind: 'putMany', name: 'largeput', objects, keys: connections * objects * 4 } as const;
      const contestants = await connectAll(client, servers, { connections, workload });
      return { connections, objects, results: await takeTurns(contestants, turns) };
    });
  },
  report({ connections, objects, results }): Section {
    const share = medianRatio(results[CONCAVE]!, results[FLOOR]!);
    const rate = medianOf(results[CONCAVE]!, 'rate');
    return {
      about: `Puts of ${objects} objects of 36 + 36 characters, ${connections} connections, one thread. All objects of a put are written or none.`,
      tables: [roundsTable(results, { heading: `puts of ${objects}`, counted: 'objects', base: FLOOR })],
      plots: [contestantsPlot(results, { name: 'large-puts', title: `Puts of ${objects}`, counted: 'objects' })],
      findings: [
        {
          what: 'puts of 500 objects, objects a second',
          wanted: `${percent(SHARE)} of a bare Fastify route with the same body`,
          shown: `${percent(share)} of a bare Fastify route`,
          isMet: share >= SHARE,
        },
        {
          what: 'puts of 500 objects',
          wanted: `above ${number(OBJECTS_PER_S)} objects a second`,
          shown: `${number(rate)} objects a second`,
          isMet: rate > OBJECTS_PER_S,
          isHeadline: true,
        },
      ],
    };
  },
};
