/**
 * Things that come and go, in the order in which they came; each is taken out by the place that it was given. Plain data.
 *
 * A `Map` would do, were it not for V8's: one that is written to and deleted from all the time moves to a new table again
 * and again, and each old table keeps what was in it and points to the next. As soon as one of them is among the old
 * objects, young collections take the whole chain for alive (see `docs/decisions/churned-maps.md`).
 */
import { invariant } from '../invariant.ts';

export interface Place<T> {
  readonly value: T;
}

interface Link<T> extends Place<T> {
  older: Link<T> | undefined;
  newer: Link<T> | undefined;
  isListed: boolean;
}

export class ArrivalList<T> {
  #oldest: Link<T> | undefined;
  #newest: Link<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get oldest(): T | undefined {
    return this.#oldest?.value;
  }

  get newest(): T | undefined {
    return this.#newest?.value;
  }

  add(value: T): Place<T> {
    const link: Link<T> = { value, older: this.#newest, newer: undefined, isListed: true };
    if (this.#newest) this.#newest.newer = link;
    else this.#oldest = link;
    this.#newest = link;
    this.#size += 1;
    return link;
  }

  /** `place` is one of this list, and still in it. */
  remove(place: Place<T>): void {
    const link = place as Link<T>;
    invariant(link.isListed, 'a place that is empty already');
    const { older, newer } = link;
    if (older) older.newer = newer;
    else this.#oldest = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
    // What is gone keeps nothing alive.
    link.older = undefined;
    link.newer = undefined;
    link.isListed = false;
    this.#size -= 1;
  }

  /** Oldest first. The value at hand may be removed meanwhile, but no other. */
  *[Symbol.iterator](): IterableIterator<T> {
    let link = this.#oldest;
    while (link) {
      const { newer } = link;
      yield link.value;
      link = newer;
    }
  }
}
