/** Accepts in this thread and hands every connection to the next HTTP thread: where threads cannot share a port. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { ListenAddress } from '../../config/kinds.ts';
import { listen } from '../listening.ts';
import type { Door } from './http-threads.ts';
import type { ThreadEnd } from './thread-end.ts';
import { transferable } from './transferable.ts';

export class HandingOver implements Door {
  readonly address: AddressInfo;
  readonly #acceptor: Server;

  /** `serving`: the threads that can take somebody. Rejects with a `StartRefusal`. */
  static async begin(
    address: ListenAddress,
    source: string,
    serving: () => readonly ThreadEnd[],
  ): Promise<HandingOver> {
    // As the HTTP server would accept them, and without reading from them.
    const acceptor = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    let turn = 0;
    acceptor.on('connection', (socket: Socket) => {
      const ends = serving();
      turn += 1;
      // All have died just now. As where each accepts for itself, there is nobody to connect to.
      if (ends.length === 0) socket.destroy();
      else ends[turn % ends.length]!.tell({ type: 'connection', socket }, [transferable(socket)]);
    });
    return new HandingOver(acceptor, await listen(acceptor, address, source));
  }

  private constructor(acceptor: Server, address: AddressInfo) {
    this.#acceptor = acceptor;
    this.address = address;
  }

  open(end: ThreadEnd): void {
    end.tell({ type: 'listen', socket: undefined, port: this.address.port });
  }

  isOpen(): void {}

  close(): void {
    this.#acceptor.close();
  }
}
