/** A store that is a plain Map and does what the test tells it to. */
import type {
  PutOperation,
  PutOutcome,
  PutsRefused,
  Readiness,
  StoredValue,
  WatchableStore,
} from '../../../src/outcome.ts';
import { readMany } from '../../../src/read-many.ts';

export class FakeStore implements WatchableStore {
  readonly values = new Map<string, StoredValue>();
  /** Every put that got through, in order. */
  readonly puts: (readonly PutOperation[])[] = [];
  unreadiness: string | undefined;
  /** Answers every put instead of the Map. */
  outcome: PutOutcome | undefined;
  /** While it is set, puts are kept and answered by `release`. */
  isHolding = false;
  /** The most puts that were in work at one time. */
  inWorkMax = 0;
  #refusal: PutsRefused | undefined;
  readonly #watchers: (() => void)[] = [];
  #held: (() => void)[] = [];
  #inWork = 0;
  #seq = 0;
  #arrival: { count: number; resolve: () => void } | undefined;

  get refusal(): PutsRefused | undefined {
    return this.#refusal;
  }

  set refusal(refusal: PutsRefused | undefined) {
    this.#refusal = refusal;
    for (const tell of this.#watchers) tell();
  }

  watchState(listener: () => void): void {
    this.#watchers.push(listener);
  }

  get(key: string): StoredValue | undefined {
    return this.values.get(key);
  }

  async put(operations: readonly PutOperation[]): Promise<PutOutcome> {
    this.puts.push(operations);
    this.#inWork++;
    this.inWorkMax = Math.max(this.inWorkMax, this.#inWork);
    const { promise: released, resolve } = Promise.withResolvers<void>();
    if (this.isHolding) this.#held.push(resolve);
    else resolve();
    if (this.#arrival !== undefined && this.puts.length >= this.#arrival.count) this.#arrival.resolve();
    await released;
    this.#inWork--;
    return this.outcome ?? this.#apply(operations);
  }

  read(key: string, answer: (stored: StoredValue | undefined) => void): void {
    answer(this.get(key));
  }

  readMany(
    keys: readonly string[],
    textBytesMax: number,
    answer: (stored: readonly (StoredValue | undefined)[]) => void,
  ): void {
    answer(readMany((key) => this.get(key), keys, textBytesMax));
  }

  refusesPuts(): PutsRefused | undefined {
    return this.#refusal;
  }

  readiness(): Readiness {
    return this.unreadiness === undefined ? { ready: true } : { ready: false, reason: this.unreadiness };
  }

  askReadiness(answer: (readiness: Readiness) => void): void {
    answer(this.readiness());
  }

  /** Resolves when `count` puts have got through since the beginning. */
  async received(count: number): Promise<void> {
    if (this.puts.length >= count) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#arrival = { count, resolve };
    await promise;
  }

  /** Lets the puts go that are held now, and those that come later. */
  release(): void {
    this.isHolding = false;
    for (const resolve of this.#held.splice(0)) resolve();
  }

  /** Lets only the first of those go. */
  releaseOne(): void {
    this.#held.shift()?.();
  }

  #apply(operations: readonly PutOperation[]): PutOutcome {
    const id = (++this.#seq).toString(16).padStart(32, '0');
    const conflicts = operations.flatMap(({ key, version: expected }) => {
      const current = this.values.get(key)?.version ?? 0;
      return current === expected ? [] : [{ key, reason: 'stale', expected, current } as const];
    });
    if (conflicts.length > 0) return { code: 'STALE_VERSION', id, conflicts };
    for (const { key, value, version } of operations) this.values.set(key, { value, version: version + 1 });
    return { code: 'COMMITTED', id, seq: this.#seq, versions: operations.map(({ version }) => version + 1) };
  }
}
