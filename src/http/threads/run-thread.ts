/** What an HTTP thread does: serves HTTP, with a store that is elsewhere. */
import type { Server } from 'node:http';
import type { BoundSocket, Socket } from 'node:net';
import type { MessagePort } from 'node:worker_threads';
import { buildApp } from '../app.ts';
import type { HttpLog } from '../context.ts';
import type { InspectorRoutes, InspectorRoutesOptions } from '../inspect/routes.ts';
import { stopListening } from '../serving.ts';
import { type HttpSettings, queuedBytesMaxDefault } from '../settings.ts';
import type { ToEngine, ToThread } from './messages.ts';
import { Outbox } from './outbox.ts';
import { RemoteInspector } from './remote-inspector.ts';
import { RemoteStore } from './remote-store.ts';
import { SharedBudget, SharedCounts } from './shared-counts.ts';

export type ThreadSettings = Omit<HttpSettings, 'port'> & { readonly queuedPutsMax: number };

/** What a thread is given when it is made. */
export interface ThreadData {
  /** Its way to the engine. */
  readonly port: MessagePort;
  /** Its number among the threads, from 0: the place of its counts. */
  readonly thread: number;
  readonly counts: SharedArrayBuffer;
  readonly settings: ThreadSettings;
  /** Where it is on. */
  readonly inspector: { readonly needsTicket: boolean } | undefined;
  /** Whether lines of level debug are wanted. */
  readonly logsDebug: boolean;
}

/** `onBug` gets what our own code throws, and must end the thread. Resolves when the thread has loaded what it needs. */
export async function runThread(data: ThreadData, onBug: (error: unknown) => void): Promise<void> {
  const { port, thread, settings, logsDebug } = data;
  const { queuedPutsMax, queuedBytesMax = queuedBytesMaxDefault, maxConnections } = settings;
  const counts = new SharedCounts(data.counts);
  const outbox = new Outbox<ToEngine>(port);
  const store = new RemoteStore({ outbox, counts, thread, limits: { queuedPutsMax, queuedBytesMax } });
  const inspector = data.inspector && new RemoteInspector(outbox);
  const logger: HttpLog = {
    isLevelEnabled: () => logsDebug,
    debug: (fields, message) => outbox.send({ type: 'logged', fields, message }),
  };
  let serverPort = 0;
  const app = buildApp({
    store,
    settings: { ...settings, port: () => serverPort },
    shared: {
      bodies: new SharedBudget({ counts, thread, counted: 'bodies', max: queuedBytesMax }),
      connections: new SharedBudget({ counts, thread, counted: 'connections', max: maxConnections }),
    },
    inspector: inspector && (await openPage({ inspector, needsTicket: data.inspector!.needsTicket, logger })),
    logger,
    onBug,
  });
  await app.ready();
  const http = new ThreadServer(app.server, outbox);
  const take = (message: ToThread) => {
    switch (message.type) {
      case 'answers':
        store.takeAnswers(message);
        break;
      case 'admission':
        store.refused = message.refused;
        break;
      case 'ticketAnswer':
        inspector!.takeTicketAnswer(message);
        break;
      case 'socketSend':
      case 'socketPing':
      case 'socketTaken':
      case 'socketClose':
      case 'socketTerminate':
        inspector!.takeForSocket(message);
        break;
      case 'listen':
        serverPort = message.port;
        http.listen(message.socket);
        break;
      case 'connection':
        http.takeOver(message.socket);
        break;
      case 'stopListening':
        http.stopListening();
        break;
      case 'closeConnections':
        app.close().catch(onBug);
        break;
      case 'cutConnections':
        http.cutConnections();
        break;
    }
  };
  port.on('message', (messages: readonly ToThread[]) => {
    try {
      for (const message of messages) take(message);
    } catch (error) {
      onBug(error);
    }
  });
  outbox.sendNow({ type: 'loaded' });
}

/** Loaded only where somebody may want to watch. */
async function openPage(options: InspectorRoutesOptions): Promise<InspectorRoutes> {
  const { openInspectorRoutes } = await import('../inspect/routes.ts');
  return openInspectorRoutes(options);
}

/** Who is connected to this thread. */
class ThreadServer {
  readonly #server: Server;
  readonly #outbox: Outbox<ToEngine>;
  readonly #sockets = new Set<Socket>();
  #isStopping = false;

  constructor(server: Server, outbox: Outbox<ToEngine>) {
    this.#server = server;
    this.#outbox = outbox;
    server.on('connection', (socket) => this.#watch(socket));
    server.once('listening', () => outbox.sendNow({ type: 'serving' }));
  }

  /** `undefined`: nowhere, connections will be handed over. */
  listen(socket: BoundSocket | undefined): void {
    if (socket !== undefined) this.#server.listen(socket);
    // The HTTP server starts the clock that ends slow requests when it begins to listen, which it never does by itself here.
    else this.#server.emit('listening');
  }

  takeOver(socket: Socket): void {
    this.#server.emit('connection', socket);
    // It was accepted without being read from.
    socket.resume();
  }

  stopListening(): void {
    this.#isStopping = true;
    stopListening(this.#server, () => this.#tellIfDisconnected());
  }

  cutConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#tellIfDisconnected();
    });
  }

  #tellIfDisconnected(): void {
    if (this.#isStopping && this.#sockets.size === 0) this.#outbox.sendNow({ type: 'disconnected' });
  }
}
