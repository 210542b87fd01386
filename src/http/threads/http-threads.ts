/** HTTP on several threads: starts them, has them all serve one port, replaces those that die, and stops them in order. */
import type { AddressInfo } from 'node:net';
import type { ListenAddress } from '../../config/kinds.ts';
import type { WatchableStore } from '../../outcome.ts';
import { errnoOf } from '../../wal/platform.ts';
import type { HttpLog } from '../context.ts';
import type { InspectorService } from '../inspect/routes.ts';
import { cannotListen } from '../listening.ts';
import type { HttpServing } from '../serving.ts';
import { HandingOver } from './handing-over.ts';
import type { ThreadSettings } from './run-thread.ts';
import { SharedCounts } from './shared-counts.ts';
import { canShare, SharedPort } from './shared-port.ts';
import { StoreServer } from './store-server.ts';
import { ThreadEnd } from './thread-end.ts';
import { type StartThread, startWorker } from './worker.ts';

/** More deaths than these within that time are no accident. */
export const DEATHS_MAX = 5;
export const DEATHS_WITHIN_MS = 60_000;

export interface HttpThreadsOptions {
  readonly threads: number;
  readonly store: WatchableStore;
  readonly settings: ThreadSettings;
  /** Where there is one. It may be there without a page, for an inspector elsewhere. */
  readonly inspector?: ThreadsInspector | undefined;
  readonly log: HttpLog & { fatal(fields: object, message: string): void };
  /** Gets what must end the process: an error of the store, or of threads that die again and again. */
  readonly onBug: (error: unknown) => void;
  /** By default each is a worker of this process. */
  readonly start?: StartThread;
  /** By default the threads share the port where the system can do that, and else get sockets handed over. */
  readonly sharesPort?: boolean;
}

export interface ThreadsInspector {
  readonly service: InspectorService;
  readonly page: { readonly needsTicket: boolean } | undefined;
}

/** How clients come to the threads. */
export interface Door {
  readonly address: AddressInfo;
  /** Lets the thread have its share of them. */
  open(end: ThreadEnd): void;
  /** All threads have it. */
  isOpen(): void;
  /** Lets nobody in any more. What the threads themselves do about that is theirs. */
  close(): void;
}

export class HttpThreads implements HttpServing {
  readonly #options: HttpThreadsOptions;
  readonly #server: StoreServer;
  readonly #counts: SharedCounts;
  /** By number. */
  readonly #ends: ThreadEnd[];
  /** When threads died of late, in milliseconds. */
  #deaths: number[] = [];
  #door: Door | undefined;
  #isUp = false;
  #isStopping = false;

  /** The threads load what they need from now on. */
  constructor(options: HttpThreadsOptions) {
    this.#options = options;
    this.#counts = new SharedCounts(options.threads);
    this.#server = new StoreServer(options.store, options.onBug);
    this.#ends = Array.from({ length: options.threads }, (_, thread) => this.#start(thread));
  }

  /** Resolves when all of them serve. `source` is where the address is from. Rejects with a `StartRefusal`. */
  async listen(address: ListenAddress, source: string): Promise<AddressInfo> {
    await Promise.all(this.#ends.map(({ loaded }) => loaded));
    const { sharesPort = canShare() } = this.#options;
    const door = sharesPort
      ? await SharedPort.find(address, source)
      : await HandingOver.begin(address, source, () => this.#ends.filter(({ isServing }) => isServing));
    this.#door = door;
    if (this.#isStopping) door.close();
    else
      await this.#open(door).catch((error) =>
        Promise.reject(errnoOf(error) ? cannotListen(address, source, error) : error),
      );
    return door.address;
  }

  async stopListening(): Promise<void> {
    this.#isStopping = true;
    this.#door?.close();
    for (const end of this.#ends) end.tell({ type: 'stopListening' });
    await Promise.all(this.#ends.map(({ disconnected }) => disconnected));
  }

  async closeConnections(): Promise<void> {
    // What it says in farewell goes ahead.
    this.#options.inspector?.service.close();
    for (const end of this.#ends) end.tell({ type: 'closeConnections' });
  }

  cutConnections(): void {
    for (const end of this.#ends) end.tell({ type: 'cutConnections' });
  }

  /** Ends them all, whatever they do. */
  terminate(): void {
    this.#isStopping = true;
    for (const end of this.#ends) end.terminate();
  }

  async #open(door: Door): Promise<void> {
    for (const end of this.#ends) door.open(end);
    await Promise.all(this.#ends.map(({ serving }) => serving));
    door.isOpen();
    this.#isUp = true;
  }

  #start(thread: number): ThreadEnd {
    const { start = startWorker, settings, log, inspector } = this.#options;
    const data = {
      ...{ thread, counts: this.#counts.buffer, settings },
      inspector: inspector?.page,
      logsDebug: log.isLevelEnabled('debug'),
    };
    return new ThreadEnd({
      ...{ data, start, log, server: this.#server, inspector: inspector?.service },
      onDeath: (end, error) => this.#onDeath(end, error),
    });
  }

  /**
   * Our own code threw there, or it ran out of memory. That is a bug, of HTTP: what the store holds is out of its reach, and
   * only its own clients may have heard something wrong, so those it takes with it and nobody else.
   */
  #onDeath(end: ThreadEnd, error: unknown): void {
    const { log, onBug } = this.#options;
    this.#counts.forget(end.number);
    // Until all are up, whoever waits for that hears of it.
    if (!this.#isUp || this.#isStopping) return;
    const now = performance.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < DEATHS_WITHIN_MS), now];
    log.fatal({ event: 'thread_died', err: error, thread: end.number }, 'an HTTP thread died of a bug');
    if (this.#deaths.length > DEATHS_MAX) onBug(error);
    else this.#replace(end.number).catch(onBug);
  }

  async #replace(thread: number): Promise<void> {
    const end = this.#start(thread);
    this.#ends[thread] = end;
    try {
      await end.loaded;
    } catch {
      // It died as well, and has been replaced itself.
      return;
    }
    if (!this.#isStopping) this.#door!.open(end);
  }
}
