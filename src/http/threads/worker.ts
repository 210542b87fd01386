/** Starts HTTP threads as workers of this process. */
import { Worker } from 'node:worker_threads';
import type { ThreadData } from './run-thread.ts';

/** A thread that runs, whatever it is made of. */
export interface RunningThread {
  /** Called once, when it is gone; `error` is what it died of, if it did not say so itself. */
  onGone(listener: (error: unknown) => void): void;
  terminate(): void;
}

/** Starts a thread, and gives its port away to it. */
export type StartThread = (data: ThreadData) => RunningThread;

// Sources end in .ts, what is compiled from them in .js.
const EXTENSION = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
const SCRIPT = new URL(`./thread-main${EXTENSION}`, import.meta.url);

export const startWorker: StartThread = (data) =>
  running(new Worker(SCRIPT, { workerData: data, transferList: [data.port], name: `http ${data.thread}` }));

export function running(worker: Worker): RunningThread {
  let error: unknown;
  worker.on('error', (thrown) => {
    error = thrown;
  });
  return {
    onGone: (listener) => void worker.once('exit', (code) => listener(error ?? new Error(`exit code ${code}`))),
    terminate: () => void worker.terminate(),
  };
}
