/** A real HTTP server in this process, on a real store, with its inspector. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../../../src/http/app.ts';
import { openInspectorRoutes } from '../../../src/http/inspect/routes.ts';
import { TokenCheck } from '../../../src/http/token-check.ts';
import { Inspector, type InspectorSettings } from '../../../src/inspector/inspector.ts';
import { defaultSettings } from '../../http/support/http-fixture.ts';
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
  readonly app: FastifyInstance;
  readonly port: number;
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
    let port = 0;
    const app = buildApp({
      store: watched.store,
      settings: { ...defaultSettings, token, port: () => port },
      inspector: openInspectorRoutes({ inspector, needsTicket: token !== undefined }),
    });
    await app.ready();
    app.server.listen({ host: '127.0.0.1', port: 0 });
    await once(app.server, 'listening');
    port = (app.server.address() as AddressInfo).port;
    return new InspectedServer({ watched, inspector, app, port, log });
  }

  private constructor(parts: Pick<InspectedServer, 'watched' | 'inspector' | 'app' | 'port' | 'log'>) {
    this.watched = parts.watched;
    this.inspector = parts.inspector;
    this.app = parts.app;
    this.port = parts.port;
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
    await this.app.close();
    await this.watched[Symbol.asyncDispose]();
  }
}
