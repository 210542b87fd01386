/** S24: many servers start at once on one directory. One of them serves, and all others say that the directory is in use. */
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpClient } from '../support/http-client.ts';
import { type LogLine, ServerProcess } from '../support/server-process.ts';

/** Twenty starts take a busy machine with two cores longer than one start may take. */
const BOUND_MS = 90_000;

/** In every round all start together, and the one that serves is killed at its end. */
export async function raceForDirectory(servers: readonly number[]): Promise<void> {
  using root = mkdtempDisposableSync(join(tmpdir(), 'concave-race-'));
  const dataDir = join(root.path, 'data');
  for (const [round, count] of servers.entries()) await oneRound(dataDir, round, count);
}

async function oneRound(dataDir: string, round: number, count: number): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const servers = Array.from({ length: count }, () => stack.use(ServerProcess.launch({ dataDir, boundMs: BOUND_MS })));
  const ends = await Promise.all(servers.map(endOf));
  const serving = servers.filter((_, index) => ends[index] === 'serves');
  if (serving.length !== 1) throw new Error(`of ${count} servers ${serving.length} serve: ${ends.join(', ')}`);
  const others = ends.filter((end) => end !== 'serves' && end !== 75);
  if (others.length > 0) throw new Error(`a server that may not serve ended with ${others.join(', ')}`);
  for (const server of servers) {
    if (server !== serving[0] && !server.stderr.includes(`data directory ${dataDir} is in use`))
      throw new Error(`a server that may not serve says ${server.stderr}`);
  }
  await keepsEveryRound(serving[0]!, round);
}

/** It serves, or its exit code. */
async function endOf(server: ServerProcess): Promise<'serves' | number | null> {
  const isReady = server.waitForEvent('ready').then((_: LogLine) => 'serves' as const);
  return isReady.catch(async () => (await server.waitForExit()).code);
}

/** What earlier rounds wrote is there, and what this one writes is kept. */
async function keepsEveryRound(server: ServerProcess, round: number): Promise<void> {
  using client = new HttpClient(server.url);
  for (let before = 0; before < round; before += 1) {
    const { status } = await client.get(`round-${before}`);
    if (status !== 200) throw new Error(`round ${round}: a get of what round ${before} wrote is answered ${status}`);
  }
  const { status } = await client.put([{ key: `round-${round}`, value: round, version: 0 }]);
  if (status !== 200) throw new Error(`round ${round}: a put is answered ${status}`);
}
