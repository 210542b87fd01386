/** The program of an HTTP thread. */
import { workerData } from 'node:worker_threads';
import type { ToEngine } from './messages.ts';
import { runThread, type ThreadData } from './run-thread.ts';

const data = workerData as ThreadData;

await runThread(data, endOfBug);

/** The thread ends in this very turn: what it would still say to a client may be wrong. */
function endOfBug(error: unknown): never {
  // What is no error may hold something that cannot be sent.
  const sent = error instanceof Error ? error : new Error(String(error));
  data.port.postMessage([{ type: 'bug', error: sent }] satisfies ToEngine[]);
  process.exit(1);
}
