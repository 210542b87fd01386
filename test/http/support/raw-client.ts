/** A client that sends bytes as they are and reads the replies one by one. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { parseReply, type RawReply } from './raw-reply.ts';

export class RawClient {
  /** By which the server's end of the connection is known. */
  readonly localPort: number;
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #hasEnded = false;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.localPort = socket.localPort!;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake?.();
    });
    const end = () => {
      this.#hasEnded = true;
      this.#wake?.();
    };
    socket.on('end', end);
    socket.on('close', end);
    // A reset is seen as an end; a test that waits for a reply fails for want of it.
    socket.on('error', () => {});
  }

  static async connect(port: number): Promise<RawClient> {
    // The server may have ended its side while we still send: how it takes that is what some tests are about.
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  send(bytes: string | Buffer): void {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Resolves when all is with the system; rejects if the server resets the connection before. */
  sent(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => this.#socket.write(bytes, (error) => (error ? reject(error) : resolve())));
  }

  /** Ends our side only. */
  end(): void {
    this.#socket.end();
  }

  /** Reads no more. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Like a machine that vanishes: the server's system is told that the connection is void. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** The next reply. `isHead`: it has no body, whatever its headers say. */
  async reply({ isHead = false } = {}): Promise<RawReply> {
    for (;;) {
      const parsed = parseReply(this.#received, isHead);
      if (parsed !== undefined) {
        this.#received = this.#received.subarray(parsed.bytes);
        return parsed.reply;
      }
      if (this.#hasEnded) throw new Error(`the server ended after ${JSON.stringify(this.#received.toString())}`);
      await this.#more();
    }
  }

  async replies(count: number): Promise<RawReply[]> {
    const replies = [];
    while (replies.length < count) replies.push(await this.reply());
    return replies;
  }

  /** Waits for the marker, and takes all that came up to and with it: for replies that are no JSON. */
  async until(marker: string): Promise<string> {
    for (;;) {
      const at = this.#received.indexOf(marker);
      if (at >= 0) {
        const taken = this.#received.subarray(0, at + marker.length).toString('latin1');
        this.#received = this.#received.subarray(at + marker.length);
        return taken;
      }
      if (this.#hasEnded) throw new Error(`the server ended after ${JSON.stringify(this.#received.toString())}`);
      await this.#more();
    }
  }

  /** Waits until the server ends the connection; what it still sent. */
  async ended(): Promise<string> {
    while (!this.#hasEnded) await this.#more();
    return this.#received.toString();
  }

  /** What has come and was not taken as a reply. */
  get received(): string {
    return this.#received.toString();
  }

  async #more(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
  }
}
