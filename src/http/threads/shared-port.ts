/** One port on which every thread accepts for itself: the system deals out the connections. */
import { type AddressInfo, BoundSocket, type BoundSocketOptions, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { ListenAddress } from '../../config/kinds.ts';
import { errnoOf } from '../../wal/platform.ts';
import { listen } from '../listening.ts';
import type { Door } from './http-threads.ts';
import type { ThreadEnd } from './thread-end.ts';
import { transferable } from './transferable.ts';

/** Whether the system can do that. Linux can, macOS cannot. */
export function canShare(): boolean {
  try {
    new BoundSocket({ host: '127.0.0.1', port: 0, reusePort: true }).close();
    return true;
  } catch {
    return false;
  }
}

export class SharedPort implements Door {
  readonly address: AddressInfo;
  readonly #turn: Disposable | undefined;

  /** Rejects with a `StartRefusal` if somebody else listens there, or the address is not to be had. */
  static async find(address: ListenAddress, source: string): Promise<SharedPort> {
    const turn = address.port === 0 ? undefined : await takeTurn(address.port);
    try {
      // A socket that shares its port may join a stranger's: so it is asked for first without sharing. Listening is part of
      // the question, as two that only have the port may both have it.
      const alone = createServer((socket) => socket.destroy());
      const found = await listen(alone, address, source);
      alone.close();
      return new SharedPort(found, turn);
    } catch (error) {
      turn?.[Symbol.dispose]();
      throw error;
    }
  }

  private constructor(address: AddressInfo, turn: Disposable | undefined) {
    this.address = address;
    this.#turn = turn;
  }

  open(end: ThreadEnd): void {
    const { address: host, port } = this.address;
    const socket = new BoundSocket({ host, port, reusePort: true });
    end.tell({ type: 'listen', socket, port }, [transferable(socket)]);
  }

  isOpen(): void {
    this.#turn?.[Symbol.dispose]();
  }

  /** The threads close what they have, each for itself. */
  close(): void {
    this.isOpen();
  }
}

/** In milliseconds. A server that starts is through much sooner. */
const TURN_WITHIN = 5000;
const TURN_EVERY = 20;

/**
 * Between the question and the first thread that listens, nobody does, and a second server that asks then would be told that
 * it may. So servers take turns: each has a socket of the port's name meanwhile, which the system takes away with the
 * process. Who does not get it in time goes on without: the name may be a stranger's.
 */
async function takeTurn(port: number): Promise<Disposable | undefined> {
  // The leading zero puts it into Linux's name space of sockets that are no files. The types of Node do not know `path` yet.
  const options = { path: `\0concave starts on port ${port}` } as BoundSocketOptions;
  for (let waited = 0; waited < TURN_WITHIN; waited += TURN_EVERY) {
    try {
      return new BoundSocket(options);
    } catch (error) {
      if (errnoOf(error) !== 'EADDRINUSE') return undefined;
      await setTimeout(TURN_EVERY);
    }
  }
  return undefined;
}
