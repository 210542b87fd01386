/**
 * S31 and S22: a server is killed with SIGKILL at random moments, under load or while it recovers, and started again on the
 * same directory, over and over. One history tells of all its lives, and it must be that of one store that lost nothing.
 */
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LogContents, readLogDirectory } from '../history/read-log.ts';
import { Random } from '../support/random.ts';
import { ServerProcess } from '../support/server-process.ts';
import { judge } from './judge.ts';
import { Load } from './load.ts';

export interface KillOptions {
  readonly cycles: number;
  readonly seed: number;
  /** With it, blocks are small and merged all the time, and the history is judged by what clients saw. */
  readonly compaction: boolean;
}

export type KillFigures = Readonly<
  Record<'cycles' | 'killedInRecovery' | 'acknowledged' | 'unknown' | 'operations' | 'merges' | 'tornTails', number>
>;

/** The moment of a kill, from the moment when the server serves, or from its launch. */
const killAfterMs = { serving: [5, 300], launched: [20, 250] } as const;
/** Every few cycles the start after a kill is killed as well. */
const SHARE_KILLED_IN_RECOVERY = 0.2;
/** One life of so many has HTTP on threads of its own: what the clients see is one history all the same. */
const CYCLES_PER_THREADED = 5;

export async function killCycles({ cycles, seed, compaction }: KillOptions): Promise<KillFigures> {
  using root = mkdtempDisposableSync(join(tmpdir(), 'concave-kill-'));
  const dataDir = join(root.path, 'data');
  const blocks = ['--max-block-size', compaction ? '64 KiB' : '256 KiB', '--max-blocks', compaction ? '2' : '1000'];
  const random = new Random(seed);
  const load = new Load({ clients: 64, keys: 100, seed });
  const logs: LogContents[] = [];
  const counts = { killedInRecovery: 0, merges: 0, tornTails: 0 };
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const args = [...blocks, '--threads', cycle % CYCLES_PER_THREADED === 0 ? '2' : '1'];
    if (cycle > 0 && random.chance(SHARE_KILLED_IN_RECOVERY)) {
      await killWhileStarting({ dataDir, args }, random.integer(...killAfterMs.launched));
      counts.killedInRecovery += 1;
    }
    await using server = await ServerProcess.start({ dataDir, args });
    await load.readAll(server.url);
    // Merging deletes files while they are looked at.
    if (cycle > 0 && !compaction) logs.push(readLogDirectory(dataDir));
    const gone = load.run(server.url);
    await killAfter(server, random.integer(...killAfterMs.serving));
    await gone;
    load.recorder.restart();
    counts.merges += server.log.filter(({ event }) => event === 'compacted').length;
    counts.tornTails += server.log.filter(({ event }) => event === 'torn_tail').length;
  }
  await readAllAndKill({ dataDir, args: blocks }, load);
  const { history } = load.recorder;
  judge(history, dataDir, `killCycles(${JSON.stringify({ cycles, seed, compaction })})`, logs);
  const { acknowledged, unknown } = load.figures;
  return { cycles, acknowledged, unknown, operations: history.operations.length, ...counts };
}

async function readAllAndKill(options: { dataDir: string; args: string[] }, load: Load): Promise<void> {
  await using server = await ServerProcess.start(options);
  await load.readAll(server.url);
  server.killNow();
  await server.waitForExit();
}

async function killWhileStarting(options: { dataDir: string; args: string[] }, ms: number): Promise<void> {
  await using server = ServerProcess.launch(options);
  await killAfter(server, ms);
}

/** The moment is the fault itself: nothing is waited for. */
async function killAfter(server: ServerProcess, ms: number): Promise<void> {
  const timer = setTimeout(() => server.killNow(), ms);
  try {
    await server.waitForExit();
  } finally {
    clearTimeout(timer);
  }
}
