/** The stock receivers that are connected: each gets XState's inspection protocol, and says nothing. */
import type { StoreInternals } from '../store.ts';
import { closeCodes, KeptSocket } from './kept-socket.ts';
import type { Redaction } from './redaction.ts';
import type { InspectorSocket } from './socket.ts';
import { StockFeed } from './stock-feed.ts';
import { watchActors } from './watch-actors.ts';

const RECEIVERS_MAX = 4;
const TEND_INTERVAL_MS = 1000;

export interface ReceiversOptions {
  readonly internals: StoreInternals;
  readonly redaction: Redaction;
  readonly onError: (error: unknown) => void;
}

export class Receivers {
  readonly #options: ReceiversOptions;
  readonly #sockets = new Set<KeptSocket>();
  #isClosed = false;

  constructor(options: ReceiversOptions) {
    this.#options = options;
  }

  add(inner: InspectorSocket): void {
    const { internals, redaction, onError } = this.#options;
    let detach = () => {};
    const fail = (error: unknown) => {
      socket.dismiss(closeCodes.failed, 'the inspector failed; the store did not');
      onError(error);
    };
    const socket = new KeptSocket(inner, {
      onMessage: () => socket.dismiss(closeCodes.policy, 'nothing may be sent here'),
      onGone: () => {
        detach();
        this.#sockets.delete(socket);
      },
      onError: fail,
    });
    if (this.#isClosed || this.#sockets.size >= RECEIVERS_MAX) {
      const why = this.#isClosed ? 'the server is stopping' : `${RECEIVERS_MAX} receivers are connected already`;
      socket.dismiss(closeCodes.tryLater, why);
      return;
    }
    this.#sockets.add(socket);
    const feed = new StockFeed({
      internals,
      redaction,
      send: (text) => socket.send(text),
      isBehind: () => socket.isBehind,
      onError: fail,
    });
    const stop = watchActors(internals, feed);
    const timer = setInterval(() => socket.tend(internals.clock.now()), TEND_INTERVAL_MS).unref();
    detach = () => {
      clearInterval(timer);
      stop();
    };
  }

  close(): void {
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.dismiss(closeCodes.goingAway, 'the server is stopping');
  }
}
