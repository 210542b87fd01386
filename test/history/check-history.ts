/**
 * The black-box check: whether what clients did and saw can be explained by some serial order of the puts and gets that
 * respects real time. Exact: versions are known, so the usual search through all orders is one look for a cycle.
 *
 * An unknown put that nobody saw and nobody built on explains nothing and is taken as not applied. Where several unknown
 * puts can have made a version that nobody saw, one of them must explain everything; which one it was, only the log knows.
 */
import { checkAnswers } from './check-answers.ts';
import { findOrder } from './find-order.ts';
import { findWriters } from './find-writers.ts';
import type { History } from './history.ts';
import { timelineOf } from './timeline.ts';
import { Applied } from './unknown-puts.ts';
import { VersionTable } from './version-table.ts';
import type { Violation } from './violation.ts';

/** What is wrong, if anything is. Later rules are only asked once earlier ones hold. */
export function checkHistory(history: History): readonly Violation[] {
  const wrongAnswers = checkAnswers(history.operations);
  if (wrongAnswers.length > 0) return wrongAnswers;
  const table = new VersionTable(history.operations);
  const timeline = timelineOf(history);
  const applied = new Applied(table, timeline);
  const wrongWriters = findWriters(table, applied);
  if (wrongWriters.length > 0) return wrongWriters;
  const disorder = findOrder(table, timeline, applied);
  return disorder ? [disorder] : [];
}
