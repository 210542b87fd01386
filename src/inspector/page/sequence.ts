/** The rows of a sequence diagram: its messages in order, and the waits between them that were long. */
import type { Lifeline, Message } from '../protocol.ts';

export type SequenceRow =
  | { readonly kind: 'message'; readonly message: Message; readonly sinceMs: number }
  | { readonly kind: 'wait'; readonly ms: number; readonly on: Lifeline };

export const LIFELINES: readonly Lifeline[] = ['http', 'transaction', 'keyLocks', 'flusher', 'disk'];

/** A wait is marked where it takes a fifth of the whole and can be told from the time that the code itself takes. */
const LONG_SHARE = 0.2;
const LONG_MS_MIN = 0.1;

export function sequenceRows(messages: readonly Message[], startedMs: number, untilMs: number): SequenceRow[] {
  const ordered = messages.toSorted((a, b) => a.atMs - b.atMs);
  const longMs = Math.max(LONG_MS_MIN, (untilMs - startedMs) * LONG_SHARE);
  const rows: SequenceRow[] = [];
  let beforeMs = startedMs;
  let on: Lifeline = 'transaction';
  for (const message of ordered) {
    const ms = message.atMs - beforeMs;
    if (ms >= longMs) rows.push({ kind: 'wait', ms, on });
    rows.push({ kind: 'message', message, sinceMs: message.atMs - startedMs });
    beforeMs = message.atMs;
    on = message.to;
  }
  if (untilMs - beforeMs >= longMs) rows.push({ kind: 'wait', ms: untilMs - beforeMs, on });
  return rows;
}
