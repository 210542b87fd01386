/** The transactions that wait for a flush, and those that the flush under way carries. Plain data, driven by the flusher. */
import { invariant } from '../invariant.ts';
import { BATCH_BYTES_MAX, BATCH_HEAD_BYTES, FRAME_HEAD_BYTES } from '../wal/format.ts';
import type { Append } from './messages.ts';

export class WriteBatch {
  #waiting: Append[] = [];
  #waitingBytes = 0;
  #inFlight: readonly Append[] = [];

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Log bytes of what waits, without the batch's own head and padding. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get inFlight(): readonly Append[] {
    return this.#inFlight;
  }

  add(append: Append): void {
    this.#waiting.push(append);
    this.#waitingBytes += frameBytes(append);
  }

  /** Closes a batch: what waits, oldest first, up to what one batch can hold. Returns its records in the order of their seqs. */
  close(): readonly Buffer[] {
    invariant(this.#inFlight.length === 0, 'a second batch in flight');
    let bytes = BATCH_HEAD_BYTES;
    let count = 0;
    for (const append of this.#waiting) {
      bytes += frameBytes(append);
      if (bytes > BATCH_BYTES_MAX) break;
      count += 1;
    }
    this.#inFlight = count === this.#waiting.length ? this.#waiting : this.#waiting.slice(0, count);
    this.#waiting = count === this.#waiting.length ? [] : this.#waiting.slice(count);
    for (const append of this.#inFlight) this.#waitingBytes -= frameBytes(append);
    return this.#inFlight.map((append) => append.record);
  }

  /** The flush is over, one way or the other. */
  takeInFlight(): readonly Append[] {
    const taken = this.#inFlight;
    this.#inFlight = [];
    return taken;
  }

  takeWaiting(): readonly Append[] {
    const taken = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    return taken;
  }
}

function frameBytes({ record }: Append): number {
  return FRAME_HEAD_BYTES + record.length;
}
