/** Who may write which key just now. Plain data, driven by the key-lock machine. */
import { invariant } from '../invariant.ts';
import { ArrivalList, type Place } from './arrival-list.ts';
import type { Hold, KeyEntry } from './key-entry.ts';
import type { KeyIndex } from './key-index.ts';

/** A hold knows its place, to be found again when it ends. */
interface ListedHold extends Hold {
  place: Place<Hold> | undefined;
}

export class LockTable {
  readonly #index: KeyIndex;
  /** Invariant: an entry has a hold exactly while that hold is listed here. */
  readonly #holds = new ArrivalList<Hold>();
  #size = 0;

  constructor(index: KeyIndex) {
    this.#index = index;
  }

  /** Keys held. */
  get size(): number {
    return this.#size;
  }

  /** The hold that was taken last. */
  get newest(): Hold | undefined {
    return this.#holds.newest;
  }

  /** Key and holder of every key held, longest held first. None may be taken or released while they are gone through. */
  *entries(): IterableIterator<[key: string, holder: string]> {
    for (const { keys, holder } of this.#holds) for (const key of keys) yield [key, holder];
  }

  holderOf(key: string): string | undefined {
    return this.#index.find(key)?.hold?.holder;
  }

  /** The holders of those keys that somebody holds. */
  rivals(keys: readonly string[]): ReadonlyMap<string, string> {
    const rivals = new Map<string, string>();
    for (const key of keys) {
      const holder = this.holderOf(key);
      if (holder !== undefined) rivals.set(key, holder);
    }
    return rivals;
  }

  areFree(keys: readonly string[]): boolean {
    for (const key of keys) if (this.#index.find(key)?.hold !== undefined) return false;
    return true;
  }

  /** Takes all the keys, which must be free. A key that was never written gets an entry. */
  hold(keys: readonly string[], holder: string): void {
    const entries: KeyEntry[] = [];
    const hold: ListedHold = { holder, keys, entries, place: undefined };
    for (const key of keys) {
      const entry = this.#index.enter(key);
      invariant(entry.hold === undefined, () => `${holder} takes a key that ${entry.hold?.holder} holds`);
      entry.hold = hold;
      entries.push(entry);
    }
    hold.place = this.#holds.add(hold);
    this.#size += keys.length;
  }

  /** Gives all its keys back. One that was still not written loses its entry. */
  release(hold: Hold): void {
    const { keys, entries, holder } = hold;
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index]!;
      invariant(entry.hold === hold, () => `${holder} releases a key without holding it`);
      entry.hold = undefined;
      if (entry.version === 0) this.#index.leave(keys[index]!);
    }
    this.#holds.remove((hold as ListedHold).place!);
    this.#size -= keys.length;
    invariant(this.#size > 0 || this.#index.unwritten === 0, 'keys were never written, and nobody holds them');
  }
}
