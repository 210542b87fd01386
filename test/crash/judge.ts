/** Says whether what the clients saw, over all lives of a server, is what one store that lost nothing would have shown. */
import { checkAgainstLog } from '../history/check-against-log.ts';
import { checkHistory } from '../history/check-history.ts';
import { checkRestarts } from '../history/check-restarts.ts';
import type { GetOperation, History } from '../history/history.ts';
import { type LogContents, readLogDirectory } from '../history/read-log.ts';

/**
 * Throws what is wrong. `how` says how it can be shown again. The history ends with a read of every key, after which
 * nothing was put; the store in `dataDir` is not running. Where blocks were merged the log no longer tells the order of all
 * puts, and what the clients saw must be enough. `logs` is what the directory held after each restart, if it was looked at.
 */
export function judge(history: History, dataDir: string, how: string, logs: readonly LogContents[] = []): void {
  const log = readLogDirectory(dataDir);
  const violations = [...checkHistory(history)];
  if (logs.length > 0) violations.push(...checkRestarts(history, [...logs, log]));
  if (log.compactedSeq === 0) violations.push(...checkAgainstLog(history, log.transactions));
  const messages = [...violations.map(({ message }) => message), ...differences(history, log)];
  if (messages.length > 0) throw new Error(`${how}: ${messages.join('\n')}`);
}

/** The state that was served at the end is the one that an independent reader finds in the files. */
function differences({ operations }: History, { state }: LogContents): string[] {
  const lastReads = new Map<string, GetOperation>();
  for (const operation of operations) {
    if (operation.kind !== 'get') continue;
    const before = lastReads.get(operation.key);
    if (!before || before.completedAt < operation.completedAt) lastReads.set(operation.key, operation);
  }
  const found: string[] = [];
  for (const [key, { found: served }] of lastReads) {
    const stored = state.get(key);
    if (served?.version !== stored?.version || served?.value !== stored?.value)
      found.push(`${key} is served with version ${served?.version}, and the files hold version ${stored?.version}`);
  }
  return found;
}
