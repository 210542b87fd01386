/** The server's ends of connections, each by the port of its client: what a test wants to know that the client cannot see. */
import type { Socket } from 'node:net';

export type SocketQuestion = 'bytesRead' | 'ended' | 'closed';

/** `ended`: the client has ended its side; `closed`: the connection is gone. Answers then, and with the bytes read so far. */
export type AskSocket = (clientPort: number, question: SocketQuestion) => Promise<number>;

interface Watched {
  readonly socket: Socket;
  readonly ended: Promise<unknown>;
  readonly closed: Promise<unknown>;
}

export class ServerSockets {
  readonly #watched = new Map<number, Watched>();
  #wake = Promise.withResolvers<void>();

  /** To be called as soon as there is one. */
  readonly add = (socket: Socket): void => {
    const ended = new Promise((resolve) => socket.once('end', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    this.#watched.set(socket.remotePort!, { socket, ended, closed });
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  };

  readonly ask: AskSocket = async (clientPort, question) => {
    for (;;) {
      const watched = this.#watched.get(clientPort);
      if (watched === undefined) {
        await this.#wake.promise;
        continue;
      }
      if (question !== 'bytesRead') await watched[question];
      return watched.socket.bytesRead;
    }
  };
}
