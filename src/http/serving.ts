/** HTTP that is being served, whichever way: what it takes to stop it in order. */
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';

export interface HttpServing {
  /** Accepts nobody any more; resolves when nobody is connected. */
  stopListening(): Promise<void>;
  /** Ends every connection as soon as it waits for no reply; does not wait for that. */
  closeConnections(): Promise<unknown>;
  /** Ends every connection now. */
  cutConnections(): void;
}

/** By one server in this thread. */
export class ServingHere implements HttpServing {
  readonly #server: Server;
  readonly closeConnections: () => Promise<unknown>;

  constructor(server: Server, closeConnections: () => Promise<unknown>) {
    this.#server = server;
    this.closeConnections = closeConnections;
  }

  stopListening(): Promise<void> {
    return new Promise((resolve) => stopListening(this.#server, resolve));
  }

  cutConnections(): void {
    this.#server.closeAllConnections();
  }
}

/** `onDisconnected` is called when nobody is connected. */
export function stopListening(server: Server, onDisconnected: () => void): void {
  // Not the HTTP server's own `close`: it also destroys connections whose reply is complete but not sent yet, and
  // stops the clock that ends slow requests.
  NetServer.prototype.close.call(server, () => onDisconnected());
}
