/** A real server on a free port of the loopback interface, and clients that send it bytes. */
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { inject } from 'vitest';
import { buildApp } from '../../../src/http/app.ts';
import { type InspectorService, openInspectorRoutes } from '../../../src/http/inspect/routes.ts';
import type { HttpSettings } from '../../../src/http/settings.ts';
import { HttpThreads } from '../../../src/http/threads/http-threads.ts';
import type { WatchableStore } from '../../../src/outcome.ts';
import { FakeStore } from './fake-store.ts';
import { askHosted, hostedHasSettled, startHosted } from './hosted-threads.ts';
import { RawClient } from './raw-client.ts';
import type { RawReply } from './raw-reply.ts';
import { type AskSocket, ServerSockets, type SocketQuestion } from './server-sockets.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the servers of these tests are: in the thread of the tests by default. */
    readonly serving?: 'threads';
  }
}

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
  /** What the server believes its port to be; by default the real one. Only where it serves in this thread. */
  readonly port?: number;
  readonly logger?: Logger;
  readonly inspector?: InspectorService;
  /** Served instead of the fake store. */
  readonly service?: WatchableStore;
}

/** Whether this run of the tests has its servers in other threads than their stores. */
export const servesOnThreads = inject('serving') === 'threads';

export function serve(options: ServeOptions = {}): Promise<HttpFixture> {
  return servesOnThreads && options.port === undefined ? serveOnThread(options) : serveHere(options);
}

async function serveHere(options: ServeOptions): Promise<HttpFixture> {
  const { logger, inspector, service, port: claimedPort, ...given } = options;
  const store = new FakeStore();
  const bugs = new Bugs();
  let port = 0;
  const settings = { ...defaultSettings, ...given, port: () => claimedPort ?? port };
  const app = buildApp({
    ...{ store: service ?? store, settings, logger, onBug: bugs.onBug },
    inspector: inspector && openInspectorRoutes({ inspector, needsTicket: settings.token !== undefined, logger }),
  });
  const sockets = new ServerSockets();
  app.server.on('connection', sockets.add);
  const isClosing = Promise.withResolvers<void>();
  const { close } = app.server;
  app.server.close = (...rest) => {
    isClosing.resolve();
    return close.apply(app.server, rest);
  };
  await app.listen({ host: '127.0.0.1', port: 0 });
  port = (app.server.address() as AddressInfo).port;
  return new HttpFixture({
    ...{ store, port, bugs, askSocket: sockets.ask },
    close: () => app.close(),
    isClosing: isClosing.promise,
  });
}

/** In a real thread, with the real engine's end, and the store in this one. */
async function serveOnThread({ logger, inspector, service, ...given }: ServeOptions): Promise<HttpFixture> {
  const store = new FakeStore();
  const bugs = new Bugs();
  const settings = { ...defaultSettings, queuedPutsMax: 10_000, ...given };
  const fatal = (fields: object) => bugs.onBug((fields as { err: unknown }).err);
  const threads = new HttpThreads({
    ...{ threads: 1, store: service ?? store, settings, onBug: bugs.onBug, start: startHosted(bugs.onBug) },
    inspector: inspector && { service: inspector, page: { needsTicket: settings.token !== undefined } },
    log: {
      isLevelEnabled: (level) => logger?.isLevelEnabled(level) === true,
      debug: (fields, message) => logger?.debug(fields, message),
      fatal,
    },
  });
  const { port } = await threads.listen({ host: '127.0.0.1', port: 0 }, 'test');
  const isClosing = Promise.withResolvers<void>();
  const close = async () => {
    const disconnected = threads.stopListening();
    await threads.closeConnections();
    await hostedHasSettled();
    isClosing.resolve();
    await disconnected;
    threads.terminate();
  };
  return new HttpFixture({ store, port, bugs, close, askSocket: askHosted, isClosing: isClosing.promise });
}

export interface FixtureParts {
  readonly store: FakeStore;
  readonly port: number;
  readonly bugs: Bugs;
  /** Resolves when the server has stopped in order. */
  readonly close: () => Promise<void>;
  /** `close` has been called, and what is sent from now on comes to a server that knows. */
  readonly isClosing: Promise<void>;
  readonly askSocket: AskSocket;
}

export class HttpFixture implements AsyncDisposable {
  readonly store: FakeStore;
  readonly port: number;
  readonly bugs: Bugs;
  readonly isClosing: Promise<void>;
  readonly #parts: FixtureParts;
  readonly #clients: RawClient[] = [];
  #closed: Promise<void> | undefined;

  constructor(parts: FixtureParts) {
    this.#parts = parts;
    this.store = parts.store;
    this.port = parts.port;
    this.bugs = parts.bugs;
    this.isClosing = parts.isClosing;
  }

  /** Stops the server in order, once. */
  close(): Promise<void> {
    this.#closed ??= this.#parts.close();
    return this.#closed;
  }

  /** What is known of the server's end of the client's connection. */
  serverSide({ localPort }: RawClient): Record<SocketQuestion, () => Promise<number>> {
    const { askSocket } = this.#parts;
    return {
      bytesRead: () => askSocket(localPort, 'bytesRead'),
      ended: () => askSocket(localPort, 'ended'),
      closed: () => askSocket(localPort, 'closed'),
    };
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
    await this.close();
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
