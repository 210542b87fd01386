/** What every key holds now, and the account of the memory that it takes. Plain data; only durable writes reach it. */
import type { StoredValue } from '../outcome.ts';
import type { ReplayTarget } from '../wal/recovery.ts';
import { exitCodes, StartRefusal } from '../wal/refusal.ts';
import type { TxWrite } from '../wal/tx-codec.ts';
import type { Value } from '../wal/value.ts';
import { currentVersion, KeyEntry } from './key-entry.ts';

export interface IndexLimits {
  /** Bytes that keys and values may take, by the account below. */
  readonly memoryMax: number;
  readonly maxKeys: number;
}

/** What a put will add to the index. Negative bytes where it replaces larger values. */
export interface Growth {
  readonly bytes: number;
  readonly keys: number;
}

export type LimitReached = { readonly code: 'MEMORY_LIMIT' | 'KEYS_LIMIT'; readonly error: string };

/**
 * An estimate, on the high side, of what V8 takes beside the characters: the entry, its place in the map at the
 * worst load, and the two string headers. The measurement `restart-and-memory` shows what it really is.
 */
const ENTRY_OVERHEAD_BYTES = 160;
const NUMBER_BYTES = 16;

export class KeyIndex implements ReplayTarget {
  /** Of every key that was ever written, deleted ones included. Nothing is ever taken out: see `#unwritten`. */
  readonly #entries = new Map<string, KeyEntry>();
  /**
   * Of keys that are held and were never written. Many come to nothing, so they must not be among the others: in V8's maps what
   * is deleted stays in the chain of its bucket until the table is full and moves. In a large one, a new key that is refused
   * again and again would make a chain as long as the table has room, and each look-up of it slower than the last.
   */
  readonly #unwritten = new Map<string, KeyEntry>();
  readonly #limits: IndexLimits;
  #bytes = 0;
  // Growth that was promised to puts whose flush is under way.
  #reservedBytes = 0;
  #reservedKeys = 0;

  constructor(limits: IndexLimits) {
    this.#limits = limits;
  }

  /** Keys that take up memory, deleted ones included. */
  get size(): number {
    return this.#entries.size;
  }

  /** Keys that have an entry only because somebody holds them. */
  get unwritten(): number {
    return this.#unwritten.size;
  }

  /** Accounted memory of keys and values, without what is promised to puts under way. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A copy: the entry goes on changing. */
  get(key: string): StoredValue | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.value !== undefined ? { value: entry.value, version: entry.version } : undefined;
  }

  /** The version a put must expect: 0 for a key that does not exist, be it deleted or never made. */
  currentVersion(key: string): number {
    const entry = this.#entries.get(key);
    return entry ? currentVersion(entry) : 0;
  }

  find(key: string): KeyEntry | undefined {
    return this.#entries.get(key) ?? this.#unwritten.get(key);
  }

  /** The entry of a key that is to be held, made where there is none. */
  enter(key: string): KeyEntry {
    const found = this.find(key);
    if (found) return found;
    const entry = new KeyEntry();
    this.#unwritten.set(key, entry);
    return entry;
  }

  /** Takes out the entry of a key that is held no longer and was not written. */
  leave(key: string): void {
    this.#unwritten.delete(key);
  }

  /** What these writes will add, each to the entry at the same place. */
  growthOf(entries: readonly KeyEntry[], writes: readonly TxWrite[]): Growth {
    let bytes = 0;
    let keys = 0;
    for (let index = 0; index < writes.length; index++) {
      const entry = entries[index]!;
      bytes += growthOver(entry, writes[index]!);
      if (entry.version === 0) keys += 1;
    }
    return { bytes, keys };
  }

  /** Promises room for a put, or says which limit stands against it. Shrinking is always possible. */
  reserve({ bytes, keys }: Growth): LimitReached | undefined {
    const { memoryMax, maxKeys } = this.#limits;
    const keysThen = this.#entries.size + this.#reservedKeys + keys;
    if (keys > 0 && keysThen > maxKeys)
      return { code: 'KEYS_LIMIT', error: `the store would have ${keysThen} keys; maxKeys is ${maxKeys}` };
    const bytesThen = this.#bytes + this.#reservedBytes + bytes;
    if (bytes > 0 && bytesThen > memoryMax)
      return {
        code: 'MEMORY_LIMIT',
        error: `keys and values would take ${bytesThen} bytes of memory; memoryMax is ${memoryMax}`,
      };
    // A shrinking put gives its room back only when it is applied: until then it may still fail.
    this.#reservedBytes += Math.max(0, bytes);
    this.#reservedKeys += keys;
    return undefined;
  }

  unreserve({ bytes, keys }: Growth): void {
    this.#reservedBytes -= Math.max(0, bytes);
    this.#reservedKeys -= keys;
  }

  /**
   * Each write goes to the entry at the same place. `growth` is what `growthOf` said of them; it still holds if nobody wrote
   * the keys since, and the key locks see to that.
   */
  apply(entries: readonly KeyEntry[], writes: readonly TxWrite[], growth: Growth): void {
    this.#bytes += growth.bytes;
    for (let index = 0; index < writes.length; index++) {
      const entry = entries[index]!;
      const { key, value, version } = writes[index]!;
      if (entry.version === 0) {
        this.#unwritten.delete(key);
        this.#entries.set(key, entry);
      }
      entry.value = value;
      entry.version = version;
    }
  }

  /**
   * A write from the log at start, when no key is held yet; returns the version before it. Refuses to start where it does
   * not fit: a smaller limit than the store needs.
   */
  replay(write: TxWrite): number {
    const entry = this.#entries.get(write.key) ?? this.#add(write.key);
    const { version: before } = entry;
    this.#bytes += growthOver(entry, write);
    entry.value = write.value;
    entry.version = write.version;
    const { memoryMax, maxKeys } = this.#limits;
    if (this.#bytes > memoryMax || this.#entries.size > maxKeys)
      throw new StartRefusal(
        exitCodes.settings,
        `the store holds more than the settings allow: over ${this.#bytes} bytes in ${this.#entries.size} keys; memoryMax is ${memoryMax}, maxKeys is ${maxKeys}; raise them (memoryMax may need a larger heap: NODE_OPTIONS=--max-old-space-size)`,
      );
    return before;
  }

  #add(key: string): KeyEntry {
    const entry = new KeyEntry();
    this.#entries.set(key, entry);
    return entry;
  }
}

/** Bytes that a write adds over what the key held before. */
function growthOver(before: KeyEntry, { key, value }: TxWrite): number {
  if (before.version > 0) return valueBytes(value) - valueBytes(before.value);
  return ENTRY_OVERHEAD_BYTES + stringBytes(key) + valueBytes(value);
}

function valueBytes(value: Value | undefined): number {
  if (typeof value === 'string') return stringBytes(value);
  if (typeof value === 'object') return Array.isArray(value) ? NUMBER_BYTES * (1 + value.length) : NUMBER_BYTES;
  return typeof value === 'bigint' || (typeof value === 'number' && !Number.isInteger(value)) ? NUMBER_BYTES : 0;
}

// V8 takes one byte a character where all are in Latin-1, else two. Two for whatever is not ASCII is never too little.
function stringBytes(text: string): number {
  return Buffer.byteLength(text) === text.length ? text.length : 2 * text.length;
}
