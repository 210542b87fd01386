/**
 * What threads send each other in numbers: flat lists of items, each of a type that the structured clone copies as it is.
 * Objects would cost it a name for every member, and it would lose the class of a `WholeFloat`.
 */
import { invariant } from '../../invariant.ts';

export type Item = string | number | bigint | boolean | null | undefined;

/** Takes items off a list in the order in which they were put there. Whoever reads knows what was written: all else is a bug. */
export class ItemReader {
  readonly #items: readonly Item[];
  #at = 0;

  constructor(items: readonly Item[]) {
    this.#items = items;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#items.length;
  }

  next(): Item {
    invariant(this.#at < this.#items.length, 'an item is missing');
    return this.#items[this.#at++];
  }

  string(): string {
    const item = this.next();
    invariant(typeof item === 'string', () => `a string was expected, not ${typeof item}`);
    return item;
  }

  number(): number {
    const item = this.next();
    invariant(typeof item === 'number', () => `a number was expected, not ${typeof item}`);
    return item;
  }
}
