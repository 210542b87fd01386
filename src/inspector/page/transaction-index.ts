/** All transactions of the frames that are kept, as they were known at any moment. */
import type { Frame, TransactionRecord } from '../protocol.ts';

/** A transaction and all that was told of it, oldest first; each telling is whole. */
interface Entry {
  readonly id: string;
  readonly versions: { readonly frame: number; readonly record: TransactionRecord }[];
}

/** After frames were missed, what is under way is told again within so many. */
const RETOLD_WITHIN = 10;

export class TransactionIndex {
  readonly #byId = new Map<string, Entry>();
  /** In the order in which they were first told of, which is that of their beginning up to one frame. */
  #entries: (Entry | undefined)[] = [];
  #start = 0;
  #lastNumber: number | undefined;
  /** The first frames after some that were missed, oldest first. */
  readonly #afterGaps: number[] = [];

  get size(): number {
    return this.#byId.size;
  }

  add(index: number, { number, transactions }: Frame): void {
    if (this.#lastNumber !== undefined && number > this.#lastNumber + 1) this.#afterGaps.push(index);
    this.#lastNumber = number;
    for (const record of transactions) {
      let entry = this.#byId.get(record.id);
      if (!entry) {
        entry = { id: record.id, versions: [] };
        this.#byId.set(record.id, entry);
        this.#entries.push(entry);
      }
      const latest = entry.versions.at(-1);
      // The last of an id in a frame is the one that holds.
      if (latest?.frame === index) entry.versions.pop();
      entry.versions.push({ frame: index, record });
    }
  }

  /** Forgets what no kept frame tells of. */
  dropBefore(index: number): void {
    while (this.#afterGaps.length > 0 && this.#afterGaps[0]! < index) this.#afterGaps.shift();
    while (this.#start < this.#entries.length) {
      const entry = this.#entries[this.#start]!;
      if (entry.versions.at(-1)!.frame >= index) break;
      this.#byId.delete(entry.id);
      this.#entries[this.#start] = undefined;
      this.#start++;
    }
    if (this.#start > 4096 && this.#start * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#start);
      this.#start = 0;
    }
  }

  /** What was known of a transaction at the frame `asOf`. */
  find(id: string, asOf: number): TransactionRecord | undefined {
    const entry = this.#byId.get(id);
    return entry && this.#asKnown(entry, asOf);
  }

  /** The newest that fit, as known at the frame `asOf`; at most `limit`. */
  newest(asOf: number, fits: (record: TransactionRecord) => boolean, limit: number): TransactionRecord[] {
    const found: TransactionRecord[] = [];
    for (let i = this.#entries.length - 1; i >= this.#start && found.length < limit; i--) {
      const record = this.#asKnown(this.#entries[i]!, asOf);
      if (record && fits(record)) found.push(record);
    }
    // Within one frame they come in any order.
    return found.sort((a, b) => b.startedMs - a.startedMs);
  }

  /** One that was under way, and was not told of again after frames were missed, has ended in one of those. */
  #asKnown({ versions }: Entry, asOf: number): TransactionRecord | undefined {
    const known = versions.findLast(({ frame }) => frame <= asOf);
    if (known?.record.outcome !== 'underWay') return known?.record;
    const isLost = this.#afterGaps.some((gap) => known.frame < gap && gap + RETOLD_WITHIN <= asOf);
    return isLost ? undefined : known.record;
  }
}
