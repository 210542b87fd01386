/** What must hold of a run: the history, the log and the memory tell the same story, and refusals have a reason. */
import type { Store } from '../../src/store.ts';
import { exitCodes, type StartRefusal } from '../../src/wal/refusal.ts';
import { checkAgainstLog } from '../history/check-against-log.ts';
import { checkHistory } from '../history/check-history.ts';
import { checkRestarts } from '../history/check-restarts.ts';
import type { History } from '../history/history.ts';
import { type LogContents, readLog } from '../history/read-log.ts';
import { valueText } from '../history/value-text.ts';
import type { Violation } from '../history/violation.ts';
import type { SimulatedDisk } from './simulated-disk.ts';
import { DATA_DIR, type SimulatedStore } from './simulated-store.ts';

export class Wrong extends Error {
  override readonly name = 'Wrong';
}

/**
 * What clients saw has a serial order. `logs`: what lay in the directory after each start, and at the end; each goes
 * on from the one before. If they tell of every transaction, theirs is the order that everything must fit into.
 */
export function checkRun(history: History, logs: readonly LogContents[]): void {
  throwFirst(checkHistory(history));
  const last = logs.at(-1)!;
  if (last.compactedSeq === 0) throwFirst(checkAgainstLog(history, last.transactions));
  // The checker wants what lay there after each restart, and before the first life there was none.
  if (logs.length > 1) throwFirst(checkRestarts(history, logs.slice(1)));
}

function throwFirst([violation]: readonly Violation[]): void {
  if (violation) throw new Wrong(`${violation.rule}: ${violation.message}`);
}

/** What the store has in memory is what somebody else reads from its files. To be called while no put is under way. */
export function checkMemory(store: Store, disk: SimulatedDisk, keys: readonly string[]): LogContents {
  const log = readLog(disk.snapshot(DATA_DIR));
  for (const key of keys) {
    const held = store.get(key);
    const logged = log.state.get(key);
    const isSame = held?.version === logged?.version && (!held || valueText(held.value) === logged?.value);
    if (!isSame)
      throw new Wrong(
        `${JSON.stringify(key)} has version ${held?.version} in memory and ${logged?.version} in the log`,
      );
  }
  return log;
}

/** A store refuses to start where a call failed, or where its files are damaged, and names the file. */
export function checkRefusal({ error, process }: SimulatedStore, disk: SimulatedDisk, hasRotten: boolean): void {
  const { exitCode, message } = error as StartRefusal;
  if (exitCode === exitCodes.damage && !hasRotten) throw new Wrong(`refused, and nothing had rotted: ${message}`);
  if (exitCode === exitCodes.inputOutput && process.faultsInjected === 0 && !disk.hasBeenFull)
    throw new Wrong(`refused, and nothing had failed: ${message}`);
  if (exitCode !== exitCodes.damage && exitCode !== exitCodes.inputOutput) throw new Wrong(`refused: ${message}`);
  if (!message.includes(DATA_DIR.slice(0, DATA_DIR.lastIndexOf('/'))))
    throw new Wrong(`a refusal that names no file: ${message}`);
}

/** A store halts because the machine failed it. */
export function checkHalt({ process, error }: SimulatedStore): void {
  if (process.faultsInjected === 0) throw new Wrong(`the store halted, and nothing had failed: ${error}`);
}

/**
 * On a machine without trouble every put has a plain answer: it happened, or somebody else was first. After a clean
 * stop there is nothing to repair, and compaction goes on for ever.
 */
export function checkPlainness(
  outcomes: ReadonlyMap<string, number>,
  events: ReadonlySet<string>,
  wasStoppedCleanly: boolean,
): void {
  for (const code of outcomes.keys())
    if (!PLAIN_ANSWERS.has(code)) throw new Wrong(`a put was answered ${code}, and nothing had failed`);
  if (events.has('compaction_stopped')) throw new Wrong('compaction stopped, and nothing had failed');
  for (const repair of wasStoppedCleanly ? REPAIRS : [])
    if (events.has(repair)) throw new Wrong(`${repair} after a clean stop`);
}

const PLAIN_ANSWERS: ReadonlySet<string> = new Set([
  'COMMITTED',
  'STALE_VERSION',
  'KEY_IN_FLIGHT',
  'QUEUE_FULL',
  'DRAINING',
]);

/** Notices that say that the last life did not end as it should. */
const REPAIRS = ['torn_tail', 'seal_finished', 'left_over', 'quarantined'];
