/** The same load at several servers. */
import type { ConnectOptions } from '../load/connections.ts';
import type { LoadClient } from '../load/load-client.ts';
import type { BenchServer } from '../servers/bench-server.ts';
import type { Contestant } from './rounds.ts';

export async function connect(
  client: LoadClient,
  server: BenchServer,
  options: Omit<ConnectOptions, 'port'>,
): Promise<Contestant> {
  return { server, connections: await client.open({ port: server.port, ...options }) };
}

export async function connectAll<Name extends string>(
  client: LoadClient,
  servers: Readonly<Record<Name, BenchServer>>,
  options: Omit<ConnectOptions, 'port'>,
): Promise<Record<Name, Contestant>> {
  const all = {} as Record<Name, Contestant>;
  for (const [name, server] of Object.entries(servers) as [Name, BenchServer][])
    all[name] = await connect(client, server, options);
  return all;
}

/** So that each of the keys exists, where every connection has so many of its own. */
export async function eachKeyOnce(contestants: Readonly<Record<string, Contestant>>, ownKeys: number): Promise<void> {
  for (const { connections } of Object.values(contestants)) await connections.run({ requestsEach: Math.ceil(ownKeys) });
}

export async function closeAll(contestants: Readonly<Record<string, Contestant>>): Promise<void> {
  for (const { connections } of Object.values(contestants)) await connections.close();
}
