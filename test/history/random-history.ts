/** Small histories of a tiny concurrent store that is right, each with its log. */
import { Random } from '../support/random.ts';
import { changed } from './changed-history.ts';
import { contested } from './contested-history.ts';
import type { History, LoggedTransaction, LoggedWrite, PutOutcomeSeen, RequestedWrite } from './history.ts';
import { madeUp } from './made-up-history.ts';
import { Recorder } from './recorder.ts';

export interface Sample {
  readonly history: History;
  readonly log: readonly LoggedTransaction[];
}

const CHANGES_MAX = 4;
export const KINDS_OF_SAMPLES = 4;

/** In turn: a right history; the same with some changes, most of which make it wrong; two kinds that no store made. */
export function sampleOf(seed: number): Sample {
  const kind = seed % KINDS_OF_SAMPLES;
  const random = new Random(seed - kind);
  if (kind === 2) return madeUp(random, OPERATIONS_MAX);
  if (kind === 3) return contested(random);
  let sample = new TinyStore(random).run();
  if (kind === 0) return sample;
  for (let changes = random.integer(1, CHANGES_MAX); changes > 0; changes -= 1) sample = changed(sample, random);
  return sample;
}

export const KEYS = ['a', 'b', 'c'];
const OPERATIONS_MAX = 8;
const RESTARTS_MAX = 2;

type Answer = () => void;

class TinyStore {
  readonly #random: Random;
  readonly #recorder = new Recorder();
  readonly #state = new Map<string, { version: number; value: string }>();
  readonly #log: LoggedTransaction[] = [];
  /** What was asked for and has not happened yet. */
  #asked: (() => Answer)[] = [];
  #answers: Answer[] = [];
  /** Puts that may still happen, and that nobody waits for any more. */
  #forsaken: (() => void)[] = [];
  #clients = 0;
  #restarts = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  run(): Sample {
    const clientsMax = this.#random.integer(1, 4);
    const keys = this.#random.integer(1, KEYS.length);
    const operations = this.#random.integer(3, OPERATIONS_MAX);
    // In the end some are left without an answer.
    while (this.#clients < operations || (this.#busy > 0 && this.#random.chance(0.95))) {
      if (this.#random.chance(0.03)) this.#restart();
      if (this.#random.chance(0.1)) this.#takeOne(this.#forsaken)?.();
      if (this.#clients < operations && this.#busy < clientsMax && this.#random.chance(0.5)) this.#ask(keys);
      else if (this.#random.chance(0.5)) this.#happen();
      else this.#takeOne(this.#answers)?.();
    }
    return { history: this.#recorder.history, log: this.#log };
  }

  get #busy(): number {
    return this.#asked.length + this.#answers.length;
  }

  #ask(keys: number): void {
    this.#clients += 1;
    if (this.#random.chance(0.4)) this.#askForGet(this.#clients, KEYS[this.#random.integer(0, keys - 1)]!);
    else this.#askForPut(this.#clients, keys);
  }

  #askForGet(client: number, key: string): void {
    const done = this.#recorder.get(client, key);
    this.#asked.push(() => {
      const found = this.#state.get(key);
      return () => done(found);
    });
  }

  #askForPut(client: number, keys: number): void {
    const named = KEYS.slice(0, keys).filter(() => this.#random.chance(0.6));
    const writes = (named.length > 0 ? named : KEYS.slice(0, 1)).map((key): RequestedWrite => {
      const wrongBy = this.#random.chance(0.25) ? this.#random.pick([-1, 1]) : 0;
      const expected = Math.max(0, (this.#state.get(key)?.version ?? 0) + wrongBy);
      return { key, expected, value: `${client}${key}` };
    });
    const done = this.#recorder.put(client, writes);
    if (this.#random.chance(0.08)) this.#asked.push(() => () => done({ kind: 'refused' }));
    else if (this.#random.chance(0.2)) this.#forsaken.push(() => this.#put(writes));
    else if (this.#random.chance(0.15)) this.#asked.push(() => this.#giveUp(writes, done));
    else this.#asked.push(() => this.#putAndAnswer(writes, done));
  }

  #putAndAnswer(writes: readonly RequestedWrite[], done: (outcome: PutOutcomeSeen) => void): Answer {
    const outcome = this.#put(writes);
    return () => done(outcome);
  }

  #giveUp(writes: readonly RequestedWrite[], done: (outcome: PutOutcomeSeen) => void): Answer {
    if (this.#random.chance(0.5)) this.#put(writes);
    else this.#forsaken.push(() => this.#put(writes));
    return () => done({ kind: 'unknown' });
  }

  #put(writes: readonly RequestedWrite[]): PutOutcomeSeen {
    const current = writes.map(({ key }) => ({ key, version: this.#state.get(key)?.version ?? 0 }));
    const stale = current.filter(({ version }, at) => version !== writes[at]!.expected);
    if (stale.length > 0) return { kind: 'stale', current: stale };
    const made = writes.map(({ key, expected, value }): LoggedWrite => ({ key, version: expected + 1, value }));
    for (const { key, version, value } of made) this.#state.set(key, { version, value });
    this.#log.push({ seq: this.#log.length + 1, writes: made });
    return { kind: 'committed', seq: this.#log.length, versions: made.map(({ version }) => version) };
  }

  #happen(): void {
    const answer = this.#takeOne(this.#asked)?.();
    if (answer) this.#answers.push(answer);
  }

  /** Nothing that was asked for before happens any more. Some answers that were on their way come in later. */
  #restart(): void {
    if (this.#restarts === RESTARTS_MAX) return;
    this.#restarts += 1;
    this.#asked = [];
    this.#forsaken = [];
    this.#answers = this.#answers.filter(() => this.#random.chance(0.5));
    this.#recorder.restart();
  }

  #takeOne<T>(items: T[]): T | undefined {
    if (items.length === 0) return undefined;
    return items.splice(this.#random.integer(0, items.length - 1), 1)[0];
  }
}
