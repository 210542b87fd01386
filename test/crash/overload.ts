/**
 * N3: ten times more puts than a server can take, sent at a fixed rate whatever is answered. What is too much is refused,
 * nothing piles up, and gets are answered all the time.
 */
import { HttpClient } from '../support/http-client.ts';
import { residentBytesOf } from '../support/memory-of.ts';
import { ServerProcess } from '../support/server-process.ts';
import { isLostConnection } from './load.ts';

/** A batch takes what can be queued, and is held open that long: 200 puts a second, on any machine. */
const capacity = { queuedPutsMax: 20, batchTimeMs: 100 } as const;
const PUTS_A_SECOND = (10 * capacity.queuedPutsMax * 1000) / capacity.batchTimeMs;
const TICK_MS = 10;
/** The default of `maxConnections`; on a machine that is busy otherwise, that many puts may be under way. */
const CONNECTIONS_MAX = 1000;
const VALUE_BYTES = 2000;
const MiB = 1024 * 1024;
const GROWTH_MAX = 128 * MiB;

export interface OverloadFigures extends Record<string, number> {
  readonly seconds: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly turnedAway: number;
  readonly gets: number;
}

export async function overload(seconds: number, threads = 1): Promise<OverloadFigures> {
  await using server = await ServerProcess.start({
    args: [
      ...['--queued-puts-max', String(capacity.queuedPutsMax), '--batch-time', String(capacity.batchTimeMs)],
      ...['--max-batch-size', '16 MiB', '--threads', String(threads)],
      // A connection that waits long for its next put would be closed, perhaps in the moment in which the put is sent.
      ...['--keep-alive-timeout-ms', '600000'],
    ],
  });
  const crowd = new Crowd(server.url);
  const reader = new Reader(server.url);
  const reading = reader.readUntilStopped();
  const residentBytes = await crowd.sendFor(seconds, () => residentBytesOf(server.pid));
  reader.stop();
  await Promise.all([crowd.answered(), reading]);
  crowd.expectOverload();
  const growth = Math.max(...residentBytes) - residentBytes[0]!;
  if (growth > GROWTH_MAX) throw new Error(`the server grew by ${Math.round(growth / MiB)} MiB`);
  const { sent, acknowledged, refused, turnedAway } = crowd;
  return { seconds, sent, acknowledged, refused, turnedAway, gets: reader.gets };
}

/** As many clients as it takes: each sends its put when its time has come, and none waits for another. */
class Crowd {
  sent = 0;
  acknowledged = 0;
  refused = 0;
  /** Connections beyond `maxConnections`, which are closed before a request is read from them. */
  turnedAway = 0;
  readonly #url: string;
  readonly #idle: HttpClient[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #failure: unknown;

  constructor(url: string) {
    this.#url = url;
  }

  /** Also returns what `measure` said, several times a second. */
  sendFor(seconds: number, measure: () => number): Promise<number[]> {
    const measured = [measure()];
    const startedAt = performance.now();
    return new Promise((resolve) => {
      // The clock of an open loop: what is due is sent, also after a tick that came late.
      const timer = setInterval(() => {
        const elapsedSeconds = Math.min(seconds, (performance.now() - startedAt) / 1000);
        while (this.sent < elapsedSeconds * PUTS_A_SECOND) this.#send();
        if (elapsedSeconds > measured.length / 4) measured.push(measure());
        if (elapsedSeconds < seconds && this.#failure === undefined) return;
        clearInterval(timer);
        resolve(measured);
      }, TICK_MS);
    });
  }

  /** Resolves when every put has its answer. */
  async answered(): Promise<void> {
    await Promise.all(this.#underWay);
    for (const client of this.#idle) client.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Ten times more were sent than taken in, but for what a batch more or less makes of it. */
  expectOverload(): void {
    const { sent, acknowledged } = this;
    if (sent < 8 * acknowledged) throw new Error(`of ${sent} puts ${acknowledged} were taken in`);
  }

  #send(): void {
    this.sent += 1;
    const done = this.#put(`key-${this.sent}`).catch((error) => {
      this.#failure ??= error;
    });
    this.#underWay.add(done);
    done.then(() => this.#underWay.delete(done));
  }

  async #put(key: string): Promise<void> {
    const client = this.#idle.pop() ?? new HttpClient(this.#url);
    const crowd = this.#underWay.size;
    const reply = await client.put([{ key, value: 'x'.repeat(VALUE_BYTES), version: 0 }]).catch((error) => {
      if (!isLostConnection(error) || crowd < CONNECTIONS_MAX / 2) throw error;
    });
    if (!reply) {
      client.close();
      this.turnedAway += 1;
      return;
    }
    const { status, headers, json } = reply;
    this.#idle.push(client);
    if (status === 200) this.acknowledged += 1;
    else if (status === 503 && json.code === 'QUEUE_FULL' && headers['retry-after'] === '1') this.refused += 1;
    else throw new Error(`a put is answered ${status} ${JSON.stringify({ headers, json })}`);
  }
}

/** Asks all the time, one get after the other. */
class Reader {
  gets = 0;
  readonly #client: HttpClient;
  #isStopped = false;

  constructor(url: string) {
    this.#client = new HttpClient(url);
  }

  async readUntilStopped(): Promise<void> {
    using client = this.#client;
    for (; !this.#isStopped; this.gets += 1) {
      const { status } = await client.get('key-1');
      if (status !== 200 && status !== 404) throw new Error(`a get is answered ${status}`);
    }
  }

  stop(): void {
    this.#isStopped = true;
  }
}
