/**
 * One socket that is looked after: bounded in what it may hold unsent, noticed when nobody is at its other end any more, and
 * let go in bounded time. Whoever reads from it may throw: that ends the connection and nothing else.
 */
import type { InspectorSocket } from './socket.ts';

/** What a socket may have taken in and not sent before nothing more is given to it. */
const UNSENT_BYTES_MAX = 1024 * 1024;
/** How long it may stay so before it is let go. */
const PATIENCE_MS = 10_000;
const PING_INTERVAL_MS = 30_000;
/** How long the other side has to take note of a goodbye. */
const GOODBYE_MS = 1000;
const OPEN = 1;

/** Codes of a close (RFC 6455, section 7.4.1, and the registry of IANA). */
export const closeCodes = { normal: 1000, goingAway: 1001, policy: 1008, failed: 1011, tryLater: 1013 } as const;

export interface KeptSocketOptions {
  readonly onMessage: (data: string | undefined) => void;
  /** Once, however it ended. */
  readonly onGone: () => void;
  readonly onError: (error: unknown) => void;
}

export class KeptSocket {
  readonly #socket: InspectorSocket;
  readonly #options: KeptSocketOptions;
  #behindSinceMs: number | undefined;
  #pingedMs: number | undefined;
  #isAnswered = true;
  #isDismissed = false;

  constructor(socket: InspectorSocket, options: KeptSocketOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('message', (data, isBinary) => {
      // Who was told to go is not listened to any more.
      if (this.#isDismissed) return;
      try {
        options.onMessage(isBinary ? undefined : String(data));
      } catch (error) {
        socket.terminate();
        options.onError(error);
      }
    });
    socket.on('pong', () => {
      this.#isAnswered = true;
    });
    socket.on('close', () => options.onGone());
    socket.on('error', () => socket.terminate());
  }

  /** Whether nothing more should be given to it just now. */
  get isBehind(): boolean {
    return this.#socket.bufferedAmount > UNSENT_BYTES_MAX;
  }

  /** Whether it was taken. What is not is lost for this socket. */
  send(text: string): boolean {
    if (this.#isDismissed || this.#socket.readyState !== OPEN || this.isBehind) return false;
    try {
      this.#socket.send(text);
    } catch (error) {
      this.#socket.terminate();
      this.#options.onError(error);
      return false;
    }
    return true;
  }

  /** To be called about once a second. Lets go of whoever does not read, and of whoever does not answer. */
  tend(nowMs: number): void {
    this.#behindSinceMs = this.isBehind ? (this.#behindSinceMs ?? nowMs) : undefined;
    if (this.#behindSinceMs !== undefined && nowMs - this.#behindSinceMs >= PATIENCE_MS) {
      this.#socket.terminate();
      return;
    }
    this.#pingedMs ??= nowMs;
    if (nowMs - this.#pingedMs < PING_INTERVAL_MS) return;
    if (!this.#isAnswered) {
      this.#socket.terminate();
      return;
    }
    this.#pingedMs = nowMs;
    this.#isAnswered = false;
    this.#socket.ping();
  }

  /** Says goodbye, hears nothing more, and lets go after a moment whatever the other side does. */
  dismiss(code: number, reason: string, lastWords?: string): void {
    if (this.#isDismissed) return;
    if (lastWords !== undefined) this.send(lastWords);
    this.#isDismissed = true;
    this.#socket.close(code, reason);
    setTimeout(() => this.#socket.terminate(), GOODBYE_MS).unref();
  }
}
