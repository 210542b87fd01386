/** Clients that put and get a few hot keys, with right and wrong versions, and write down what they see. */
import type { PutOperation, PutOutcome } from '../../src/outcome.ts';
import type { Store } from '../../src/store.ts';
import { outcomeSeen, Recorder } from '../history/recorder.ts';
import { valueText } from '../history/value-text.ts';
import type { Random } from '../support/random.ts';

export interface ClientHabits {
  readonly clients: number;
  readonly keys: readonly string[];
  /** Share of gets among the operations. */
  readonly getShare: number;
  /** Share of values that take a page or more. */
  readonly largeShare: number;
  /** Share of puts that expect another version than the current one. */
  readonly wrongShare: number;
}

const LARGE_BYTES_MAX = 20_000;

export class Clients {
  readonly recorder = new Recorder();
  readonly outcomes = new Map<PutOutcome['code'], number>();
  readonly #habits: ClientHabits;
  readonly #random: Random;
  #idle: number[];
  #made: number;
  #values = 0;
  operations = 0;

  constructor(habits: ClientHabits, random: Random) {
    this.#habits = habits;
    this.#random = random;
    this.#idle = Array.from({ length: habits.clients }, (_, index) => index);
    this.#made = habits.clients;
  }

  /** Puts that were told that they are. */
  get committed(): number {
    return this.outcomes.get('COMMITTED') ?? 0;
  }

  get someoneIsIdle(): boolean {
    return this.#idle.length > 0;
  }

  get everyoneIsIdle(): boolean {
    return this.#idle.length === this.#habits.clients;
  }

  /** One idle client does what it has in mind. */
  act(store: Store): void {
    const random = this.#random;
    const client = random.pick(this.#idle);
    if (random.chance(this.#habits.getShare)) this.get(store, client, random.pick(this.#habits.keys));
    else this.#put(store, client);
  }

  /** A put that nothing stands against. */
  putRight(store: Store): void {
    const key = this.#random.pick(this.#habits.keys);
    const client = this.#random.pick(this.#idle);
    const version = store.get(key)?.version ?? 0;
    this.#send(store, client, [{ key, value: this.#newValue(client), version }]);
  }

  /** Everybody looks at everything. */
  readAll(store: Store): void {
    for (const key of this.#habits.keys) this.get(store, this.#newClient(), key);
  }

  /** The process is gone, and with it every answer that had not come. */
  processEnded(): void {
    this.recorder.restart();
    this.#idle = Array.from({ length: this.#habits.clients }, () => this.#newClient());
  }

  get(store: Store, client: number, key: string): void {
    this.operations += 1;
    const done = this.recorder.get(client, key);
    const found = store.get(key);
    done(found && { value: valueText(found.value), version: found.version });
  }

  #put(store: Store, client: number): void {
    const random = this.#random;
    const { keys } = this.#habits;
    const count = random.chance(0.7) ? 1 : random.integer(1, keys.length);
    const first = random.integer(0, keys.length - 1);
    const operations = Array.from({ length: count }, (_, index) => {
      const key = keys[(first + index) % keys.length]!;
      return { key, value: this.#newValue(client), version: this.#version(store, key) };
    });
    this.#send(store, client, operations);
  }

  #send(store: Store, client: number, operations: readonly PutOperation[]): void {
    this.operations += 1;
    this.#idle = this.#idle.filter((other) => other !== client);
    const done = this.recorder.put(
      client,
      operations.map(({ key, value, version }) => ({ key, expected: version, value: valueText(value) })),
    );
    store.put(operations).then((outcome) => {
      done(outcomeSeen(outcome));
      this.outcomes.set(outcome.code, (this.outcomes.get(outcome.code) ?? 0) + 1);
      this.#idle.push(client);
    });
  }

  #version(store: Store, key: string): number {
    const current = store.get(key)?.version ?? 0;
    if (!this.#random.chance(this.#habits.wrongShare)) return current;
    return this.#random.pick([0, Math.max(0, current - 1), current + 1]);
  }

  #newValue(client: number): string {
    this.#values += 1;
    const name = `${client}:${this.#values}`;
    return this.#random.chance(this.#habits.largeShare)
      ? name.padEnd(this.#random.integer(1, LARGE_BYTES_MAX), '.')
      : name;
  }

  #newClient(): number {
    this.#made += 1;
    return this.#made;
  }
}
