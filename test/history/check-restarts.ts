/** What must hold from one start of a store to the next, by what the offline reader finds in its directory each time. */
import type { History, LoggedTransaction, LoggedWrite, PutOperation } from './history.ts';
import type { Holding, LogContents } from './read-log.ts';
import { describe, quote, type Rule, VIOLATIONS_MAX, type Violation } from './violation.ts';

/**
 * `logs[i]` is what lay there once the process after restart `i` had recovered; the last one may be of the end of the run.
 * Each must go on from the one before, hold every put that was acknowledged before it, and add only puts that were asked
 * for after it.
 */
export function checkRestarts(history: History, logs: readonly LogContents[]): readonly Violation[] {
  const violations = [...checkAcknowledged(history, logs)];
  const puts = putsByWrite(history);
  for (const [index, log] of logs.entries()) {
    const before = logs[index - 1];
    if (!before) continue;
    const restartedAt = history.restarts![index - 1]!;
    violations.push(...checkGoesOn(before, log), ...checkVersions(before.state, log.state));
    violations.push(...checkLatePuts(puts, restartedAt, before.lastSeq, log));
  }
  return violations.slice(0, VIOLATIONS_MAX);
}

/**
 * No transaction of `before` is missing in `after` or another there, as far as both still have them one by one. So a
 * recovered log is checked against what was dispatched to the disk before, too: `checkGoesOn(recovered, dispatched)`.
 */
export function checkGoesOn(before: LogContents, after: LogContents): readonly Violation[] {
  const wrong = (what: string) => [violationOf('log-rewritten', what, [])];
  if (after.lastSeq < before.lastSeq)
    return wrong(`the log ended with transaction ${before.lastSeq}, and later with ${after.lastSeq}`);
  for (const transaction of before.transactions) {
    const { seq } = transaction;
    const later = after.transactions[seq - 1 - after.compactedSeq];
    if (seq <= after.compactedSeq || textOf(transaction) === textOf(later!)) continue;
    return wrong(`transaction ${seq} was ${textOf(transaction)}, and later ${textOf(later!)}`);
  }
  return [];
}

/** Keys and their versions stay. */
export function checkVersions(
  before: ReadonlyMap<string, Holding>,
  after: ReadonlyMap<string, Holding>,
): readonly Violation[] {
  const violations: Violation[] = [];
  for (const [key, { version, value }] of before) {
    const later = after.get(key);
    const wasThere = `${quote(key)} was at version ${version}`;
    if (!later || later.version < version)
      violations.push(violationOf('version-decreased', `${wasThere}, and later at ${later?.version ?? 0}`, [key]));
    else if (later.version === version && later.value !== value)
      violations.push(violationOf('state-differs', `${wasThere} with value ${value}, and later ${later.value}`, [key]));
  }
  return violations;
}

/** Two accounts of one state must be the same: that in memory, that of the offline reader, that of a replay. */
export function checkSameState(
  one: ReadonlyMap<string, Holding>,
  other: ReadonlyMap<string, Holding>,
): readonly Violation[] {
  const violations: Violation[] = [];
  for (const key of new Set([...one.keys(), ...other.keys()])) {
    const [here, there] = [shown(one.get(key)), shown(other.get(key))];
    if (here === there) continue;
    violations.push(
      violationOf('state-differs', `${quote(key)} is ${here} in one account and ${there} in the other`, [key]),
    );
  }
  return violations;
}

/** Also a put whose answer came late, after the restart, was done before it. */
function checkAcknowledged({ operations, restarts = [] }: History, logs: readonly LogContents[]): readonly Violation[] {
  const violations: Violation[] = [];
  for (const put of operations) {
    if (put.kind === 'get' || put.outcome.kind !== 'committed') continue;
    const restart = restarts.findIndex((moment) => moment > put.invokedAt);
    const log = restart === -1 ? logs[restarts.length] : logs[restart];
    const { seq } = put.outcome;
    if (!log || seq <= log.lastSeq) continue;
    const what = `${describe(put)} was acknowledged as transaction ${seq}, and the log ended with ${log.lastSeq}`;
    violations.push({
      ...violationOf(
        'lost-put',
        what,
        put.writes.map(({ key }) => key),
      ),
      operations: [put],
    });
  }
  return violations;
}

/** A put of before the restart that was not there after it must not come back. */
function checkLatePuts(
  puts: ReadonlyMap<string, PutOperation>,
  restartedAt: number,
  lastSeqThen: number,
  log: LogContents,
): readonly Violation[] {
  const violations: Violation[] = [];
  for (const { seq, writes } of log.transactions) {
    const put = seq > lastSeqThen ? puts.get(writeText(writes[0]!)) : undefined;
    if (!put || put.invokedAt > restartedAt) continue;
    const what = `transaction ${seq} is ${describe(put)}, of before a restart after which there were ${lastSeqThen}`;
    violations.push({
      ...violationOf(
        'late-put',
        what,
        writes.map(({ key }) => key),
      ),
      operations: [put],
    });
  }
  return violations;
}

function putsByWrite({ operations }: History): ReadonlyMap<string, PutOperation> {
  const puts = new Map<string, PutOperation>();
  for (const put of operations) {
    if (put.kind === 'get') continue;
    for (const { key, expected, value } of put.writes) puts.set(writeText({ key, version: expected + 1, value }), put);
  }
  return puts;
}

function textOf({ writes }: LoggedTransaction): string {
  return writes.map(writeText).join(', ');
}

function writeText({ key, version, value }: LoggedWrite): string {
  return `${quote(key)} version ${version} = ${value}`;
}

function shown(holding: Holding | undefined): string {
  return holding ? `version ${holding.version} = ${holding.value}` : 'missing';
}

function violationOf(rule: Rule, message: string, keys: readonly string[]): Violation {
  return { rule, message, operations: [], keys };
}
