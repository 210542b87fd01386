/** Who may write which key just now. Plain data, driven by the key-lock machine. */
import { invariant } from '../invariant.ts';

export class LockTable {
  /** Invariant: a key is here exactly while one transaction may write it. */
  readonly #holders = new Map<string, string>();

  get size(): number {
    return this.#holders.size;
  }

  /** Key and holder of every key held, longest held first. */
  entries(): IterableIterator<[key: string, holder: string]> {
    return this.#holders.entries();
  }

  holderOf(key: string): string | undefined {
    return this.#holders.get(key);
  }

  /** The holders of those keys that somebody holds. */
  rivals(keys: readonly string[]): ReadonlyMap<string, string> {
    const rivals = new Map<string, string>();
    for (const key of keys) {
      const holder = this.#holders.get(key);
      if (holder !== undefined) rivals.set(key, holder);
    }
    return rivals;
  }

  areFree(keys: readonly string[]): boolean {
    for (const key of keys) if (this.#holders.has(key)) return false;
    return true;
  }

  /** Takes all the keys, which must be free. */
  hold(keys: readonly string[], holder: string): void {
    for (const key of keys) {
      invariant(!this.#holders.has(key), () => `${holder} takes a key that ${this.#holders.get(key)} holds`);
      this.#holders.set(key, holder);
    }
  }

  release(keys: readonly string[], holder: string): void {
    for (const key of keys) {
      invariant(this.#holders.get(key) === holder, () => `${holder} releases a key without holding it`);
      this.#holders.delete(key);
    }
  }
}
