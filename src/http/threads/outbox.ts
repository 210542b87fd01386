/** Gathers what one turn of the loop has to tell another thread, and sends it as one list when the turn ends. */
import type { Transferable } from 'node:worker_threads';

/** A message costs two threads some ten times what an item in it does: so they are few. */
export interface OutboxPort {
  postMessage(value: unknown, transfer?: readonly Transferable[]): void;
}

export class Outbox<Message> {
  readonly #port: OutboxPort;
  #messages: Message[] = [];
  #flushing: NodeJS.Immediate | undefined;
  #onFlush: (() => void)[] = [];

  constructor(port: OutboxPort) {
    this.#port = port;
  }

  /** With what else there is in this turn. `onFlush` is called when it goes: until then more may be put into it. */
  send(message: Message, onFlush?: () => void): void {
    this.#messages.push(message);
    if (onFlush) this.#onFlush.push(onFlush);
    this.#flushing ??= setImmediate(this.#endTurn);
  }

  /** At once, behind what has gathered. */
  sendNow(message: Message, transfer: readonly Transferable[] = []): void {
    this.#messages.push(message);
    this.#post(transfer);
  }

  /** Sends what has gathered. */
  flush(): void {
    this.#post([]);
  }

  /** Forgets what has gathered. */
  discard(): void {
    this.#messages = [];
  }

  readonly #endTurn = (): void => {
    this.#flushing = undefined;
    this.#post([]);
  };

  #post(transfer: readonly Transferable[]): void {
    for (const tell of this.#onFlush.splice(0)) tell();
    if (this.#messages.length === 0) return;
    const messages = this.#messages;
    this.#messages = [];
    this.#port.postMessage(messages, transfer);
  }
}
