/** Worker processes that do the portions of a proof side by side. */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { PortionOrder, PortionReply } from './portion-worker.ts';

const SCRIPT = path.join(import.meta.dirname, 'portion-worker.ts');

export class PortionWorkers implements Disposable {
  readonly #workers: readonly ChildProcess[];

  constructor(count: number) {
    this.#workers = Array.from({ length: count }, () =>
      fork(SCRIPT, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
    );
  }

  /** Does the orders, and hands over each reply when it is there. Rejects at the first violation. */
  async run(orders: readonly PortionOrder[], onDone: (order: PortionOrder, done: PortionDone) => void): Promise<void> {
    const waiting = [...orders];
    const serve = async (worker: ChildProcess) => {
      for (let order = waiting.shift(); order; order = waiting.shift()) {
        const startedMs = performance.now();
        const reply = await replyOf(worker, order);
        if ('violation' in reply) {
          const { name, from, count } = order;
          throw new Error(
            `${reply.violation}\nThe whole portion again: npm run prove:units -- "${name}" ${from} ${count}`,
          );
        }
        onDone(order, { figures: reply.figures, workMs: performance.now() - startedMs });
      }
    };
    await Promise.all(this.#workers.map(serve));
  }

  [Symbol.dispose](): void {
    for (const worker of this.#workers) if (worker.connected) worker.disconnect();
  }
}

export interface PortionDone {
  readonly figures: Readonly<Record<string, number>>;
  readonly workMs: number;
}

function replyOf(worker: ChildProcess, order: PortionOrder): Promise<PortionReply> {
  return new Promise((resolve) => {
    const settle = (reply: PortionReply) => {
      worker.off('message', settle);
      worker.off('exit', died);
      resolve(reply);
    };
    const died = (code: number | null, signal: string | null) =>
      settle({
        violation: `the process that did units from ${order.from} on of "${order.name}" died (${code ?? signal})`,
      });
    worker.on('message', settle);
    worker.on('exit', died);
    worker.send(order);
  });
}
