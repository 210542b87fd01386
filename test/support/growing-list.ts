/** A list that things are added to while others wait for one of them to be there. Nobody asks again and again. */

const boundMs = 15_000;

export class GrowingList<T> {
  readonly items: T[] = [];
  #grown = Promise.withResolvers<void>();

  add(item: T): void {
    this.items.push(item);
    this.#grown.resolve();
    this.#grown = Promise.withResolvers();
  }

  /** The first that fits, once it is there. Rejects after 15 s. */
  async first<Found extends T>(fits: (item: T) => item is Found, what: string): Promise<Found>;
  async first(fits: (item: T) => boolean, what: string): Promise<T>;
  async first(fits: (item: T) => boolean, what: string): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`waited ${boundMs} ms in vain for ${what}`)), boundMs);
    try {
      for (;;) {
        const found = this.items.find(fits);
        if (found !== undefined) return found;
        await Promise.race([this.#grown.promise, late]);
      }
    } finally {
      clearTimeout(timer);
    }
  }
}
