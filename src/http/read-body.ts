/** Reads the body of a put, up to the limit of one body and the limit of all that are on their way together. */
import type { ServerResponse } from 'node:http';
import type { HttpContext } from './context.ts';
import { type BodyReceiver, requestOf } from './direct-request.ts';
import { bodyTooLarge, Refusal } from './failures.ts';

/** What becomes of a body: one of the two is called, once; neither if the body never comes whole. */
export interface BodyHandler {
  onBody(response: ServerResponse, body: Buffer, context: HttpContext): void;
  onRefused(response: ServerResponse, refusal: Refusal, context: HttpContext): void;
}

/** What comes after a refusal, or after a reply that somebody else gave, is dropped. */
export function readBody(response: ServerResponse, handler: BodyHandler, context: HttpContext): void {
  requestOf(response).receiveBody(new BodyReader(response, handler, context));
}

class BodyReader implements BodyReceiver {
  readonly #response: ServerResponse;
  readonly #handler: BodyHandler;
  readonly #context: HttpContext;
  #first: Buffer | undefined;
  /** All of them, where there is more than one. */
  #chunks: Buffer[] | undefined;
  #bytes = 0;
  #taken = 0;

  constructor(response: ServerResponse, handler: BodyHandler, context: HttpContext) {
    this.#response = response;
    this.#handler = handler;
    this.#context = context;
  }

  onData(chunk: Buffer): void {
    const { bodyBytesMax } = this.#context.settings;
    this.#bytes += chunk.length;
    if (this.#first === undefined) this.#first = chunk;
    else if (this.#chunks === undefined) this.#chunks = [this.#first, chunk];
    else this.#chunks.push(chunk);
    if (this.#bytes > bodyBytesMax) this.#refuse(bodyTooLarge(this.#bytes, bodyBytesMax));
    // Most bodies come in one piece, are whole by now, and need not be counted.
    else if (!this.#isWhole()) this.#takeFromBudget(chunk.length);
  }

  onEnd(): void {
    const body = this.#chunks ? Buffer.concat(this.#chunks, this.#bytes) : (this.#first ?? EMPTY);
    this.#release();
    this.#handler.onBody(this.#response, body, this.#context);
  }

  /** Of a body of unknown length, nobody knows before it has ended. */
  #isWhole(): boolean {
    const { req: request } = this.#response;
    return request.complete || this.#bytes === Number(request.headers['content-length']);
  }

  #takeFromBudget(more: number): void {
    // Answered too early, or gone.
    if (this.#taken === 0) this.#response.once('close', () => this.#stop());
    if (this.#context.bodies.take(more)) this.#taken += more;
    else this.#refuse(new Refusal('QUEUE_FULL', 'too many bodies are on their way'));
  }

  #refuse(refusal: Refusal): void {
    this.#stop();
    this.#handler.onRefused(this.#response, refusal, this.#context);
  }

  #stop(): void {
    requestOf(this.#response).dropBody();
    this.#release();
  }

  #release(): void {
    this.#first = undefined;
    this.#chunks = undefined;
    if (this.#taken > 0) this.#context.bodies.release(this.#taken);
    this.#taken = 0;
  }
}

const EMPTY = Buffer.alloc(0);
