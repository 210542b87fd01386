/** The HTTP layer: builds the Fastify application that serves a store. It does not listen. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { StoreService } from '../outcome.ts';
import { type Budget, OwnBudget } from './budget.ts';
import { type HttpContext, type HttpLog, logRefusal } from './context.ts';
import { Gate } from './gate.ts';
import type { InspectorRoutes } from './inspect/routes.ts';
import { failureReply, sendLastReply, sendReply } from './reply.ts';
import { apiRoutes, bringsPuts, pathOf, type RoutePath, routes } from './route-table.ts';
import { handleBatch } from './routes/batch.ts';
import { handleGet } from './routes/get.ts';
import { handleHealth, handleReadiness } from './routes/health.ts';
import { handlePut } from './routes/put.ts';
import { replySchemas } from './schemas.ts';
import { HttpServer, isUpgraded, type RequestHandler } from './server.ts';
import { type HttpSettings, queuedBytesMaxDefault } from './settings.ts';

export interface AppOptions {
  readonly store: StoreService;
  readonly settings: HttpSettings;
  /** Gets refusals, at debug level and without key or value; a request that is served is not logged. */
  readonly logger?: HttpLog | undefined;
  /** Where it is on: its page and its sockets are served as well. */
  readonly inspector?: InspectorRoutes | undefined;
  /** Where limits hold for more than this application. By default it has them to itself. */
  readonly shared?: { readonly bodies: Budget; readonly connections: Budget } | undefined;
  /** Gets every error of our own code; the request that met it is not answered. By default it is thrown, uncaught. */
  readonly onBug?: (error: unknown) => void;
}

export function buildApp(options: AppOptions): FastifyInstance {
  const { store, settings, logger, inspector, shared, onBug = throwUncaught } = options;
  const bodies = shared?.bodies ?? new OwnBudget(settings.queuedBytesMax ?? queuedBytesMaxDefault);
  const context: HttpContext = { store, settings, bodies, logger, onBug };
  const allRoutes = inspector ? new Map([...apiRoutes, ...inspector.routes]) : apiRoutes;
  const gate = new Gate(settings, store, allRoutes);
  const mayUpgrade = ({ url }: IncomingMessage) => allRoutes.get(pathOf(url!))?.isUpgrade === true;
  /** Whether the request is refused, and answered. */
  const refuse = ({ raw: request }: FastifyRequest, { raw: response }: FastifyReply): boolean => {
    const refusal = gate.refuses(request);
    if (refusal === undefined) return false;
    logRefusal(logger, refusal, request.method);
    const closes = gate.endsConnection(request);
    const reply = failureReply(refusal, { isPut: bringsPuts(request.url), closes });
    if (isUpgraded(request)) sendLastReply(response, reply);
    else sendReply(response, reply);
    return true;
  };

  let http: HttpServer | undefined;
  const app = Fastify({
    serverFactory: (handle) => {
      http = new HttpServer({
        ...{ settings, logger, mayUpgrade, connections: shared?.connections },
        handle: handle as RequestHandler,
      });
      return http.server;
    },
    clientErrorHandler: (error, socket) => http?.onClientError(error, socket),
    // One of the framework's would make a child for every request.
    logger: false,
    trustProxy: false,
    // Refusing is ours: gets are served to the end, and puts are refused in the words of the API.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    // The routes parse queries themselves, strictly.
    routerOptions: { querystringParser: () => ({}) },
    // A URL that the router cannot decode is none of our paths: the gate refuses it.
    frameworkErrors: (_error, request, reply) => void refuse(request, reply),
  });
  // Routes read their bodies themselves, when all checks are passed: to the framework a POST is a method without one.
  app.addHttpMethod('POST', { hasBody: false, overrideExisting: true });
  app.addHook('onRequest', (request, reply, done) => {
    if (!refuse(request, reply)) done();
  });
  app.addHook('preClose', (done) => {
    inspector?.close();
    http?.closeConnections();
    done();
  });
  // Replies are written by hand; whatever gets here was thrown by our own code.
  app.setErrorHandler((error) => onBug(error));
  // The schemas of the routes are there for tools and tests to read; nothing is written by them.
  app.setSerializerCompiler(() => JSON.stringify);

  for (const path of Object.keys(handlers) as RoutePath[]) {
    const handle = handlers[path];
    app.route({
      method: [...routes[path].methods],
      url: path,
      schema: { response: replySchemas[path] },
      handler: (_request: unknown, reply: FastifyReply) => handle(reply.raw, context),
    });
  }
  if (inspector) app.register(inspector.plugin);
  return app;
}

const handlers: Readonly<Record<RoutePath, (response: ServerResponse, context: HttpContext) => void>> = {
  '/v1/get': handleGet,
  '/v1/put': handlePut,
  '/v1/batch': handleBatch,
  '/healthz': handleHealth,
  '/readyz': handleReadiness,
};

function throwUncaught(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}
