/** Real HTTP threads over a store of the test's own, and clients. */
import { Worker } from 'node:worker_threads';
import { HttpThreads, type HttpThreadsOptions } from '../../../../src/http/threads/http-threads.ts';
import type { ThreadSettings } from '../../../../src/http/threads/run-thread.ts';
import { SharedCounts } from '../../../../src/http/threads/shared-counts.ts';
import { running } from '../../../../src/http/threads/worker.ts';
import { GrowingList } from '../../../support/growing-list.ts';
import { FakeStore } from '../../support/fake-store.ts';
import { Bugs, defaultSettings, requestText } from '../../support/http-fixture.ts';
import { RawClient } from '../../support/raw-client.ts';
import type { Death } from './mortal-thread.ts';

export interface ThreadsOptions extends Partial<ThreadSettings> {
  readonly threads?: number;
  readonly sharesPort?: boolean;
}

export interface LoggedDeath {
  readonly event: string;
  readonly err: Error;
  readonly thread: number;
}

const MORTAL = new URL('./mortal-thread.ts', import.meta.url);

export class ThreadsFixture implements AsyncDisposable {
  readonly store = new FakeStore();
  readonly bugs = new Bugs();
  readonly deaths = new GrowingList<LoggedDeath>();
  readonly http: HttpThreads;
  port = 0;
  /** By number; of those that were replaced, the newest. */
  readonly #workers: Worker[] = [];
  readonly #clients: RawClient[] = [];
  #counts: SharedCounts | undefined;

  static async start(options: ThreadsOptions = {}): Promise<ThreadsFixture> {
    const fixture = new ThreadsFixture(options);
    await fixture.listen();
    return fixture;
  }

  /** They load, and do not listen yet. */
  constructor({ threads = 2, sharesPort, ...settings }: ThreadsOptions = {}) {
    const options: HttpThreadsOptions = {
      ...{ threads, store: this.store, onBug: this.bugs.onBug },
      ...(sharesPort !== undefined && { sharesPort }),
      settings: { ...defaultSettings, maxConnections: 10_000, queuedPutsMax: 1000, ...settings },
      log: { isLevelEnabled: () => false, debug: () => {}, fatal: (fields) => this.deaths.add(fields as LoggedDeath) },
      start: (data) => {
        this.#counts ??= new SharedCounts(data.counts);
        const worker = new Worker(MORTAL, {
          ...{ workerData: data, transferList: [data.port] },
          resourceLimits: { maxOldGenerationSizeMb: 100 },
        });
        this.#workers[data.thread] = worker;
        return running(worker);
      },
    };
    this.http = new HttpThreads(options);
  }

  /** On a free port, if none is given. */
  async listen(port = 0): Promise<void> {
    ({ port: this.port } = await this.http.listen({ host: '127.0.0.1', port }, 'the test'));
  }

  kill(thread: number, death: Death): void {
    this.#workers[thread]!.postMessage(death);
  }

  get counts(): SharedCounts {
    return this.#counts!;
  }

  async connect(): Promise<RawClient> {
    const client = await RawClient.connect(this.port);
    this.#clients.push(client);
    return client;
  }

  /** Of each thread one client, which has been served. */
  async connectToEach(threads: number): Promise<RawClient[]> {
    const found: RawClient[] = [];
    while (found.filter((client) => client !== undefined).length < threads) {
      const before = this.#connections(threads);
      const client = await this.connect();
      client.send(this.get('nothing'));
      await client.reply();
      const thread = this.#connections(threads).findIndex((count, at) => count > before[at]!);
      if (thread >= 0 && found[thread] === undefined) found[thread] = client;
      else client.destroy();
    }
    return found;
  }

  get(key: string): string {
    return requestText(`GET /v1/get?key=${key}`, { host: `localhost:${this.port}` });
  }

  put(key: string): string {
    const body = JSON.stringify([{ key, value: 'v', version: 0 }]);
    const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
    return requestText('POST /v1/put', { host: `localhost:${this.port}`, ...headers }) + body;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.reset();
    this.http.terminate();
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    this.bugs.expectNone();
  }

  #connections(threads: number): number[] {
    return Array.from({ length: threads }, (_, thread) => this.counts.of(thread, 'connections'));
  }
}
