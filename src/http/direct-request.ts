/**
 * A request whose body goes straight from the parser to whoever reads it. Node makes a stream of every body, an empty one
 * too, and a stream takes a dozen callbacks and three ticks to begin, end and be destroyed.
 */
import { IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';

/** Called from within the parser, which has more of the connection's bytes still to go through. */
export interface BodyReceiver {
  onData(chunk: Buffer): void;
  /** The body is whole. */
  onEnd(): void;
}

export class DirectRequest extends IncomingMessage {
  #receiver: BodyReceiver | undefined;
  /** Some of the body came before there was a receiver: while the connection had too many others in work. */
  #isStream: boolean;

  constructor(socket: Socket) {
    super(socket);
    this.#receiver = undefined;
    this.#isStream = false;
  }

  receiveBody(receiver: BodyReceiver): void {
    const isFirst = this.#receiver === undefined;
    this.#receiver = receiver;
    if (!this.#isStream || !isFirst) return;
    this.on('data', (chunk) => this.#receiver!.onData(chunk));
    this.on('end', () => this.#receiver!.onEnd());
  }

  /** Also of a request without body: nobody will ask for its end. */
  dropBody(): void {
    this.receiveBody(NOBODY);
  }

  /** The parser's way to hand over what has come of the body, and `null` when it is whole. */
  override push(chunk: Buffer | null): boolean {
    if (!this.#isDirect) {
      this.#isStream = true;
      return super.push(chunk);
    }
    if (chunk === null) this.#receiver!.onEnd();
    else this.#receiver!.onData(chunk);
    return true;
  }

  // Node asks these two when the reply is sent: whether the body has been read, and to let go of it if not.

  static {
    const { get: readableEnded } = Object.getOwnPropertyDescriptor(Readable.prototype, 'readableEnded')!;
    // The types have it as a field, which no getter may replace.
    Object.defineProperty(DirectRequest.prototype, 'readableEnded', {
      get(this: DirectRequest): boolean {
        return this.#isDirect ? this.complete : readableEnded!.call(this);
      },
    });
  }

  _dump(): void {
    if (!this.#isDirect) dump.call(this);
  }

  get #isDirect(): boolean {
    return this.#receiver !== undefined && !this.#isStream;
  }
}

/** `HttpServer` makes every request so. */
export function requestOf(response: ServerResponse): DirectRequest {
  return response.req as DirectRequest;
}

const NOBODY: BodyReceiver = { onData() {}, onEnd() {} };

const { _dump: dump } = IncomingMessage.prototype as unknown as { _dump(this: IncomingMessage): void };
