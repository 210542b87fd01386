/**
 * Sends XState's inspection protocol to an inspector that is already running somewhere. Connects by itself, again and again;
 * nothing is attached to the actors while there is no connection, and nothing waits for a slow one.
 */
import type { StoreInternals } from '../store.ts';
import type { Redaction } from './redaction.ts';
import { StockFeed } from './stock-feed.ts';
import { watchActors } from './watch-actors.ts';

const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 30_000;
/** What the socket may hold unsent before no further transactions are chosen, and before events are dropped. */
export const UNSENT_BYTES_ENOUGH = 256 * 1024;
export const UNSENT_BYTES_MAX = 4 * 1024 * 1024;

export interface RemoteFeedOptions {
  readonly url: string;
  readonly internals: StoreInternals;
  readonly redaction: Redaction;
  readonly log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
  readonly onError: (error: unknown) => void;
}

export class RemoteFeed {
  readonly #options: RemoteFeedOptions;
  #socket: WebSocket | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #failures = 0;
  #isClosed = false;

  constructor(options: RemoteFeedOptions) {
    this.#options = options;
    this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    this.#socket?.close();
  }

  #connect(): void {
    const { url, internals, log } = this.#options;
    const socket = new WebSocket(url);
    this.#socket = socket;
    let detach = () => {};
    socket.addEventListener('open', () => {
      this.#failures = 0;
      log.info({ event: 'inspector_connected', url }, 'sending inspection events');
      detach = watchActors(internals, this.#feed(socket));
    });
    socket.addEventListener('close', () => {
      detach();
      if (this.#isClosed) return;
      this.#failures += 1;
      const retryInMs = Math.min(RETRY_MIN_MS * 2 ** (this.#failures - 1), RETRY_MAX_MS);
      // Once for each time that it goes away, not for each try.
      if (this.#failures === 1)
        log.warn({ event: 'inspector_gone', url }, 'no inspector answers at inspectUrl; trying again until one does');
      this.#retryTimer = setTimeout(() => this.#connect(), retryInMs).unref();
    });
    // A close follows each error and says as much.
    socket.addEventListener('error', () => {});
  }

  #feed(socket: WebSocket): StockFeed {
    const { internals, redaction, onError } = this.#options;
    return new StockFeed({
      internals,
      redaction,
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN && socket.bufferedAmount < UNSENT_BYTES_MAX) socket.send(text);
      },
      isBehind: () => socket.bufferedAmount > UNSENT_BYTES_ENOUGH,
      onError: (error) => {
        this.close();
        onError(error);
      },
    });
  }
}
