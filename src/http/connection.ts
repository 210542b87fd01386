/** One client connection: how many of its requests are in work, in what order, and how it ends without losing a reply. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { LazyTimeout } from './lazy-timeout.ts';

/** How long a client may go on sending after our last word before the connection is cut. */
const lingerMs = 1000;

export class Connection {
  readonly #socket: Socket;
  readonly #inWorkMax: number;
  readonly #handle: (response: ServerResponse) => void;
  readonly #timeout: LazyTimeout;
  /** Requests that came while `#inWorkMax` were in work, oldest first. Invariant: none is there while there is room. */
  readonly #waiting: ServerResponse[] = [];
  /** Invariant: exact as soon as there are two; a request that is alone is not counted. */
  #inWork = 0;
  #newest: ServerResponse | undefined;
  #newestBefore: ServerResponse | undefined;
  #isPaused = false;
  /** A reply was sent that says it is the last. */
  #hasLastReply = false;
  #isEnding = false;
  /** What came is no HTTP, or too slow: no more requests will be read. */
  #hasFailed = false;

  /** `handle` is called for each request when its turn comes, in the order in which they came. */
  constructor(socket: Socket, inWorkMax: number, handle: (response: ServerResponse) => void) {
    this.#socket = socket;
    this.#inWorkMax = inWorkMax;
    this.#handle = handle;
    this.#timeout = new LazyTimeout(socket);
    connections.set(socket, this);
    // The HTTP server calls this after the reply that is the last one.
    socket.destroySoon = () => this.#endSoon();
  }

  /** The reply to the newest request of which the headers have come. */
  get newest(): ServerResponse | undefined {
    return this.#newest;
  }

  /** Whether no request waits for its reply. */
  get isAnswered(): boolean {
    return this.#newest === undefined || this.#newest.closed;
  }

  /** Hands a new request on to be handled, now or when there is room for it. */
  take(response: ServerResponse): void {
    const previous = this.#newest;
    this.#newest = response;
    // The client was told that there would be no more replies: what it sent meanwhile must not be done unseen.
    if (this.#hasLastReply || this.#isEnding) return;
    // The HTTP server gives a reply the socket at once, unless an earlier one still has it.
    if (response.socket !== null || previous === undefined) {
      this.#handle(response);
      return;
    }
    if (this.#inWork === 0) this.#count(previous);
    if (this.#inWork < this.#inWorkMax) {
      this.#start(response);
      return;
    }
    this.#waiting.push(response);
    this.#pause();
  }

  /**
   * Whether the connection may end with this reply; if so, no more requests are taken. Only the newest may end it: those
   * behind would be lost, and they may be of puts that were taken in.
   */
  endsWith(response: ServerResponse): boolean {
    if (this.#newest !== response) return false;
    this.#hasLastReply = true;
    return true;
  }

  /** To be called again and again: sees to the timeouts of the connection (`LazyTimeout`). */
  look(): void {
    this.#timeout.look(this.#newest !== this.#newestBefore);
    this.#newestBefore = this.#newest;
  }

  /** From now on it is no HTTP connection. */
  release(): void {
    this.#timeout.end();
  }

  /** The first failure of the connection is answered, what follows from it is not. */
  fail(): boolean {
    const isFirst = !this.#hasFailed;
    this.#hasFailed = true;
    return isFirst;
  }

  /** Calls `then` once the newest request is answered and its reply handed to the system: at once if it is. */
  whenAnswered(then: () => void): void {
    if (this.isAnswered) then();
    else this.#newest!.once('close', then);
  }

  /** Lets go of the client: at once if it waits for no reply, else when the last one is sent. */
  closeWhenAnswered(): void {
    const newest = this.#newest;
    // A request of which the body has not come was not begun.
    if (newest === undefined || newest.closed || !newest.req.complete) this.#socket.destroy();
    else newest.once('close', () => (this.#newest === newest ? this.#endSoon() : this.closeWhenAnswered()));
  }

  #start(response: ServerResponse): void {
    this.#count(response);
    this.#handle(response);
  }

  #count(response: ServerResponse): void {
    this.#inWork++;
    response.once('close', this.#onAnswered);
  }

  readonly #onAnswered = (): void => {
    this.#inWork--;
    while (this.#inWork < this.#inWorkMax && this.#waiting.length > 0) {
      const next = this.#waiting.shift()!;
      // Nothing is begun for a client that is gone.
      if (!next.destroyed) this.#start(next);
    }
    // Also if there is no room for another: the newest may be in work and its body not here yet.
    if (this.#waiting.length === 0) this.#resume();
  };

  #pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    // The HTTP server resumes the socket at every request that it has read, and when a body is wanted.
    this.#socket.on('resume', this.#stayPaused);
    this.#socket.pause();
  }

  readonly #stayPaused = (): void => {
    this.#socket.pause();
  };

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.off('resume', this.#stayPaused);
    this.#socket.resume();
  }

  /**
   * Ends our side and drops what still comes for a moment. Closing at once while the client sends would make the system
   * reset the connection, and the client could lose the reply that told it to stop.
   */
  #endSoon(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#waiting.length = 0;
    this.#resume();
    const socket = this.#socket;
    socket.end();
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    socket.once('close', () => clearTimeout(timer));
  }
}

const connections = new WeakMap<Socket, Connection>();

export function connectionOf(socket: Socket): Connection | undefined {
  return connections.get(socket);
}
