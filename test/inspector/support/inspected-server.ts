/** A real HTTP server in this process, on a real store, with its inspector. */
import { buildApp } from '../../../src/http/app.ts';
import { openInspectorRoutes } from '../../../src/http/inspect/routes.ts';
import { listen } from '../../../src/http/listening.ts';
import { HttpThreads } from '../../../src/http/threads/http-threads.ts';
import { TokenCheck } from '../../../src/http/token-check.ts';
import { Inspector, type InspectorSettings } from '../../../src/inspector/inspector.ts';
import { startHosted } from '../../http/support/hosted-threads.ts';
import { defaultSettings, servesOnThreads } from '../../http/support/http-fixture.ts';
import { GrowingList } from '../../support/growing-list.ts';
import { WatchedStore } from './watched-store.ts';

export interface InspectedOptions extends Partial<InspectorSettings> {
  readonly token?: string;
}

export interface LoggedLine {
  readonly event: string;
  readonly url?: string;
  readonly message: string;
}

export class InspectedServer implements AsyncDisposable {
  readonly watched: WatchedStore;
  readonly inspector: Inspector;
  readonly port: number;
  readonly close: () => Promise<unknown>;
  readonly log: GrowingList<LoggedLine>;

  static async start({ token, ...settings }: InspectedOptions = {}): Promise<InspectedServer> {
    const watched = await WatchedStore.open();
    const check = token === undefined ? undefined : new TokenCheck(token);
    const log = new GrowingList<LoggedLine>();
    const note = (fields: object, message: string) => log.add({ ...(fields as { event: string }), message });
    const inspector = new Inspector({
      internals: watched.store.internals,
      settings: {
        ...{ inspectorKeys: 'shown', inspectorValues: 'hidden', inspectUrl: undefined, ...settings },
        ...{ maxBlocks: 3, maxBlockSize: 16_384, batchTime: 0, queuedPutsMax: 1000 },
      },
      version: '1.2.3',
      allows: (given) => check === undefined || check.allowsToken(given ?? ''),
      log: { debug: () => {}, info: note, warn: note, error: note },
    });
    const open = servesOnThreads ? serveOnThread : serveHere;
    const { port, close } = await open({ watched, inspector, token });
    return new InspectedServer({ watched, inspector, port, close, log });
  }

  private constructor(parts: Pick<InspectedServer, 'watched' | 'inspector' | 'port' | 'close' | 'log'>) {
    this.watched = parts.watched;
    this.inspector = parts.inspector;
    this.port = parts.port;
    this.close = parts.close;
    this.log = parts.log;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get socketUrl(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.inspector.close();
    await this.close();
    await this.watched[Symbol.asyncDispose]();
  }
}

interface Served {
  readonly port: number;
  readonly close: () => Promise<unknown>;
}

interface Parts {
  readonly watched: WatchedStore;
  readonly inspector: Inspector;
  readonly token: string | undefined;
}

async function serveHere({ watched, inspector, token }: Parts): Promise<Served> {
  let port = 0;
  const app = buildApp({
    store: watched.store,
    settings: { ...defaultSettings, token, port: () => port },
    inspector: openInspectorRoutes({ inspector, needsTicket: token !== undefined }),
  });
  await app.ready();
  ({ port } = await listen(app.server, { host: '127.0.0.1', port: 0 }, 'test'));
  return { port, close: () => app.close() };
}

async function serveOnThread({ watched, inspector, token }: Parts): Promise<Served> {
  const onBug = (error: unknown) => {
    throw error;
  };
  const threads = new HttpThreads({
    ...{ threads: 1, store: watched.store, onBug, start: startHosted(onBug) },
    settings: { ...defaultSettings, token, queuedPutsMax: 1000 },
    inspector: { service: inspector, page: { needsTicket: token !== undefined } },
    log: { isLevelEnabled: () => false, debug: () => {}, fatal: () => {} },
  });
  const { port } = await threads.listen({ host: '127.0.0.1', port: 0 }, 'test');
  const close = async () => {
    const disconnected = threads.stopListening();
    await threads.closeConnections();
    threads.cutConnections();
    await disconnected;
    threads.terminate();
  };
  return { port, close };
}
