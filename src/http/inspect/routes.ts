/** What the inspector serves: its page, the page's socket, the stock receivers' socket, and tickets for those. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { InspectorSocket } from '../../inspector/socket.ts';
import { logRefusal } from '../context.ts';
import { Refusal } from '../failures.ts';
import { failureReply, sendLastReply, sendReply } from '../reply.ts';
import {
  type InspectorPath,
  inspectorRoutes,
  pageFileRoute,
  pageFilesPath,
  queryOf,
  type Route,
  type RouteMap,
} from '../route-table.ts';
import { type PageFile, readPageFiles } from './page-files.ts';

/** What the routes need of the inspector. */
export interface InspectorService {
  addViewer(socket: InspectorSocket): void;
  addReceiver(socket: InspectorSocket): void;
  issueTicket(): string;
  takeTicket(ticket: string): boolean;
  close(): void;
}

/** What `buildApp` takes in where the inspector is on. */
export interface InspectorRoutes {
  readonly routes: RouteMap;
  readonly plugin: (app: FastifyInstance) => Promise<void>;
  /** Says goodbye to everybody who is connected. */
  close(): void;
}

type Refuses = (request: IncomingMessage) => Refusal | undefined;

/** A page says at most which key it follows. */
const MESSAGE_BYTES_MAX = 16 * 1024;

export interface InspectorRoutesOptions {
  readonly inspector: InspectorService;
  /** Whether a stock receiver must show one. */
  readonly needsTicket: boolean;
  readonly logger?: Logger | undefined;
}

export function openInspectorRoutes(options: InspectorRoutesOptions): InspectorRoutes {
  const pageFiles = readPageFiles();
  const routes = new Map<string, Route>([
    ...Object.entries(inspectorRoutes),
    ...pageFiles.map(({ name }): [string, Route] => [pageFilesPath + name, pageFileRoute]),
  ]);
  return { routes, plugin: pluginOf(options, pageFiles), close: () => options.inspector.close() };
}

/** In a scope of its own, so that no request of the API passes through any of it. */
function pluginOf({ inspector, needsTicket, logger }: InspectorRoutesOptions, pageFiles: readonly PageFile[]) {
  return async (app: FastifyInstance): Promise<void> => {
    await app.register(websocket, {
      options: { maxPayload: MESSAGE_BYTES_MAX, perMessageDeflate: false, closeTimeout: 1000 } as object,
      // The inspector says goodbye to its sockets itself.
      preClose: (done) => done(),
      errorHandler: (_error, socket) => socket.terminate(),
    });
    const document = pageFiles.find(({ name }) => name === 'index.html')!;
    page(app, '/inspect' satisfies InspectorPath, document);
    for (const file of pageFiles) page(app, pageFilesPath + file.name, file);

    const socket = (path: InspectorPath, refuses: Refuses, take: (socket: InspectorSocket) => void) =>
      socketRoute(app, path, logged(refuses, logger), take);
    socket('/inspect/live', refuseQuery, (viewer) => inspector.addViewer(viewer));
    const wrongTicket = (request: IncomingMessage) => refuseTicket(request, inspector);
    socket('/inspect/xstate', needsTicket ? wrongTicket : refuseQuery, (receiver) => inspector.addReceiver(receiver));

    app.post('/inspect/ticket' satisfies InspectorPath, (request, { raw: response }) => {
      // Nothing of the body is of use: whatever comes is dropped.
      request.raw.resume();
      sendReply(response, { status: 200, body: JSON.stringify({ ticket: inspector.issueTicket() }) });
    });
  };
}

function page(app: FastifyInstance, url: string, file: PageFile): void {
  app.route({
    method: ['GET', 'HEAD'],
    url,
    handler: ({ raw: request }, { raw: response }) => {
      const refusal = refuseQuery(request);
      if (refusal) sendReply(response, failureReply(refusal));
      else sendPageFile(response, file);
    },
  });
}

function socketRoute(
  app: FastifyInstance,
  url: InspectorPath,
  refuses: Refuses,
  take: (socket: InspectorSocket) => void,
): void {
  app.route({
    method: 'GET',
    url,
    onRequest: (request, reply, done) => {
      const refusal = request.ws ? refuses(request.raw) : undefined;
      if (refusal) sendLastReply(reply.raw, failureReply(refusal));
      else done();
    },
    handler: (_request, { raw: response }) => sendReply(response, failureReply(NO_UPGRADE)),
    wsHandler: (socket) => take(socket as unknown as InspectorSocket),
  });
}

function logged(refuses: Refuses, logger: Logger | undefined): Refuses {
  return (request) => {
    const refusal = refuses(request);
    if (refusal) logRefusal(logger, refusal, request.method);
    return refusal;
  };
}

/** A token in a URL would end up in logs: what is not known is not overlooked. */
function refuseQuery({ url }: IncomingMessage): Refusal | undefined {
  return queryOf(url!) === undefined ? undefined : new Refusal('BAD_QUERY', 'this path has no parameters');
}

const NO_UPGRADE = new Refusal('UPGRADE_REQUIRED', 'this path is a WebSocket', [
  ...['Connection', 'Upgrade'],
  ...['Upgrade', 'websocket'],
]);

function refuseTicket({ url }: IncomingMessage, inspector: InspectorService): Refusal | undefined {
  const parameters = [...new URLSearchParams(queryOf(url!) ?? '')];
  const [[name, ticket] = []] = parameters;
  if (parameters.length !== 1 || name !== 'ticket')
    return new Refusal('BAD_QUERY', 'the one parameter is ticket, from POST /inspect/ticket');
  if (inspector.takeTicket(ticket!)) return undefined;
  return new Refusal('UNAUTHORIZED', 'the ticket is not known, used already, or more than 30 s old');
}

/** Nothing from elsewhere, nothing inline, in nobody's frame. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function sendPageFile(response: ServerResponse, { type, body }: PageFile): void {
  response.writeHead(200, [
    ...['Content-Type', type],
    ...['Content-Length', String(Buffer.byteLength(body))],
    ...['X-Content-Type-Options', 'nosniff'],
    ...['Cache-Control', 'no-store'],
    ...['Content-Security-Policy', CONTENT_SECURITY_POLICY],
    ...['Referrer-Policy', 'no-referrer'],
    ...['Cross-Origin-Opener-Policy', 'same-origin'],
    ...['Cross-Origin-Resource-Policy', 'same-origin'],
  ]);
  response.end(body);
}
