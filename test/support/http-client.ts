/** A client of the real server: one connection, kept alive, with one request under way at a time. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Operation {
  readonly key: string;
  readonly value: unknown;
  readonly version: number;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body, parsed. */
  readonly json: Readonly<Record<string, unknown>>;
}

export class HttpClient {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  /** `headers` go with every request. */
  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.#url = url;
    this.#headers = headers;
  }

  /** Rejects if the connection ends before the whole answer is here: nobody knows then what became of the put. */
  put(operations: readonly Operation[]): Promise<HttpReply> {
    return this.#send('/v1/put', JSON.stringify(operations));
  }

  get(key: string): Promise<HttpReply> {
    return this.#send(`/v1/get?key=${encodeURIComponent(key)}`);
  }

  isReady(): Promise<boolean> {
    return this.#send('/readyz').then(({ status }) => status === 200);
  }

  close(): void {
    this.#agent.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #send(target: string, body?: string): Promise<HttpReply> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpReply>();
    const method = body === undefined ? 'GET' : 'POST';
    const headers = { ...this.#headers, ...(body !== undefined && { 'content-type': 'application/json' }) };
    const outgoing = request(this.#url + target, { agent: this.#agent, method, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const { statusCode: status, headers } = incoming;
        resolve({ status: status!, headers, json: JSON.parse(Buffer.concat(chunks).toString()) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
    return promise;
  }
}
