/**
 * The definition of a correct history, tried out: every serial order of its operations that respects real time. Takes time
 * exponential in the operations, and shares nothing with the checkers that are compared with it.
 */
import type { History, LoggedTransaction, Operation, PutOperation } from './history.ts';

type State = ReadonlyMap<string, { readonly version: number; readonly value: string }>;

/** Whether some serial order explains the history; with a log, whether one does that commits the log's transactions in turn. */
export function hasSerialOrder(history: History, log?: readonly LoggedTransaction[]): boolean {
  const operations = history.operations.filter((operation) => !isRefused(operation));
  const ends = operations.map((operation) => endOf(operation, history.restarts ?? []));
  const mustBePlaced = operations.filter((operation) => !isUnknown(operation)).length;

  // What can follow depends on what was placed and on the state, not on the order that led there.
  const hopeless = new Set<string>();
  const canGoOn = (placed: ReadonlySet<number>, state: State, commits: number): boolean => {
    const known = [...placed].filter((index) => !isUnknown(operations[index]!)).length;
    if (known === mustBePlaced && (!log || commits === log.length)) return true;
    const situation = JSON.stringify([[...placed].toSorted(), [...state].toSorted()]);
    if (hopeless.has(situation)) return false;
    hopeless.add(situation);
    return operations.some((operation, index) => {
      if (placed.has(index)) return false;
      if ([...placed].some((other) => ends[index]! < operations[other]!.invokedAt)) return false;
      if (!explains(state, operation)) return false;
      const next = new Set(placed).add(index);
      if (!commitsIn(operation)) return canGoOn(next, state, commits);
      if (log && !isTransaction(operation as PutOperation, log[commits], commits + 1)) return false;
      return canGoOn(next, after(state, operation as PutOperation), commits + 1);
    });
  };
  return canGoOn(new Set(), new Map(), 0);
}

function isRefused(operation: Operation): boolean {
  return operation.kind === 'put' && operation.outcome.kind === 'refused';
}

function isUnknown(operation: Operation): boolean {
  return operation.kind === 'put' && operation.outcome.kind === 'unknown';
}

/** Whether the operation changes the state where it is placed. */
function commitsIn(operation: Operation): boolean {
  return operation.kind === 'put' && operation.outcome.kind !== 'stale';
}

/** The last moment at which it can have happened. */
function endOf(operation: Operation, restarts: readonly number[]): number {
  const answered = isUnknown(operation) ? Number.POSITIVE_INFINITY : operation.completedAt;
  const restart = restarts.find((moment) => moment > operation.invokedAt) ?? Number.POSITIVE_INFINITY;
  return Math.min(answered, restart);
}

/** Whether a store in this state would answer as it did. */
function explains(state: State, operation: Operation): boolean {
  if (operation.kind === 'get') {
    const holds = state.get(operation.key);
    return holds?.version === operation.found?.version && holds?.value === operation.found?.value;
  }
  const { writes, outcome } = operation;
  const stale = writes
    .map(({ key, expected }) => ({ key, expected, version: state.get(key)?.version ?? 0 }))
    .filter(({ expected, version }) => expected !== version);
  if (outcome.kind === 'stale') {
    const listed = outcome.current.map(({ key, version }) => `${key} ${version}`).toSorted();
    return (
      stale.length > 0 &&
      stale
        .map(({ key, version }) => `${key} ${version}`)
        .toSorted()
        .join() === listed.join()
    );
  }
  if (stale.length > 0) return false;
  return outcome.kind !== 'committed' || writes.map(({ expected }) => expected + 1).join() === outcome.versions.join();
}

function after(state: State, put: PutOperation): State {
  const next = new Map(state);
  for (const { key, expected, value } of put.writes) next.set(key, { version: expected + 1, value });
  return next;
}

function isTransaction(put: PutOperation, logged: LoggedTransaction | undefined, seq: number): boolean {
  if (logged?.seq !== seq) return false;
  if (put.outcome.kind === 'committed' && put.outcome.seq !== seq) return false;
  const asked = put.writes.map(({ key, expected, value }) => `${key} ${expected + 1} ${value}`).toSorted();
  return (
    asked.join() ===
    logged.writes
      .map(({ key, version, value }) => `${key} ${version} ${value}`)
      .toSorted()
      .join()
  );
}
