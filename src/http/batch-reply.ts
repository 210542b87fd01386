/** What a client hears about its batch: one reply, which is sent when every request of it has its own. */
import type { StoredValue } from '../outcome.ts';
import { Refusal } from './failures.ts';
import { notFound, storedText } from './get-reply.ts';
import { failureReply, type Reply } from './reply.ts';

export class BatchReply {
  readonly #texts: string[];
  #awaited: number;
  #closes = false;
  readonly #send: (reply: Reply) => void;

  /** `send` is called once, with the last of `count` replies. */
  constructor(count: number, send: (reply: Reply) => void) {
    this.#texts = new Array(count);
    this.#awaited = count;
    this.#send = send;
  }

  /** The reply that the request at this place would have had alone; its headers are left out. */
  set(index: number, { status, body, closes }: Reply): void {
    this.#texts[index] = `{"status":${status},"body":${body}}`;
    if (closes) this.#closes = true;
    if (--this.#awaited === 0) {
      this.#send({ status: 200, body: `[${this.#texts.join(',')}]`, closes: this.#closes });
    }
  }
}

/** What the gets of one batch are answered. A key is short and its value may be long: together they are bounded as a body is. */
export class GetReplies {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  reply(key: string, stored: StoredValue | undefined): Reply {
    if (this.#bytes >= this.#bytesMax) {
      const error = `the gets before it are answered with ${this.#bytes} bytes, bodyBytesMax, ${this.#bytesMax}, or more`;
      return failureReply(new Refusal('LIMIT_EXCEEDED', `${error}; get the key in another request`));
    }
    const reply = stored === undefined ? notFoundReply : { status: 200, body: storedText(key, stored) };
    this.#bytes += Buffer.byteLength(reply.body);
    return reply;
  }
}

const notFoundReply = failureReply(notFound);
