/** Starts the server: settings → store → HTTP → ready line. `shutdown.ts` ends it. */
import './node-version.ts';
import { readFileSync, writeSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { ConfigError } from './config/config-error.ts';
import { helpText } from './config/help.ts';
import { formatAddress } from './config/relations.ts';
import { tokenVariable } from './config/settings.ts';
import { surroundingsOfProcess } from './config/surroundings.ts';
import { type Config, type LoadedConfig, loadConfig } from './config.ts';
import { dieOf, endProcess } from './end-process.ts';
import { buildApp } from './http/app.ts';
import type { InspectorRoutes } from './http/inspect/routes.ts';
import { listen } from './http/listening.ts';
import { ServingHere } from './http/serving.ts';
import { TokenCheck } from './http/token-check.ts';
import type { Inspector } from './inspector/inspector.ts';
import { openLog } from './log.ts';
import { Shutdown } from './shutdown.ts';
import { openStore, type Store } from './store.ts';
import { nodePlatform } from './wal/node-platform.ts';
import { exitCodes, StartRefusal } from './wal/refusal.ts';

const log = openLog();
const shutdown = new Shutdown({ log, tell, exit, dieOf });
process.on('uncaughtException', shutdown.onBug);
process.on('unhandledRejection', shutdown.onBug);
process.on('SIGTERM', shutdown.onSignal);
process.on('SIGINT', shutdown.onSignal);
await main();

async function main(): Promise<void> {
  const loaded = loadConfig(surroundingsOfProcess());
  if (loaded === 'help') return write(1, helpText(version()));
  if (loaded === 'version') return write(1, `concave ${version()}\n`);
  if (loaded instanceof ConfigError) return refuse(exitCodes.settings, loaded.message);
  // Processes that this one starts have no business with it.
  delete process.env[tokenVariable];
  log.level = loaded.config.logLevel;
  log.info({ event: 'starting', version: version(), node: process.versions.node, dataDir: loaded.config.dataDir });
  for (const note of loaded.notes) log.warn({ event: 'note' }, note);
  try {
    await serve(loaded);
  } catch (error) {
    if (!(error instanceof StartRefusal)) throw error;
    log.fatal({ event: 'refused', err: error });
    refuse(error.exitCode, error.message);
  }
}

/** Rejects with a `StartRefusal` if the store cannot be opened or the address not be had. */
async function serve(loaded: LoadedConfig): Promise<void> {
  const { config } = loaded;
  const { onBug, onHalt } = shutdown;
  const store = await openStore({ config, platform: nodePlatform(), log, onBug, onHalt });
  log.info({ event: 'recovered', ...store.recovered });

  const inspector = await openInspector(config, store);
  const serveHttp = config.threads === 1 ? serveHere : serveOnThreads;
  const { address, port } = await serveHttp(loaded, store, inspector);

  const url = `http://${formatAddress({ host: address, port })}`;
  // Programs wait for this line: it is printed at every log level.
  log.child({}, { level: 'info' }).info({ event: 'ready', url }, `listening on ${url}`);
  if (config.inspector)
    log.info({ event: 'inspector', url: `${url}/inspect` }, `every put can be watched on ${url}/inspect`);
}

/** In the thread of the store. */
async function serveHere(
  { config, sources }: LoadedConfig,
  store: Store,
  inspector: Inspector | undefined,
): Promise<AddressInfo> {
  let port = config.listen.port;
  const app = buildApp({
    store,
    settings: { ...config, port: () => port },
    logger: log,
    inspector: inspector && (await openPage(config, inspector)),
    onBug: shutdown.onBug,
  });
  await app.ready();
  const closeApp = () => {
    // Also where there is no page: it may be connected to an inspector elsewhere.
    inspector?.close();
    return app.close();
  };
  shutdown.watch({ http: new ServingHere(app.server, closeApp), store });
  const address = await listen(app.server, config.listen, sources.listen);
  port = address.port;
  return address;
}

async function serveOnThreads(
  { config, sources }: LoadedConfig,
  store: Store,
  inspector: Inspector | undefined,
): Promise<AddressInfo> {
  const { HttpThreads } = await import('./http/threads/http-threads.ts');
  const page = config.inspector ? { needsTicket: config.token !== undefined } : undefined;
  const http = new HttpThreads({
    ...{ threads: config.threads, store, settings: config, log, onBug: shutdown.onBug },
    inspector: inspector && { service: inspector, page },
  });
  shutdown.watch({ http, store });
  return http.listen(config.listen, sources.listen);
}

/** Loaded only where somebody may want to watch: `undefined` where nobody does. */
async function openInspector(config: Config, { internals }: Store): Promise<Inspector | undefined> {
  if (!config.inspector && config.inspectUrl === undefined) return undefined;
  const { Inspector } = await import('./inspector/inspector.ts');
  const check = config.token === undefined ? undefined : new TokenCheck(config.token);
  const allows = (token: string | undefined) => check === undefined || check.allowsToken(token ?? '');
  return new Inspector({ internals, settings: config, version: version(), allows, log });
}

async function openPage(config: Config, inspector: Inspector): Promise<InspectorRoutes | undefined> {
  if (!config.inspector) return undefined;
  const { openInspectorRoutes } = await import('./http/inspect/routes.ts');
  return openInspectorRoutes({ inspector, needsTicket: config.token !== undefined, logger: log });
}

function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}

function refuse(exitCode: number, message: string): void {
  tell(message);
  process.exit(exitCode);
}

function exit(code: number): void {
  // After a clean stop nothing is under way; in any other case the disk may hang.
  if (code === exitCodes.stopped) process.exit(code);
  endProcess(code);
}

function tell(line: string): void {
  write(2, `concave: ${line.replaceAll(/\s+/g, ' ')}\n`);
}

function write(descriptor: 1 | 2, text: string): void {
  try {
    writeSync(descriptor, text);
  } catch {
    // Nobody reads it.
  }
}
