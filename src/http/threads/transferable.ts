import type { BoundSocket, Socket } from 'node:net';
import type { Transferable } from 'node:worker_threads';

/** Sockets can go to another thread, which the types of Node do not know yet. */
export function transferable(socket: BoundSocket | Socket): Transferable {
  return socket as unknown as Transferable;
}
