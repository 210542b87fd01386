/** Calls of an actor to the outside that are noted, and end when the test says so. One at a time. */
export class HeldCalls {
  readonly #seen: string[];
  readonly #whose: string;
  #pending: PromiseWithResolvers<never> | undefined;

  constructor(seen: string[], whose: string) {
    this.#seen = seen;
    this.#whose = whose;
  }

  hold(call: string): Promise<never> {
    if (this.#pending) throw new Error(`${call}: two calls of the ${this.#whose} at once`);
    this.#seen.push(`${this.#whose}: ${call}`);
    this.#pending = Promise.withResolvers();
    return this.#pending.promise;
  }

  succeed(result: unknown): void {
    this.#take().resolve(result as never);
  }

  fail(error: unknown): void {
    this.#take().reject(error);
  }

  #take(): PromiseWithResolvers<never> {
    const pending = this.#pending;
    if (!pending) throw new Error(`no call of the ${this.#whose} is under way`);
    this.#pending = undefined;
    return pending;
  }
}
