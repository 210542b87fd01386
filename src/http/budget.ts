/** A limit on what many requests or connections may have at one time, all together. */

export interface Budget {
  /** Whether there was room for that much more; if so, `release` it later. */
  take(amount: number): boolean;
  release(amount: number): void;
}

export class OwnBudget implements Budget {
  readonly #max: number;
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  take(amount: number): boolean {
    if (this.#taken + amount > this.#max) return false;
    this.#taken += amount;
    return true;
  }

  release(amount: number): void {
    this.#taken -= amount;
  }
}
