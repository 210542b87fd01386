/** HTTP threads for tests: those of one process of tests share one real thread, which is kept. */
import { MessageChannel, Worker } from 'node:worker_threads';
import type { StartThread } from '../../../src/http/threads/worker.ts';
import type { AskSocket, SocketQuestion } from './server-sockets.ts';
import type { FromHost, ToHost } from './thread-host.ts';

let host: Worker | undefined;
let lastId = 0;
const asking = new Map<number, (bytesRead: number) => void>();

/** `onBug` gets what our own code throws there. */
export function startHosted(onBug: (error: unknown) => void): StartThread {
  return (data) => {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', onBug);
    port1.unref();
    const message: ToHost = { type: 'run', data, bugs: port2 };
    theHost().postMessage(message, [data.port, port2]);
    let bury: (error: unknown) => void = () => {};
    return {
      onGone: (listener) => {
        bury = listener;
      },
      terminate: () => {
        port1.close();
        bury(new Error('terminated'));
      },
    };
  };
}

export const askHosted: AskSocket = (clientPort, question) => ask({ type: 'ask', clientPort, question });

/** Resolves when the thread has dealt with all that it was sent. */
export async function hostedHasSettled(): Promise<void> {
  await ask({ type: 'settle' });
}

type Question = { type: 'settle' } | { type: 'ask'; clientPort: number; question: SocketQuestion };

function ask(question: Question): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const id = ++lastId;
  asking.set(id, resolve);
  theHost().postMessage({ ...question, id } satisfies ToHost);
  return promise;
}

function theHost(): Worker {
  if (host !== undefined) return host;
  host = new Worker(new URL('./thread-host.ts', import.meta.url));
  host.on('message', ({ id, bytesRead }: FromHost) => {
    asking.get(id)?.(bytesRead);
    asking.delete(id);
  });
  // Only a test that waits for something keeps the process, not the thread.
  host.unref();
  return host;
}
