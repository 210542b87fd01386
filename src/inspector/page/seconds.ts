/** What happened in each second: the series of the plots. Kept as long as the frames that it was made from. */
import type { Frame, PutCounts } from '../protocol.ts';

export interface Second {
  /** From this many seconds after the watch began. */
  readonly second: number;
  /** Time that its frames tell of; less than 1,000 where frames were dropped. Rates are of this time. */
  coveredMs: number;
  readonly puts: Record<Exclude<keyof PutCounts, 'underWay'>, number>;
  flushes: number;
  flushed: number;
  bytes: number;
  busyMs: number;
  longestMs: number;
  failed: number;
  /** The most that waited at the end of any frame. */
  waiting: number;
}

export class Seconds {
  #all: Second[] = [];

  add({ atMs, intervalMs, puts, flushes }: Frame): void {
    // A frame tells of the time before it.
    const second = Math.floor(Math.max(0, atMs - intervalMs / 2) / 1000);
    let last = this.#all.at(-1);
    if (!last || last.second < second) {
      last = emptySecond(second);
      this.#all.push(last);
    }
    last.coveredMs += intervalMs;
    for (const name of PUT_COUNTS) last.puts[name] += puts[name];
    last.flushes += flushes.count;
    last.flushed += flushes.transactions;
    last.bytes += flushes.bytes;
    last.busyMs += flushes.busyMs;
    last.longestMs = Math.max(last.longestMs, flushes.longestMs);
    last.failed += flushes.failed;
    last.waiting = Math.max(last.waiting, flushes.waiting);
  }

  dropBefore(ms: number): void {
    const kept = this.#all.findIndex(({ second }) => (second + 1) * 1000 > ms);
    if (kept > 0) this.#all = this.#all.slice(kept);
  }

  /** Whole seconds within a span: one that has only begun would look like a slump. */
  between(fromMs: number, toMs: number): Second[] {
    return this.#all.filter(({ second }) => second * 1000 >= fromMs - 1000 && (second + 1) * 1000 <= toMs);
  }
}

/** The plots' time axis: round, and no longer than there is something to see. */
export function spanMs(recordedMs: number): number {
  return SPANS_MS.find((span) => span >= recordedMs) ?? SPANS_MS.at(-1)!;
}

const SPANS_MS = [30_000, 60_000, 120_000, 300_000];
const PUT_COUNTS = ['begun', 'committed', 'stale', 'inFlight', 'refused', 'rolledBack', 'undecided'] as const;

function emptySecond(second: number): Second {
  const puts = { begun: 0, committed: 0, stale: 0, inFlight: 0, refused: 0, rolledBack: 0, undecided: 0 };
  const flushes = { flushes: 0, flushed: 0, bytes: 0, busyMs: 0, longestMs: 0, failed: 0, waiting: 0 };
  return { second, coveredMs: 0, puts, ...flushes };
}
