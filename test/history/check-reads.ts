/**
 * Gives every read a position in the log: how many transactions it had seen. Versions only go up, so what a read saw held
 * from one position to another; real time sets bounds, too. Taking the reads in the order of their invocation and giving
 * each the first position that it can have leaves the most room to those after it, so that it decides the question exactly.
 */
import type { Operation } from './history.ts';
import type { LogIndex } from './log-index.ts';
import type { Timeline } from './timeline.ts';
import { describe, quote, VIOLATIONS_MAX, type Violation } from './violation.ts';

/** `seqOf`: for each operation its transaction, or 0. */
export function checkReads(
  operations: readonly Operation[],
  { byInvocation, byEnd, endedBefore, invokedBeforeEnd }: Timeline,
  log: LogIndex,
  seqOf: Int32Array,
): readonly Violation[] {
  const violations: Violation[] = [];
  const positionOf = Int32Array.from(seqOf);
  const seqsLeft = lowestSeqFrom(byInvocation, seqOf, log.lastSeq);
  let over = 0;
  let earliest = 0;
  for (const index of byInvocation) {
    for (; over < endedBefore[index]!; over += 1) earliest = Math.max(earliest, positionOf[byEnd[over]!]!);
    const operation = operations[index]!;
    const span = spanOf(operation, log);
    if (span === undefined) continue;
    const latest = seqsLeft[invokedBeforeEnd[index]!]! - 1;
    const what = typeof span === 'string' ? span : misplaced(span, { first: earliest, last: latest });
    if (what !== undefined) {
      const seen = seenBy(operation);
      const message = `${describe(operation)} saw ${seen.map(shown).join(', ')}: ${what}`;
      violations.push({ rule: 'wrong-read', message, operations: [operation], keys: seen.map(({ key }) => key) });
      if (violations.length >= VIOLATIONS_MAX) break;
    } else if (typeof span !== 'string') positionOf[index] = Math.max(earliest, span.first);
  }
  return violations;
}

interface Seen {
  readonly key: string;
  readonly version: number;
}

interface Span {
  readonly first: number;
  readonly last: number;
}

/** The positions at which what the operation saw held, or why there are none; `undefined` if it is no read. */
function spanOf(operation: Operation, log: LogIndex): Span | string | undefined {
  if (operation.kind === 'put')
    return operation.outcome.kind === 'stale' ? spanOfAll(seenBy(operation), log) : undefined;
  const { key, found } = operation;
  if (!found) return spanOfVersion(key, 0, log);
  const span = spanOfVersion(key, found.version, log);
  const logged = log.valueOf(key, found.version);
  if (typeof span === 'string' || logged === found.value) return span;
  return `the value ${found.value}, and the log has ${logged}`;
}

function spanOfVersion(key: string, version: number, log: LogIndex): Span | string {
  const made = log.seqOf(key, version);
  if (made === undefined) return `version ${version} of ${quote(key)} is not in the log`;
  return { first: made, last: (log.seqOf(key, version + 1) ?? log.lastSeq + 1) - 1 };
}

function spanOfAll(seen: readonly Seen[], log: LogIndex): Span | string {
  let first = 0;
  let last = log.lastSeq;
  for (const { key, version } of seen) {
    const span = spanOfVersion(key, version, log);
    if (typeof span === 'string') return span;
    first = Math.max(first, span.first);
    last = Math.min(last, span.last);
  }
  return first > last ? 'these versions never held at the same time' : { first, last };
}

/** A refusal as stale tells of the keys that it does not list, too, that they were as expected. */
function seenBy(operation: Operation): readonly Seen[] {
  if (operation.kind === 'get') return [{ key: operation.key, version: operation.found?.version ?? 0 }];
  const { writes, outcome } = operation;
  const current = outcome.kind === 'stale' ? outcome.current : [];
  return writes.map(({ key, expected }) => {
    return { key, version: current.find((one) => one.key === key)?.version ?? expected };
  });
}

function misplaced(held: Span, allowed: Span): string | undefined {
  const position = Math.max(held.first, allowed.first);
  if (position > held.last)
    return `that held up to transaction ${held.last}, and what ended before had already seen transaction ${allowed.first}`;
  if (position > allowed.last)
    return `that held from transaction ${position} on, and transaction ${allowed.last + 1} was asked for after it ended`;
  return undefined;
}

/** For each place in `byInvocation`: the lowest seq among the puts from there on. */
function lowestSeqFrom(byInvocation: Int32Array, seqOf: Int32Array, lastSeq: number): Int32Array {
  const lowest = new Int32Array(byInvocation.length + 1).fill(lastSeq + 1);
  for (let place = byInvocation.length - 1; place >= 0; place -= 1) {
    const seq = seqOf[byInvocation[place]!]!;
    lowest[place] = seq === 0 ? lowest[place + 1]! : Math.min(seq, lowest[place + 1]!);
  }
  return lowest;
}

function shown({ key, version }: Seen): string {
  return `${quote(key)} at version ${version}`;
}
