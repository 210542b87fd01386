/** A real server on a free port of the loopback interface, and clients that send it bytes. */
import type { AddressInfo, Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { buildApp } from '../../../src/http/app.ts';
import type { InspectorRoutes } from '../../../src/http/inspect/routes.ts';
import type { HttpSettings } from '../../../src/http/settings.ts';
import type { StoreService } from '../../../src/outcome.ts';
import { FakeStore } from './fake-store.ts';
import { RawClient } from './raw-client.ts';
import type { RawReply } from './raw-reply.ts';

export const defaultSettings: Omit<HttpSettings, 'port'> = {
  hosts: [],
  origins: [],
  token: undefined,
  keyBytesMax: 1024,
  valueBytesMax: 1024 * 1024,
  arrayLengthMax: 10_000,
  operationsMax: 10_000,
  bodyBytesMax: 8 * 1024 * 1024,
  maxConnections: 100,
  pipelinedRequestsMax: 16,
  // Beyond the time that a test may take: none passes because the server ran out of patience.
  headersTimeoutMs: 60_000,
  requestTimeoutMs: 60_000,
  keepAliveTimeoutMs: 60_000,
  putTimeoutMs: 60_000,
};

export interface ServeOptions extends Partial<Omit<HttpSettings, 'port'>> {
  /** What the server believes its port to be; by default the real one. */
  readonly port?: number;
  readonly logger?: Logger;
  readonly inspector?: InspectorRoutes;
  /** Served instead of the fake store. */
  readonly service?: StoreService;
}

export async function serve({
  logger,
  inspector,
  service,
  port: claimedPort,
  ...settings
}: ServeOptions = {}): Promise<HttpFixture> {
  const store = new FakeStore();
  const bugs = new Bugs();
  let port = 0;
  const app = buildApp({
    store: service ?? store,
    settings: { ...defaultSettings, ...settings, port: () => claimedPort ?? port },
    logger,
    inspector,
    onBug: bugs.onBug,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  port = (app.server.address() as AddressInfo).port;
  return new HttpFixture(app, store, port, bugs);
}

export class HttpFixture implements AsyncDisposable {
  readonly app: FastifyInstance;
  readonly store: FakeStore;
  readonly port: number;
  readonly bugs: Bugs;
  readonly #clients: RawClient[] = [];

  constructor(app: FastifyInstance, store: FakeStore, port: number, bugs: Bugs) {
    this.app = app;
    this.store = store;
    this.port = port;
    this.bugs = bugs;
  }

  async connect(): Promise<RawClient> {
    const client = await RawClient.connect(this.port);
    this.#clients.push(client);
    return client;
  }

  /** Sends `bytes` on a connection of its own and hears the first reply. */
  async exchange(bytes: string | Buffer): Promise<RawReply> {
    const client = await this.connect();
    client.send(bytes);
    const reply = await client.reply();
    client.destroy();
    return reply;
  }

  get host(): string {
    return `localhost:${this.port}`;
  }

  /** A get with the headers that it needs, and more. */
  get(key: string, headers: Headers = {}): string {
    return requestText(`GET /v1/get?key=${encodeURIComponent(key)}`, { host: this.host, ...headers });
  }

  /** A put with the headers that it needs; `null` leaves one out. A body that is no text is sent as JSON. */
  put(body: unknown, headers: Headers = {}): Buffer {
    return this.post('/v1/put', body, headers);
  }

  batch(body: unknown, headers: Headers = {}): Buffer {
    return this.post('/v1/batch', body, headers);
  }

  /** To a path that takes what a put takes. */
  post(target: string, body: unknown, headers: Headers = {}): Buffer {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const needed = { host: this.host, 'content-type': 'application/json', 'content-length': String(bytes.length) };
    return Buffer.concat([Buffer.from(requestText(`POST ${target}`, { ...needed, ...headers })), bytes]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Not closed in order: what a test left unanswered must not keep the server waiting.
    for (const client of this.#clients) client.reset();
    this.store.release();
    await this.app.close();
    this.bugs.expectNone();
  }
}

/** What our own code threw. A test that does not take it fails at its end. */
export class Bugs {
  readonly #errors: unknown[] = [];
  #wake: (() => void) | undefined;

  readonly onBug = (error: unknown): void => {
    this.#errors.push(error);
    this.#wake?.();
  };

  /** Waits for one. */
  async take(): Promise<unknown> {
    if (this.#errors.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#errors.shift();
  }

  expectNone(): void {
    if (this.#errors.length > 0) throw this.#errors[0];
  }
}

/** Waits until the server lets go of a connection altogether. */
export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

export type Headers = Readonly<Record<string, string | readonly string[] | null>>;

/** `line` is method and target. A list makes a header that is there several times. */
export function requestText(line: string, headers: Headers): string {
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    values === null ? [] : [values].flat().map((value) => `${name}: ${value}\r\n`),
  );
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** A put whose body comes in chunks; the last one, which is empty, is not sent. */
export function chunkedPut(host: string, chunks: readonly string[]): string {
  const headers = { host, 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
  const coded = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  return requestText('POST /v1/put', headers) + coded.join('');
}

/** One operation, for tests in which it does not matter which. */
export const anOperation = { key: 'k', value: 'v', version: 0 };
