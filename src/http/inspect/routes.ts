/** What the inspector serves: its page, the page's socket, the stock receivers' socket, and tickets for those. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { InspectorSocket } from '../../inspector/socket.ts';
import { type HttpLog, logRefusal } from '../context.ts';
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

/** What the routes need of the inspector, which may be in another thread: then it answers later, and else at once. */
export interface InspectorService {
  addViewer(socket: InspectorSocket): void;
  addReceiver(socket: InspectorSocket): void;
  issueTicket(answer: (ticket: string) => void): void;
  takeTicket(ticket: string, answer: (isGood: boolean) => void): void;
  close(): void;
}

/** What `buildApp` takes in where the inspector is on. */
export interface InspectorRoutes {
  readonly routes: RouteMap;
  readonly plugin: (app: FastifyInstance) => Promise<void>;
  /** Says goodbye to everybody who is connected. */
  close(): void;
}

/** A page says at most which key it follows. */
const MESSAGE_BYTES_MAX = 16 * 1024;

export interface InspectorRoutesOptions {
  readonly inspector: InspectorService;
  /** Whether a stock receiver must show one. */
  readonly needsTicket: boolean;
  readonly logger?: HttpLog | undefined;
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

    const socket = (path: InspectorPath, check: Check, take: (socket: InspectorSocket) => void) =>
      socketRoute(app, path, logged(check, logger), take);
    const checkQuery: Check = (request, answer) => answer(refuseQuery(request));
    const checkTicket: Check = (request, answer) => refuseTicket(request, inspector, answer);
    socket('/inspect/live', checkQuery, (viewer) => inspector.addViewer(viewer));
    socket('/inspect/xstate', needsTicket ? checkTicket : checkQuery, (receiver) => inspector.addReceiver(receiver));

    app.post('/inspect/ticket' satisfies InspectorPath, (request, { raw: response }) => {
      // Nothing of the body is of use: whatever comes is dropped.
      request.raw.resume();
      inspector.issueTicket((ticket) => sendReply(response, { status: 200, body: JSON.stringify({ ticket }) }));
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

/** Answers with why a request for a socket is refused; `undefined`: it is not. */
type Check = (request: IncomingMessage, answer: (refusal: Refusal | undefined) => void) => void;

function socketRoute(
  app: FastifyInstance,
  url: InspectorPath,
  check: Check,
  take: (socket: InspectorSocket) => void,
): void {
  app.route({
    method: 'GET',
    url,
    onRequest: (request, reply, done) => {
      if (!request.ws) return done();
      return check(request.raw, (refusal) => {
        if (refusal) sendLastReply(reply.raw, failureReply(refusal));
        else done();
      });
    },
    handler: (_request, { raw: response }) => sendReply(response, failureReply(NO_UPGRADE)),
    wsHandler: (socket) => take(socket as unknown as InspectorSocket),
  });
}

function logged(check: Check, logger: HttpLog | undefined): Check {
  return (request, answer) =>
    check(request, (refusal) => {
      if (refusal) logRefusal(logger, refusal, request.method);
      answer(refusal);
    });
}

/** A token in a URL would end up in logs: what is not known is not overlooked. */
function refuseQuery({ url }: IncomingMessage): Refusal | undefined {
  return queryOf(url!) === undefined ? undefined : new Refusal('BAD_QUERY', 'this path has no parameters');
}

const NO_UPGRADE = new Refusal('UPGRADE_REQUIRED', 'this path is a WebSocket', [
  ...['Connection', 'Upgrade'],
  ...['Upgrade', 'websocket'],
]);

function refuseTicket(
  { url }: IncomingMessage,
  inspector: InspectorService,
  answer: (refusal: Refusal | undefined) => void,
): void {
  const parameters = [...new URLSearchParams(queryOf(url!) ?? '')];
  const [[name, ticket] = []] = parameters;
  if (parameters.length !== 1 || name !== 'ticket') {
    answer(new Refusal('BAD_QUERY', 'the one parameter is ticket, from POST /inspect/ticket'));
    return;
  }
  const wrong = new Refusal('UNAUTHORIZED', 'the ticket is not known, used already, or more than 30 s old');
  inspector.takeTicket(ticket!, (isGood) => answer(isGood ? undefined : wrong));
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
