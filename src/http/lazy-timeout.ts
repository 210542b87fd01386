/**
 * The inactivity timeout of a connection, set for real only where nothing has happened for a while. The HTTP server sets it
 * twice for every request (how long a client may be idle, how long a request may take), and a timer that is set is moved by
 * every read and write besides: a tenth of what a get costs.
 */
import { Socket } from 'node:net';

const setTimeoutOf = Socket.prototype.setTimeout;

export class LazyTimeout {
  readonly #socket: Socket;
  /** What was asked for last. */
  #wantedMs: number;
  #setMs: number;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#setMs = socket.timeout ?? 0;
    this.#wantedMs = this.#setMs;
    // Without a callback, as the HTTP server does: it listens for the event of the socket.
    socket.setTimeout = (timeoutMs) => {
      this.#wantedMs = timeoutMs;
      return socket;
    };
  }

  /**
   * To be called again and again, more often than the shortest timeout ends: whether anything was begun since the last time.
   * What then does not end in its time is cut off after that time and two such calls at the latest, and never before.
   */
  look(isBusy: boolean): void {
    const timeoutMs = isBusy ? 0 : this.#wantedMs;
    if (timeoutMs === this.#setMs) return;
    this.#setMs = timeoutMs;
    setTimeoutOf.call(this.#socket, timeoutMs);
  }

  /** Leaves the socket as it would be without this. */
  end(): void {
    this.#socket.setTimeout = setTimeoutOf;
    setTimeoutOf.call(this.#socket, this.#wantedMs);
  }
}
