/**
 * The white-box check: the log names the serial order, and everything that clients did and saw must fit into that one. It is
 * stricter than the black-box check, which is content with any order. The log is the whole one, from transaction 1 on, read
 * while nothing was written any more.
 */
import { checkAnswers } from './check-answers.ts';
import { checkReads } from './check-reads.ts';
import type { History, LoggedTransaction, Operation, PutOperation } from './history.ts';
import { LogIndex } from './log-index.ts';
import { type Timeline, timelineOf } from './timeline.ts';
import { describe, quote, type Rule, VIOLATIONS_MAX, type Violation } from './violation.ts';

/** What is wrong, if anything is. Later rules are only asked once earlier ones hold. */
export function checkAgainstLog(history: History, log: readonly LoggedTransaction[]): readonly Violation[] {
  const wrongAnswers = checkAnswers(history.operations);
  if (wrongAnswers.length > 0) return wrongAnswers;
  const index = new LogIndex(log);
  if (index.violations.length > 0) return index.violations;
  const matching = new Matching(history.operations, log, index);
  if (matching.violations.length > 0) return matching.violations;
  const timeline = timelineOf(history);
  const wrongOrder = checkRealTime(history.operations, timeline, matching.putOfSeq);
  if (wrongOrder) return [wrongOrder];
  return checkReads(history.operations, timeline, index, matching.seqOf);
}

/** Which put is which transaction: every acknowledged one has its own, an unknown one may have one, a refused one has none. */
class Matching {
  readonly violations: Violation[] = [];
  /** For each operation, its transaction; 0: none. */
  readonly seqOf: Int32Array;
  /** For each transaction, 1 + the operation that asked for it; 0: none. */
  readonly putOfSeq: Int32Array;
  readonly #log: readonly LoggedTransaction[];
  readonly #index: LogIndex;

  constructor(operations: readonly Operation[], log: readonly LoggedTransaction[], index: LogIndex) {
    this.#log = log;
    this.#index = index;
    this.seqOf = new Int32Array(operations.length);
    this.putOfSeq = new Int32Array(log.length + 1);
    for (let at = 0; at < operations.length && this.violations.length < VIOLATIONS_MAX; at += 1) {
      const operation = operations[at]!;
      if (operation.kind === 'put') this.#match(at, operation);
    }
    for (let seq = 1; seq <= log.length && this.violations.length < VIOLATIONS_MAX; seq += 1)
      if (this.putOfSeq[seq] === 0) this.#reportUnasked(seq, operations);
  }

  #match(at: number, put: PutOperation): void {
    const { outcome } = put;
    const seq = this.#findSeq(put);
    if (outcome.kind === 'refused' || outcome.kind === 'stale') {
      if (seq === 0) return;
      this.putOfSeq[seq] = at + 1;
      this.#report('log-content', `${describe(put)} is in the log as transaction ${seq}`, put);
    } else if (seq !== 0) {
      this.seqOf[at] = seq;
      this.putOfSeq[seq] = at + 1;
      if (outcome.kind === 'committed' && outcome.seq !== seq)
        this.#report('wrong-seq', `${describe(put)} was told seq ${outcome.seq}, and is transaction ${seq}`, put);
    } else if (outcome.kind === 'committed') {
      this.#report('lost-put', `${describe(put)} was acknowledged, and is not in the log as it was asked for`, put);
    }
  }

  /** The transaction that is this put and nothing else, or 0. */
  #findSeq(put: PutOperation): number {
    const [first] = put.writes;
    const seq = this.#index.seqOf(first!.key, first!.expected + 1);
    if (seq === undefined || seq === 0) return 0;
    const { writes } = this.#log[seq - 1]!;
    const isIt =
      put.writes.length === writes.length &&
      put.writes.every(({ key, expected, value }, at) => {
        const write = writes[at]!.key === key ? writes[at]! : writes.find((one) => one.key === key);
        return write?.version === expected + 1 && write.value === value;
      });
    return isIt ? seq : 0;
  }

  #reportUnasked(seq: number, operations: readonly Operation[]): void {
    const { writes } = this.#log[seq - 1]!;
    const values = new Set(writes.map(({ value }) => value));
    const part = operations.find((operation): operation is PutOperation => {
      return operation.kind === 'put' && operation.writes.some(({ value }) => values.has(value));
    });
    const shown = writes.map(({ key, version, value }) => `${quote(key)} version ${version} = ${value}`).join(', ');
    const what = part ? `which is not what was asked for by ${describe(part)}` : 'which nobody asked for';
    this.#report('log-content', `transaction ${seq} writes ${shown}, ${what}`, part);
  }

  #report(rule: Rule, message: string, put: PutOperation | undefined): void {
    const keys = put?.writes.map(({ key }) => key) ?? [];
    this.violations.push({ rule, message, operations: put ? [put] : [], keys });
  }
}

/** No put has a higher seq than one that was invoked after its end. */
function checkRealTime(
  operations: readonly Operation[],
  { byInvocation, invokedBeforeEnd }: Timeline,
  putOfSeq: Int32Array,
): Violation | undefined {
  const invocation = new Int32Array(operations.length);
  for (let rank = 0; rank < byInvocation.length; rank += 1) invocation[byInvocation[rank]!] = rank;
  let latest = -1;
  for (let seq = 1; seq < putOfSeq.length; seq += 1) {
    const put = putOfSeq[seq]! - 1;
    if (latest >= 0 && invocation[latest]! >= invokedBeforeEnd[put]!) {
      const [earlier, later] = [operations[latest] as PutOperation, operations[put] as PutOperation];
      const message = `the log has ${describe(later)} behind ${describe(earlier)}, which began after that had ended`;
      const keys = [...earlier.writes, ...later.writes].map(({ key }) => key);
      return { rule: 'real-time', message, operations: [earlier, later], keys };
    }
    if (latest === -1 || invocation[put]! > invocation[latest]!) latest = put;
  }
  return undefined;
}
