/** Of each key the entry that came last, found by the bytes of the key. */
import { randomFillSync } from 'node:crypto';
import type { EntrySlice } from './entry-slice.ts';
import { halfSipHash } from './half-sip-hash.ts';
import { compareKeyBytes, type KeySlice } from './key-order.ts';

const SLOTS_MIN = 1024;

/**
 * A hash table with open addressing and linear probing, at most half full. V8's own map takes strings, and making one of each
 * key, hashing it and finding it was most of what a merge did (docs/decisions/merged-by-bytes.md).
 */
export class LatestEntries {
  /** Of 32 bits, signed. */
  readonly #hash: (key: KeySlice) => number;
  /** Two numbers a slot, side by side in memory: the hash, and one more than the place in `#entries`, 0 in an empty slot. */
  #slots = new Int32Array(2 * SLOTS_MIN);
  readonly #entries: EntrySlice[] = [];

  constructor(hash = secretHash()) {
    this.#hash = hash;
  }

  /** Puts the entry in the place of the one of the same key, which it returns; `undefined` if there was none. */
  replace(entry: EntrySlice): EntrySlice | undefined {
    const entries = this.#entries;
    const slots = this.#slots;
    const mask = slots.length - 1;
    const hash = this.#hash(entry);
    let at = (hash << 1) & mask;
    for (let place = slots[at + 1]!; place !== 0; place = slots[at + 1]!) {
      if (slots[at] === hash) {
        const before = entries[place - 1]!;
        if (compareKeyBytes(before, entry) === 0) {
          entries[place - 1] = entry;
          return before;
        }
      }
      at = (at + 2) & mask;
    }
    slots[at] = hash;
    slots[at + 1] = entries.push(entry);
    if (4 * entries.length === slots.length) this.#grow();
    return undefined;
  }

  /** In the order of their keys. The table must not be used any more. */
  sorted(): readonly EntrySlice[] {
    return this.#entries.sort(compareKeyBytes);
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Int32Array(2 * old.length);
    const mask = slots.length - 1;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue;
      let at = (old[from]! << 1) & mask;
      while (slots[at + 1] !== 0) at = (at + 2) & mask;
      slots[at] = old[from]!;
      slots[at + 1] = old[from + 1]!;
    }
    this.#slots = slots;
  }
}

/** Another one with each call: keys that meet in one table do not meet in the next. */
export function secretHash(): (key: KeySlice) => number {
  const [key0, key1] = randomFillSync(new Int32Array(2)) as unknown as [number, number];
  return ({ bytes, keyStart, keyEnd }) => halfSipHash(key0, key1, bytes, keyStart, keyEnd);
}
