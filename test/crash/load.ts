/**
 * Many clients that put and get the same keys over HTTP at once, and a history of what they did and saw. It goes on over
 * restarts of the server, so that one history tells of all of them.
 */
import type { PutOutcomeSeen, RequestedWrite } from '../history/history.ts';
import { Recorder } from '../history/recorder.ts';
import { textText } from '../history/value-text.ts';
import { HttpClient, type HttpReply } from '../support/http-client.ts';
import { Random } from '../support/random.ts';

export interface LoadOptions {
  readonly clients: number;
  readonly keys: number;
  readonly seed: number;
}

/** How the puts of a load ended. */
export interface LoadFigures {
  acknowledged: number;
  refused: number;
  unknown: number;
  gets: number;
}

/** Statuses that say that a put was definitely not applied, and nothing about versions. */
const refusals = new Set([409, 503, 507]);
const unknowns = new Set([500, 504]);
const KEYS_OF_A_PUT_MAX = 4;
/** Some values are long, so that blocks fill up and are merged, and a few take many pages of a batch. */
const longValues = [
  { share: 0.1, bytesMax: 3000 },
  { share: 0.02, bytesMax: 100_000 },
] as const;

export class Load {
  readonly recorder = new Recorder();
  readonly figures: LoadFigures = { acknowledged: 0, refused: 0, unknown: 0, gets: 0 };
  readonly keys: readonly string[];
  readonly #clients: number;
  readonly #random: Random;
  /** What the clients believe, from the last answer about each key: sometimes stale, as it is between real clients. */
  readonly #versions = new Map<string, number>();
  #clientsMade = 0;
  #answers = 0;
  #awaited: { readonly count: number; readonly resolve: () => void } | undefined;

  constructor({ clients, keys, seed }: LoadOptions) {
    this.#clients = clients;
    this.#random = new Random(seed);
    this.keys = Array.from({ length: keys }, (_, index) => `key-${index}`);
  }

  /** Lets all clients work until each has lost its connection, because the server has gone. */
  async run(url: string): Promise<void> {
    await Promise.all(Array.from({ length: this.#clients }, () => this.#client(url)));
  }

  /** Resolves when that many more requests have been answered. */
  answered(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#awaited = { count: this.#answers + count, resolve };
    return promise;
  }

  /** Reads every key while nothing else happens. */
  async readAll(url: string): Promise<void> {
    using client = new HttpClient(url);
    const number = this.#nextClient();
    for (const key of this.keys) await this.#get(client, number, key);
  }

  /** After this one is gone another takes its place: its last request may still be under way somewhere. */
  async #client(url: string): Promise<void> {
    using client = new HttpClient(url);
    const number = this.#nextClient();
    try {
      for (let count = 0; ; count += 1) {
        if (this.#random.chance(0.2)) await this.#get(client, number, this.#random.pick(this.keys));
        else await this.#put(client, number, count);
        this.#noteAnswer();
      }
    } catch (error) {
      if (!isLostConnection(error)) throw error;
    }
  }

  async #get(client: HttpClient, number: number, key: string): Promise<void> {
    const done = this.recorder.get(number, key);
    const { status, json } = await client.get(key);
    if (status !== 200 && status !== 404) throw new Error(`a get was answered ${status} ${JSON.stringify(json)}`);
    const version = status === 404 ? 0 : Number(json.version);
    this.#versions.set(key, version);
    this.figures.gets += 1;
    done(status === 404 ? undefined : { value: textText(json.value as string), version });
  }

  async #put(client: HttpClient, number: number, count: number): Promise<void> {
    const operations = this.#operations(`${number}:${count}`);
    const writes: RequestedWrite[] = operations.map(({ key, value, version }) => {
      return { key, expected: version, value: textText(value) };
    });
    const done = this.recorder.put(number, writes);
    this.figures.unknown += 1; // until it is answered
    const reply = await client.put(operations);
    const outcome = outcomeOf(reply);
    done(outcome);
    this.#learn(operations, outcome);
    if (outcome.kind === 'unknown') return;
    this.figures.unknown -= 1;
    this.figures[outcome.kind === 'committed' ? 'acknowledged' : 'refused'] += 1;
  }

  #operations(writer: string) {
    const random = this.#random;
    const count = random.chance(0.3) ? random.integer(2, KEYS_OF_A_PUT_MAX) : 1;
    const keys = new Set(Array.from({ length: count }, () => random.pick(this.keys)));
    const long = longValues.find(({ share }) => random.chance(share));
    const padding = long ? 'x'.repeat(random.integer(1, long.bytesMax)) : '';
    return [...keys].map((key, index) => {
      return { key, value: `${writer}:${index}${padding}`, version: this.#versions.get(key) ?? 0 };
    });
  }

  #learn(operations: readonly { readonly key: string }[], outcome: PutOutcomeSeen): void {
    if (outcome.kind === 'committed')
      for (const [index, { key }] of operations.entries()) this.#versions.set(key, outcome.versions[index]!);
    if (outcome.kind === 'stale') for (const { key, version } of outcome.current) this.#versions.set(key, version);
  }

  #nextClient(): number {
    this.#clientsMade += 1;
    return this.#clientsMade;
  }

  #noteAnswer(): void {
    this.#answers += 1;
    if (this.#awaited && this.#answers >= this.#awaited.count) this.#awaited.resolve();
  }
}

interface ConflictText {
  readonly key: string;
  readonly reason: 'stale' | 'in_flight';
  readonly current: number;
}

function outcomeOf({ status, json }: HttpReply): PutOutcomeSeen {
  if (status === 200) return { kind: 'committed', seq: json.seq as number, versions: json.versions as number[] };
  if (status === 412) {
    const stale = (json.conflicts as ConflictText[]).filter(({ reason }) => reason === 'stale');
    return { kind: 'stale', current: stale.map(({ key, current }) => ({ key, version: current })) };
  }
  if (refusals.has(status)) return { kind: 'refused' };
  if (unknowns.has(status)) return { kind: 'unknown' };
  throw new Error(`a put was answered ${status} ${JSON.stringify(json)}`);
}

/** Other errors are those of the test itself. */
export function isLostConnection(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET' || code === 'ECONNREFUSED' || code === 'EPIPE';
}
