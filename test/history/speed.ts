/** How many operations a second the history checkers judge: `npx node test/history/speed.ts [operations]`. */
import { checkAgainstLog } from './check-against-log.ts';
import { checkHistory } from './check-history.ts';
import { longHistory } from './long-history.ts';
import type { Violation } from './violation.ts';

const ROUNDS = 3;

/** By the CPU time of this thread, which says more than the clock on a machine that does other things as well. */
function measure(name: string, operations: number, check: () => readonly Violation[]): void {
  let bestMs = Number.POSITIVE_INFINITY;
  let bestWallMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const startMs = performance.now();
    const start = process.threadCpuUsage();
    const violations = check();
    const { user, system } = process.threadCpuUsage(start);
    bestMs = Math.min(bestMs, (user + system) / 1000);
    bestWallMs = Math.min(bestWallMs, performance.now() - startMs);
    if (violations.length > 0) throw new Error(violations[0]!.message);
  }
  const rate = Math.round((operations / bestMs) * 1000).toLocaleString('en');
  const times = `${Math.round(bestMs)} ms of CPU (${Math.round(bestWallMs)} ms)`;
  process.stdout.write(`${name}: ${operations.toLocaleString('en')} operations in ${times}, ${rate}/s\n`);
}

const operationsMax = Number(process.argv[2] ?? 1_000_000);
for (const keys of [16, 10_000])
  for (const count of [operationsMax / 10, operationsMax]) {
    const { history, log } = longHistory({ operations: count, clients: 64, keys, seed: 1 });
    const { length } = history.operations;
    measure(`black box, ${keys} keys`, length, () => checkHistory(history));
    measure(`white box, ${keys} keys`, length, () => checkAgainstLog(history, log));
  }
