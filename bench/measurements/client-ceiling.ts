/** How much can the load client do where the server does next to nothing? */

import type { Workload } from '../load/workload.ts';
import type { Measurement, Section } from '../measurement.ts';
import { roundsTable } from '../report/rounds-table.ts';
import { startProgram } from '../servers/start.ts';
import { withServers } from '../servers/with-servers.ts';
import { connect } from '../support/connect-all.ts';
import { type Rounds, takeTurns } from '../support/rounds.ts';

/** About what concave's reply to a put of one object takes. */
const REPLY_BYTES = '90';

interface Data {
  readonly connections: number;
  readonly results: Rounds;
}

export const clientCeiling: Measurement<Data> = {
  name: 'client-ceiling',
  title: 'Is the client ever the limit?',
  seconds: 20,
  async measure({ client, size }) {
    const connections = size({ smoke: 8, full: 256 });
    const keys = size({ smoke: 80, full: 10_240 });
    const turns = { rounds: size({ smoke: 1, full: 5 }), run: { seconds: size({ smoke: 0.05, full: 1 }) } };
    const at = (workload: Workload) =>
      withServers({ constant: () => startProgram('constant-server', REPLY_BYTES) }, async ({ constant }) => {
        const contestant = await connect(client, constant, { connections, workload });
        return (await takeTurns({ constant: contestant }, turns)).constant!;
      });
    const put = await at({ kind: 'put', name: 'ceiling0', keys });
    return { connections, results: { put, get: await at({ kind: 'get', name: 'ceiling0', keys }) } };
  },
  report({ connections, results }): Section {
    return {
      about: `The same client against a server that answers every chunk with one constant reply and looks at nothing: what it does here is the most that it can on this machine, with ${connections} connections.`,
      tables: [roundsTable(results, { heading: 'request', counted: 'requests' })],
    };
  },
};
