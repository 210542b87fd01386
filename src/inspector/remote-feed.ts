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
/** A connection that has held so long was a good one: the next failure is the first again. */
const GOOD_AFTER_MS = 10_000;
const UNSENT_BYTES_MAX = 1024 * 1024;

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
  /** What may be logged of the URL: its query may hold a secret. */
  readonly #place: string;
  #socket: WebSocket | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #failures = 0;
  #isClosed = false;

  constructor(options: RemoteFeedOptions) {
    this.#options = options;
    const { protocol, host, pathname } = new URL(options.url);
    this.#place = `${protocol}//${host}${pathname}`;
    this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    this.#socket?.close();
  }

  #connect(): void {
    const { internals, log } = this.#options;
    const socket = new WebSocket(this.#options.url);
    this.#socket = socket;
    let detach = () => {};
    let openedMs = Number.POSITIVE_INFINITY;
    socket.addEventListener('open', () => {
      if (this.#isClosed) return;
      openedMs = internals.clock.now();
      if (this.#failures <= 1)
        log.info({ event: 'inspector_connected', url: this.#place }, 'sending inspection events');
      try {
        detach = watchActors(internals, this.#feed(socket));
      } catch (error) {
        this.#fail(error);
      }
    });
    socket.addEventListener('close', () => {
      detach();
      if (!this.#isClosed) this.#retry(internals.clock.now() - openedMs >= GOOD_AFTER_MS);
    });
    // A close follows each error and says as much.
    socket.addEventListener('error', () => {});
  }

  #retry(wasGood: boolean): void {
    this.#failures = wasGood ? 1 : this.#failures + 1;
    const retryInMs = Math.min(RETRY_MIN_MS * 2 ** (this.#failures - 1), RETRY_MAX_MS);
    // Once for each time that it goes away, not for each try.
    if (this.#failures === 1)
      this.#options.log.warn(
        { event: 'inspector_gone', url: this.#place },
        'no inspector answers at inspectUrl; trying again until one does',
      );
    this.#retryTimer = setTimeout(() => this.#connect(), retryInMs).unref();
  }

  #feed(socket: WebSocket): StockFeed {
    const { internals, redaction } = this.#options;
    const isBehind = () => socket.bufferedAmount > UNSENT_BYTES_MAX;
    return new StockFeed({
      internals,
      redaction,
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN && !isBehind()) socket.send(text);
      },
      isBehind,
      onError: (error) => this.#fail(error),
    });
  }

  #fail(error: unknown): void {
    this.close();
    this.#options.onError(error);
  }
}
