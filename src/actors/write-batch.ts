/** The transactions that wait for a flush, and those that the flush under way carries. Plain data, driven by the flusher. */
import { invariant } from '../invariant.ts';
import { BATCH_BYTES_MAX, BATCH_HEAD_BYTES, FRAME_HEAD_BYTES } from '../wal/format.ts';
import type { Append } from './messages.ts';

/**
 * The arrays are used again and emptied when their batch is settled. V8 soon learns that such arrays live long and makes new
 * ones among the old objects; one that is dropped there full keeps all its transactions, and the requests behind them,
 * through every young collection: a fifth of the main thread's time at 512 puts under way, as measured.
 */
export class WriteBatch {
  #waiting: Append[] = [];
  #waitingBytes = 0;
  #inFlight: Append[] = [];
  readonly #records: Buffer[] = [];

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Log bytes of what waits, without the batch's own head and padding. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** What the flush under way carries; 0 between flushes. */
  get inFlightCount(): number {
    return this.#inFlight.length;
  }

  /** Log bytes of it, without the batch's own head and padding. */
  get inFlightBytes(): number {
    return this.#inFlight.reduce((sum, append) => sum + frameBytes(append), 0);
  }

  add(append: Append): void {
    this.#waiting.push(append);
    this.#waitingBytes += frameBytes(append);
  }

  /**
   * Closes a batch: what waits, oldest first, up to what one batch can hold. Returns its records in the order of their seqs;
   * they are good until the batch is settled.
   */
  close(): readonly Buffer[] {
    invariant(this.#inFlight.length === 0, 'a second batch in flight');
    let bytes = BATCH_HEAD_BYTES;
    for (const append of this.#waiting) {
      bytes += frameBytes(append);
      if (bytes > BATCH_BYTES_MAX) break;
      this.#records.push(append.record);
      this.#waitingBytes -= frameBytes(append);
    }
    const rest = this.#waiting.splice(this.#records.length);
    const emptied = this.#inFlight;
    this.#inFlight = this.#waiting;
    this.#waiting = emptied;
    this.#waiting.push(...rest);
    return this.#records;
  }

  /** The flush is over, one way or the other: each put it carried is told, in the order of the seqs. */
  settleInFlight(tell: (append: Append, index: number) => void): void {
    this.#inFlight.forEach(tell);
    this.#inFlight.length = 0;
    this.#records.length = 0;
  }

  /** What waits will not be written: each is told. */
  settleWaiting(tell: (append: Append) => void): void {
    for (const append of this.#waiting) tell(append);
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
  }
}

function frameBytes({ record }: Append): number {
  return FRAME_HEAD_BYTES + record.length;
}
