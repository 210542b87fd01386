/** What does being watched cost? */
import type { Measurement, Section } from '../measurement.ts';
import { roundsTable } from '../report/rounds-table.ts';
import { medianRatio } from '../report/statistics.ts';
import { number, percent } from '../report/words.ts';
import { startConcave } from '../servers/start.ts';
import { type Seen, Viewer } from '../servers/viewer.ts';
import { withServers } from '../servers/with-servers.ts';
import { connectAll } from '../support/connect-all.ts';
import { type Rounds, takeTurns } from '../support/rounds.ts';

const OFF = 'off';
const UNWATCHED = 'on, unwatched';
const WATCHED = 'on, watched';
const ANOTHER = 'off, another server like the first';

interface Data {
  readonly connections: number;
  readonly results: Rounds;
  /** By the viewer, while it was connected. */
  readonly seen: Seen & { readonly seconds: number };
}

export const inspector: Measurement<Data> = {
  name: 'inspector',
  title: 'Being watched',
  seconds: 65,
  measure({ directory, client, size }) {
    const connections = size({ smoke: 8, full: 256 });
    const keys = size({ smoke: 80, full: 10_240 });
    const turns = { rounds: size({ smoke: 2, full: 60 }), run: { seconds: size({ smoke: 0.05, full: 0.25 }) } };
    const flags = ['--inspect'];
    const starts = {
      [OFF]: () => startConcave(`${directory}/off`),
      [UNWATCHED]: () => startConcave(`${directory}/unwatched`, { flags }),
      [WATCHED]: () => startConcave(`${directory}/watched`, { flags }),
      [ANOTHER]: () => startConcave(`${directory}/another`),
    };
    return withServers(starts, async (servers) => {
      const workload = { kind: 'put', name: 'inspect0', keys } as const;
      const contestants = await connectAll(client, servers, { connections, workload });
      const startedMs = performance.now();
      const viewer = await Viewer.open(servers[WATCHED].port);
      const results = await takeTurns(contestants, turns).finally(() => viewer.close());
      return { connections, results, seen: { ...viewer.seen, seconds: (performance.now() - startedMs) / 1000 } };
    });
  },
  report({ connections, results, seen }): Section {
    const kept = medianRatio(results[WATCHED]!, results[UNWATCHED]!);
    const unwatched = medianRatio(results[UNWATCHED]!, results[OFF]!);
    const perSecond = (count: number) => number(count / seen.seconds);
    return {
      about: `Puts of one object, ${connections} connections, one thread; the load goes from one server to the next every quarter of a second. The viewer is a process of its own that reads and parses every frame, on the same cores; it got ${perSecond(seen.frames)} frames, ${perSecond(seen.records)} transactions and ${perSecond(seen.bytes / 1000)} kB a second of the whole run. The last server shows how far apart two come out that are the same.`,
      tables: [roundsTable(results, { heading: 'inspector', counted: 'puts', base: OFF, withoutLatencies: true })],
      findings: [
        {
          what: 'puts with the inspector on and nobody looking',
          shown: `${percent(unwatched)} of the rate without`,
        },
        {
          what: 'puts while somebody looks on',
          shown: `${percent(kept)} of the rate unwatched`,
        },
      ],
    };
  },
};
