/** Long histories of a store that is right, for measuring: many clients at once on few hot keys, and some that give up. */
import { Random } from '../support/random.ts';
import type { LoggedTransaction, PutOutcomeSeen, RequestedWrite } from './history.ts';
import type { Sample } from './random-history.ts';
import { Recorder } from './recorder.ts';

export interface LongHistoryOptions {
  /** Beside a get of every key at the end. */
  readonly operations: number;
  readonly clients: number;
  readonly keys: number;
  readonly seed: number;
}

export function longHistory(options: LongHistoryOptions): Sample {
  return new BusyStore(options).run();
}

/** Makes an operation happen; what it returns brings the answer, if there is one. */
type Happening = () => (() => void) | undefined;

const GETS_SHARE = 1 / 3;
const GIVEN_UP_SHARE = 0.01;

class BusyStore {
  readonly #options: LongHistoryOptions;
  readonly #random: Random;
  readonly #recorder = new Recorder();
  readonly #state = new Map<string, { readonly version: number; readonly value: string }>();
  readonly #log: LoggedTransaction[] = [];
  readonly #keys: readonly string[];

  constructor(options: LongHistoryOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#keys = Array.from({ length: options.keys }, (_, index) => `key-${index}`);
  }

  run(): Sample {
    const { operations, clients } = this.#options;
    const random = this.#random;
    const underWay: Happening[] = [];
    for (let client = 1; client <= operations; client += 1) {
      const isGet = random.chance(GETS_SHARE);
      underWay.push(isGet ? this.#get(client, random.pick(this.#keys)) : this.#put(client));
      while (underWay.length >= clients) underWay.splice(random.integer(0, clients - 1), 1)[0]!()?.();
    }
    for (const happen of underWay) happen()?.();
    for (const [index, key] of this.#keys.entries()) this.#get(operations + 1 + index, key)()?.();
    return { history: this.#recorder.history, log: this.#log };
  }

  #get(client: number, key: string): Happening {
    const done = this.#recorder.get(client, key);
    return () => {
      const found = this.#state.get(key);
      return () => done(found);
    };
  }

  #put(client: number): Happening {
    const [one, other] = [this.#random.pick(this.#keys), this.#random.pick(this.#keys)];
    const keys = this.#random.chance(0.5) || one === other ? [one] : [one, other];
    const writes = keys.map((key) => {
      return { key, expected: this.#state.get(key)?.version ?? 0, value: `s:${client}:${key}` };
    });
    const done = this.#recorder.put(client, writes);
    const isGivenUp = this.#random.chance(GIVEN_UP_SHARE);
    return () => {
      if (isGivenUp && this.#random.chance(0.5)) return undefined;
      const outcome = this.#apply(writes);
      return isGivenUp ? undefined : () => done(outcome);
    };
  }

  #apply(writes: readonly RequestedWrite[]): PutOutcomeSeen {
    const current = writes.map(({ key }) => ({ key, version: this.#state.get(key)?.version ?? 0 }));
    const stale = current.filter(({ version }, at) => version !== writes[at]!.expected);
    if (stale.length > 0) return { kind: 'stale', current: stale };
    const made = writes.map(({ key, expected, value }) => ({ key, version: expected + 1, value }));
    for (const { key, version, value } of made) this.#state.set(key, { version, value });
    this.#log.push({ seq: this.#log.length + 1, writes: made });
    return { kind: 'committed', seq: this.#log.length, versions: made.map(({ version }) => version) };
  }
}
