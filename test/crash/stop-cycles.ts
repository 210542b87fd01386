/**
 * S30: a server under load is stopped with SIGTERM, in every way in which that reaches it, and started again. It answers what
 * it has taken in, seals its log and ends with 0; one history tells of all its lives.
 */
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLogDirectory } from '../history/read-log.ts';
import { ServerProcess } from '../support/server-process.ts';
import { judge } from './judge.ts';
import { Load } from './load.ts';

/** Who gets the signal, and whether npm runs the server. */
const ways = [
  { throughNpm: false, stop: (server: ServerProcess) => server.kill('SIGTERM') },
  { throughNpm: true, stop: (server: ServerProcess) => server.kill('SIGTERM') },
  { throughNpm: true, stop: (server: ServerProcess) => server.child.kill('SIGTERM') },
  { throughNpm: true, stop: (server: ServerProcess) => server.killGroup('SIGTERM') },
] as const;

/** Every way has its turn. */
export const stopWays = ways.length;

export type StopFigures = Readonly<Record<'cycles' | 'acknowledged' | 'unknown' | 'operations', number>>;

const ANSWERS_BEFORE_STOP = 200;
const STOP_MS_MAX = 5000;

export async function stopCycles({ cycles, seed }: { cycles: number; seed: number }): Promise<StopFigures> {
  using root = mkdtempDisposableSync(join(tmpdir(), 'concave-stop-'));
  const dataDir = join(root.path, 'data');
  const blocks = ['--max-block-size', '256 KiB', '--max-blocks', '1000'];
  const load = new Load({ clients: 64, keys: 100, seed });
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const { throughNpm, stop } = ways[cycle % ways.length]!;
    // Every way has its turn with HTTP in the thread of the store and with HTTP on others.
    const args = [...blocks, '--threads', String(1 + (Math.floor(cycle / ways.length) % 2))];
    await using server = await ServerProcess.start({ dataDir, args, throughNpm });
    expectCleanStart(server);
    await load.readAll(server.url);
    const gone = load.run(server.url);
    await load.answered(ANSWERS_BEFORE_STOP);
    stop(server);
    await gone;
    await expectCleanStop(server);
    load.recorder.restart();
  }
  await using server = await ServerProcess.start({ dataDir, args: blocks });
  await load.readAll(server.url);
  server.kill('SIGTERM');
  await expectCleanStop(server);
  const { history } = load.recorder;
  judge(history, dataDir, `stopCycles(${JSON.stringify({ cycles, seed })})`);
  const { acknowledged, unknown } = load.figures;
  // Whoever lost the connection sent a put that was not taken in: of all others the clients know.
  const { lastSeq } = readLogDirectory(dataDir);
  if (lastSeq !== acknowledged) throw new Error(`${lastSeq} puts were done, and ${acknowledged} acknowledged`);
  return { cycles, acknowledged, unknown, operations: history.operations.length };
}

/** The last run left nothing to be mended. */
function expectCleanStart({ log }: ServerProcess): void {
  const mended = log.find(({ event }) => event === 'torn_tail' || event === 'seal_finished');
  if (mended) throw new Error(`after a clean stop: ${JSON.stringify(mended)}`);
}

async function expectCleanStop(server: ServerProcess): Promise<void> {
  const { code, signal } = await server.waitForExit();
  if (code !== 0) throw new Error(`the stop ended with ${code ?? signal}\n${server.stderr}`);
  const [from, to] = ['draining', 'stopped'].map((name) => server.log.find(({ event }) => event === name)?.time);
  const tookMs = Date.parse(String(to)) - Date.parse(String(from));
  if (!(tookMs <= STOP_MS_MAX)) throw new Error(`the stop took ${tookMs} ms`);
}
