/** The HTTP server below the framework: its limits and timeouts, and what a client hears whose bytes are no request. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Budget } from './budget.ts';
import { Connection, connectionOf } from './connection.ts';
import { type HttpLog, logRefusal } from './context.ts';
import { DirectRequest } from './direct-request.ts';
import { Refusal } from './failures.ts';
import { failureReply, rawFailureReply, sendReply } from './reply.ts';
import { bringsPuts } from './route-table.ts';
import type { HttpSettings } from './settings.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Node's default, and room for the longest key: in a URL each of its bytes may take three. */
const headerBytes = 16 * 1024;

/** What a put may take longer than `putTimeoutMs` before the socket, on which nothing moves, is cut. */
const inactivityMarginMs = 5000;

/** How often it is seen to that connections on which nothing happens have a timeout. */
const lookEveryMsMax = 500;

export interface HttpServerOptions {
  readonly settings: HttpSettings;
  readonly logger: HttpLog | undefined;
  readonly handle: RequestHandler;
  /** Whether a request for an upgrade is to become a WebSocket; any other is answered as if it had not asked. */
  readonly mayUpgrade: (request: IncomingMessage) => boolean;
  /** Where `maxConnections` is for more servers than this. */
  readonly connections: Budget | undefined;
}

export class HttpServer {
  readonly server: Server;
  readonly #connections = new Set<Connection>();
  readonly #logger: HttpLog | undefined;

  constructor({ settings, logger, handle, mayUpgrade, connections }: HttpServerOptions) {
    const { headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs } = settings;
    this.#logger = logger;
    const server = createServer({
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(1000, headersTimeoutMs),
      maxHeaderSize: headerBytes + 3 * settings.keyBytesMax,
      insecureHTTPParser: false,
      IncomingMessage: DirectRequest,
      // Its reply would not look like ours; our own check of the host refuses requests without one.
      requireHostHeader: false,
      // Not behind requests that still wait for their replies: those would come in the middle of the socket's bytes.
      shouldUpgradeCallback: (request) =>
        isHandshake(request) && mayUpgrade(request) && connectionOf(request.socket)?.isAnswered === true,
    });
    // `maxHeaderSize` limits them. Beyond a number of its own, Node would drop headers without a word, ours to check.
    server.maxHeadersCount = 0;
    server.maxConnections = settings.maxConnections;
    server.timeout = settings.putTimeoutMs + inactivityMarginMs;
    // A client may end its side after a request and still read the reply.
    (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;

    server.on('connection', (socket) => {
      if (connections !== undefined) {
        if (!connections.take(1)) {
          socket.destroy();
          return;
        }
        socket.once('close', () => connections.release(1));
      }
      const handleResponse = (response: ServerResponse) => handle(response.req, response);
      const connection = new Connection(socket, settings.pipelinedRequestsMax, handleResponse);
      this.#connections.add(connection);
      socket.once('close', () => this.#connections.delete(connection));
    });
    // From then on it is no HTTP connection: whoever took it over ends it.
    server.on('upgrade', (request) => {
      upgraded.add(request);
      const connection = connectionOf(request.socket)!;
      this.#connections.delete(connection);
      connection.release();
    });
    const take = (request: IncomingMessage, response: ServerResponse) => connectionOf(request.socket)?.take(response);
    server.on('request', take);
    // Without these two, `100 Continue` would be sent before anything is checked, and 417 without a body.
    server.on('checkContinue', take);
    server.on('checkExpectation', take);
    const timer = setInterval(() => this.#look(), Math.min(lookEveryMsMax, keepAliveTimeoutMs / 4));
    timer.unref();
    server.once('close', () => clearInterval(timer));
    // Closing the server calls this. Node's own also cuts off replies that are complete but not sent yet.
    server.closeIdleConnections = () => this.closeConnections();
    this.server = server;
  }

  /** Ends every connection that waits for no reply now, and the others when they have theirs. */
  closeConnections(): void {
    for (const connection of this.#connections) connection.closeWhenAnswered();
  }

  #look(): void {
    for (const connection of this.#connections) connection.look();
  }

  /**
   * What came cannot be understood, or came too slowly: nothing after it can be either. The framework must call this on
   * `clientError`, as it would otherwise write a reply of its own.
   */
  onClientError({ code }: NodeJS.ErrnoException, socket: Socket): void {
    const connection = connectionOf(socket);
    if (connection === undefined || code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    if (!connection.fail()) return;
    const refusal = refusalOf(code);
    logRefusal(this.#logger, refusal, undefined, code);

    const { newest } = connection;
    if (newest !== undefined && !newest.req.complete) {
      // It is the body that is wrong: that request has a reply of its own, or gets it now.
      sendReply(newest, failureReply(refusal, { isPut: bringsPuts(newest.req.url) }));
      connection.whenAnswered(() => socket.destroySoon());
      return;
    }
    // Requests before it were whole. Were this reply sent before theirs, the first of them would be thought refused.
    connection.whenAnswered(() => {
      if (socket.writable) socket.write(rawFailureReply(refusal));
      socket.destroySoon();
    });
  }
}

/** A whole opening handshake (RFC 6455, section 4.2.1); the library's replies to any other would not look like ours. */
function isHandshake({ method, httpVersion, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    httpVersion === '1.1' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    /^[A-Za-z0-9+/]{22}==$/.test(headers['sec-websocket-key'] ?? '')
  );
}

const upgraded = new WeakSet<IncomingMessage>();

/** Whether the request's connection is no HTTP connection any more: a reply to it must be the last thing on it. */
export function isUpgraded(request: IncomingMessage): boolean {
  return upgraded.has(request);
}

function refusalOf(code: string | undefined): Refusal {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Refusal('REQUEST_TIMEOUT', 'the request did not come in time');
    case 'HPE_HEADER_OVERFLOW':
      return new Refusal('HEADERS_TOO_LARGE', 'the URL and headers of the request are too large');
    default:
      return new Refusal('BAD_REQUEST', 'what was sent is not a valid HTTP/1.1 request');
  }
}
