/** The load client as the runner sees it. One process loads all servers, so that all meet the same client, compiled alike. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Answer, ClientSlice, Order } from './client-process.ts';
import type { ConnectOptions, RunOptions } from './connections.ts';

/** No slice takes longer, nor what else the client is told to do. */
const ORDER_MS_MAX = 300_000;

type OrderWithoutId = Order extends infer Each ? (Each extends Order ? Omit<Each, 'id'> : never) : never;

export class LoadClient {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;

  constructor() {
    this.#child = fork(path.join(import.meta.dirname, 'client-process.ts'), { stdio: 'inherit' });
    this.#child.on('message', (answer: Answer) => {
      const { resolve, reject } = this.#waiting.get(answer.id)!;
      this.#waiting.delete(answer.id);
      if ('error' in answer) reject(new Error(answer.error));
      else resolve(answer.result);
    });
    this.#child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the load client ended'));
    });
  }

  async open(options: ConnectOptions): Promise<LoadConnections> {
    const number = (await this.#order({ what: 'open', options })) as number;
    return {
      run: (options) => this.#order({ what: 'run', connections: number, options }) as Promise<ClientSlice>,
      close: async () => void (await this.#order({ what: 'close', connections: number })),
    };
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  async #order(order: OrderWithoutId): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    const timer = setTimeout(
      () => waiting.reject(new Error(`the load client did not ${order.what} in time`)),
      ORDER_MS_MAX,
    );
    this.#child.send({ ...order, id });
    return waiting.promise.finally(() => clearTimeout(timer));
  }
}

export interface LoadConnections {
  /** One at a time. */
  run(options: RunOptions): Promise<ClientSlice>;
  close(): Promise<void>;
}
