/** Which transactions the list shows. */
import type { Outcome, TransactionRecord } from '../protocol.ts';

export interface Filter {
  /** Part of a key, or the beginning or end of an id. */
  readonly text: string;
  /** None chosen: all of them. */
  readonly outcomes: ReadonlySet<Outcome>;
  readonly durationMsMin: number;
}

export const NO_FILTER: Filter = { text: '', outcomes: new Set(), durationMsMin: 0 };

export function isFiltering({ text, outcomes, durationMsMin }: Filter): boolean {
  return text !== '' || outcomes.size > 0 || durationMsMin > 0;
}

/** A test for many records. `nowMs` is the moment that is shown: the age of what is under way. */
export function matcher(
  { text, outcomes, durationMsMin }: Filter,
  nowMs: number,
): (record: TransactionRecord) => boolean {
  const wanted = text.toLowerCase();
  return (record) =>
    (outcomes.size === 0 || outcomes.has(record.outcome)) &&
    (durationMsMin === 0 || durationOf(record, nowMs) >= durationMsMin) &&
    (wanted === '' || mentions(record, wanted));
}

export function durationOf({ startedMs, endedMs }: TransactionRecord, nowMs: number): number {
  return Math.max(0, (endedMs ?? nowMs) - startedMs);
}

export function toggled(outcomes: ReadonlySet<Outcome>, outcome: Outcome): ReadonlySet<Outcome> {
  const others = new Set(outcomes);
  if (!others.delete(outcome)) others.add(outcome);
  return others;
}

function mentions({ id, keys }: TransactionRecord, wanted: string): boolean {
  for (const { key } of keys) if (key.toLowerCase().includes(wanted)) return true;
  // A single letter would be in every id.
  return wanted.length >= 4 && (id.startsWith(wanted) || id.endsWith(wanted));
}
