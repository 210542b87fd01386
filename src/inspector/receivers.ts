/** The stock receivers that are connected: each gets XState's inspection protocol, and says nothing. */
import type { StoreInternals } from '../store.ts';
import type { Redaction } from './redaction.ts';
import { UNSENT_BYTES_ENOUGH, UNSENT_BYTES_MAX } from './remote-feed.ts';
import type { InspectorSocket } from './socket.ts';
import { StockFeed } from './stock-feed.ts';
import { watchActors } from './watch-actors.ts';

const RECEIVERS_MAX = 4;
const OPEN = 1;
/** Of a WebSocket close (RFC 6455): the service cannot be given just now; the other side says what it should not. */
const TRY_AGAIN_LATER = 1013;
const POLICY_VIOLATION = 1008;

export interface ReceiversOptions {
  readonly internals: StoreInternals;
  readonly redaction: Redaction;
  readonly onError: (error: unknown) => void;
}

export class Receivers {
  readonly #options: ReceiversOptions;
  readonly #sockets = new Set<InspectorSocket>();

  constructor(options: ReceiversOptions) {
    this.#options = options;
  }

  add(socket: InspectorSocket): void {
    if (this.#sockets.size >= RECEIVERS_MAX) {
      socket.close(TRY_AGAIN_LATER, `${RECEIVERS_MAX} receivers are connected already`);
      return;
    }
    const { internals, redaction, onError } = this.#options;
    const feed = new StockFeed({
      internals,
      redaction,
      send: (text) => {
        if (socket.readyState === OPEN && socket.bufferedAmount < UNSENT_BYTES_MAX) socket.send(text);
      },
      isBehind: () => socket.bufferedAmount > UNSENT_BYTES_ENOUGH,
      onError: (error) => {
        socket.close(1011, 'the inspector failed; the store did not');
        onError(error);
      },
    });
    const detach = watchActors(internals, feed);
    this.#sockets.add(socket);
    socket.on('close', () => {
      detach();
      this.#sockets.delete(socket);
    });
    socket.on('error', () => socket.terminate());
    socket.on('message', () => socket.close(POLICY_VIOLATION, 'nothing may be sent here'));
  }

  close(): void {
    for (const socket of this.#sockets) socket.close(1001, 'the server is stopping');
  }
}
