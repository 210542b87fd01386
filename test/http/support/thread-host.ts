/** A thread in which one HTTP thread after the other runs: starting a new one for every test would cost minutes. */
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { runThread, type ThreadData } from '../../../src/http/threads/run-thread.ts';
import { ServerSockets, type SocketQuestion } from './server-sockets.ts';

export type ToHost =
  | { readonly type: 'run'; readonly data: ThreadData; readonly bugs: MessagePort }
  /** Answered when all that was sent before has been dealt with. */
  | { readonly type: 'settle'; readonly id: number }
  | { readonly type: 'ask'; readonly id: number; readonly clientPort: number; readonly question: SocketQuestion };

export interface FromHost {
  readonly id: number;
  readonly bytesRead: number;
}

const sockets = new ServerSockets();
subscribe('net.server.socket', (message) => sockets.add((message as { socket: Socket }).socket));

parentPort!.on('message', async (message: ToHost) => {
  if (message.type === 'run') {
    const { data, bugs } = message;
    await runThread(data, (error) => bugs.postMessage(error));
    return;
  }
  if (message.type === 'settle') {
    // Two ports of a thread are not read in the order in which they were written to; but each is in every turn.
    for (let turns = 0; turns < 2; turns++) await nextTurn();
    parentPort!.postMessage({ id: message.id, bytesRead: 0 } satisfies FromHost);
    return;
  }
  const { id, clientPort, question } = message;
  const bytesRead = await sockets.ask(clientPort, question);
  parentPort!.postMessage({ id, bytesRead } satisfies FromHost);
});
