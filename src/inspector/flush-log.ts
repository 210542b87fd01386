/** The flushes of one watch: totals of an interval, and records of those that are worth telling one by one. Plain data. */
import type { FlushRecord, FlushTotals } from './protocol.ts';

export interface FlushEnd {
  readonly transactions: number;
  readonly bytes: number;
  readonly firstSeq?: number;
  readonly error?: string;
}

export class FlushLog {
  #number = 0;
  #lastEndMs = 0;
  #startedMs: number | undefined;
  #last: FlushRecord | undefined;
  /** Transactions that it carried and that have not been told yet. */
  #untold = 0;
  #slowest: FlushRecord | undefined;
  readonly #wanted = new Set<FlushRecord>();
  #totals = noFlushes();

  /** When the last flush ended that was seen to begin; 0 before. */
  get lastEndMs(): number {
    return this.#lastEndMs;
  }

  begin(atMs: number): void {
    this.#startedMs = atMs;
  }

  /** The flush under way has ended. One that began before the watch did is not told of. */
  end(atMs: number, end: FlushEnd): void {
    const startedMs = this.#startedMs;
    this.#startedMs = undefined;
    this.#last = undefined;
    this.#untold = 0;
    if (startedMs === undefined) return;
    this.#number += 1;
    this.#lastEndMs = atMs;
    const tookMs = atMs - startedMs;
    const record: FlushRecord = { number: this.#number, startedMs, tookMs, ...end };
    this.#last = record;
    this.#untold = end.transactions;
    if (tookMs > (this.#slowest?.tookMs ?? -1)) this.#slowest = record;
    const totals = this.#totals;
    totals.count += 1;
    totals.transactions += end.transactions;
    totals.bytes += end.bytes;
    totals.busyMs += tookMs;
    totals.longestMs = Math.max(totals.longestMs, tookMs);
    if (end.error !== undefined) totals.failed += 1;
  }

  /**
   * A transaction is told how its put went. The flush that carried it, or `undefined` if none did: those that a flush carried
   * are told first, in the same turn, and only then those that had gathered behind it.
   */
  tell(isShown: boolean): FlushRecord | undefined {
    if (this.#untold === 0) return undefined;
    this.#untold -= 1;
    if (isShown && this.#last) this.#wanted.add(this.#last);
    return this.#last;
  }

  /** Ends an interval. */
  takeInterval(waiting: number): { readonly totals: FlushTotals; readonly records: readonly FlushRecord[] } {
    if (this.#slowest) this.#wanted.add(this.#slowest);
    const taken = { totals: { ...this.#totals, waiting }, records: [...this.#wanted] };
    this.#totals = noFlushes();
    this.#slowest = undefined;
    this.#wanted.clear();
    return taken;
  }
}

function noFlushes() {
  return { count: 0, transactions: 0, bytes: 0, busyMs: 0, longestMs: 0, failed: 0 };
}
