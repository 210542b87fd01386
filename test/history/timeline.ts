/** The real-time order of a history: what had ended before what began. */
import type { History, Operation } from './history.ts';

/** Operations are named by their place in `history.operations`. */
export interface Timeline {
  readonly byInvocation: Int32Array;
  /**
   * In the order in which they ended: by an answer, or because the process that might have done them had ended. An unknown
   * put of the last process never ends, and is not here.
   */
  readonly byEnd: Int32Array;
  /** For each operation: how many of `byEnd` had ended when it was invoked. */
  readonly endedBefore: Int32Array;
  /** For each operation: how many of `byInvocation` had been invoked when it ended; all, if it never ended. */
  readonly invokedBeforeEnd: Int32Array;
}

export function timelineOf({ operations, restarts = [] }: History): Timeline {
  const count = operations.length;
  const byInvocation = new Int32Array(count);
  const byEnd = new Int32Array(count);
  const endedBefore = new Int32Array(count).fill(-1);
  const invokedBeforeEnd = new Int32Array(count).fill(count);
  const hasEnded = new Uint8Array(count);
  let invoked = 0;
  let ended = 0;
  let firstOfProcess = 0;
  const end = (operation: number) => {
    if (hasEnded[operation] === 1) return;
    hasEnded[operation] = 1;
    byEnd[ended] = operation;
    ended += 1;
    invokedBeforeEnd[operation] = invoked;
  };
  for (const event of eventsByMoment(operations, restarts)) {
    if (event === NOTHING) continue;
    const operation = (event - 1) >> 1;
    if (event === RESTART) {
      for (; firstOfProcess < invoked; firstOfProcess += 1) end(byInvocation[firstOfProcess]!);
    } else if (event % 2 === INVOKED) {
      byInvocation[invoked] = operation;
      invoked += 1;
      endedBefore[operation] = ended;
    } else {
      if (endedBefore[operation] === -1) throw new Error(`operation ${operation} was answered before it was invoked`);
      if (!isUnknown(operations[operation]!)) end(operation);
    }
  }
  return { byInvocation, byEnd: byEnd.subarray(0, ended), endedBefore, invokedBeforeEnd };
}

/** Even if somebody answered: the answer says that the put may still happen. */
function isUnknown(operation: Operation): boolean {
  return operation.kind === 'put' && operation.outcome.kind === 'unknown';
}

const NOTHING = 0;
const RESTART = -1;
/** Invocations are odd, answers even and not 0. */
const INVOKED = 1;

/** One counter numbers all moments, so that a table takes the place of sorting. */
function eventsByMoment(operations: readonly Operation[], restarts: readonly number[]): Int32Array {
  let last = restarts.at(-1) ?? 0;
  for (const { invokedAt, completedAt } of operations) {
    if (invokedAt > last) last = invokedAt;
    if (completedAt > last && completedAt !== Number.POSITIVE_INFINITY) last = completedAt;
  }
  const events = new Int32Array(last + 1);
  const note = (moment: number, event: number) => {
    if (events[moment] !== NOTHING) throw new Error(`${moment} is no moment, or that of two events`);
    events[moment] = event;
  };
  for (const moment of restarts) note(moment, RESTART);
  for (let index = 0; index < operations.length; index += 1) {
    const { invokedAt, completedAt } = operations[index]!;
    note(invokedAt, 2 * index + 1);
    if (completedAt !== Number.POSITIVE_INFINITY) note(completedAt, 2 * index + 2);
  }
  return events;
}
