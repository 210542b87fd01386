/** How long do requests take at a quarter, a half and three quarters of the most that the server does? */
import type { Measurement, Section } from '../measurement.ts';
import { roundsTable } from '../report/rounds-table.ts';
import { medianOf } from '../report/statistics.ts';
import { startConcave } from '../servers/start.ts';
import { withServers } from '../servers/with-servers.ts';
import { connect } from '../support/connect-all.ts';
import { type Contestant, type Rounds, takeTurns } from '../support/rounds.ts';

const SHARES = { 'at 25 %': 0.25, 'at 50 %': 0.5, 'at 75 %': 0.75 } as const;
const FULL = 'as fast as it goes';
const KINDS = ['put', 'get'] as const;

interface Data {
  readonly connections: number;
  readonly put: Rounds;
  readonly get: Rounds;
}

export const latencyUnderLoad: Measurement<Data> = {
  name: 'latency-under-load',
  title: 'Latency under load',
  seconds: 115,
  measure({ directory, client, size }) {
    const connections = size({ smoke: 8, full: 256 });
    const keys = size({ smoke: 80, full: 10_240 });
    const rounds = size({ smoke: 1, full: 5 });
    const run = { seconds: size({ smoke: 0.1, full: 2 }) };
    return withServers({ concave: () => startConcave(`${directory}/data`) }, async ({ concave }) => {
      const results: Record<string, Rounds> = {};
      for (const kind of KINDS) {
        const contestant = await connect(client, concave, { connections, workload: { kind, name: 'latency0', keys } });
        await contestant.connections.run({ requestsEach: keys / connections });
        const { [FULL]: most } = await takeTurns({ [FULL]: contestant }, { rounds, run });
        const atShares = atRates(contestant, run.seconds, medianOf(most!, 'rate'));
        results[kind] = { ...(await takeTurns(atShares, { rounds, run })), [FULL]: most! };
      }
      return { connections, put: results.put!, get: results.get! };
    });
  },
  report(data): Section {
    return {
      about: `${data.connections} connections at one thread. "As fast as it goes": each sends its next request when it has its answer, so the latency is the number of connections by the rate. At a share of that, requests come at a steady rate whatever the server does; a request is due at a tick of 1 ms of the client, and its latency counts from there, also while it waits for a free connection.`,
      tables: KINDS.map((kind) => roundsTable(data[kind], { heading: kind, counted: 'requests' })),
    };
  },
};

function atRates(contestant: Contestant, seconds: number, most: number): Record<string, Contestant> {
  return Object.fromEntries(
    Object.entries(SHARES).map(([name, share]): [string, Contestant] => [
      name,
      { ...contestant, run: { seconds, requestsPerS: most * share } },
    ]),
  );
}
