/** The engine's end of one HTTP thread: hears what it says, and knows how far it has come. */
import { MessageChannel, type MessagePort, receiveMessageOnPort, type Transferable } from 'node:worker_threads';
import type { HttpLog } from '../context.ts';
import type { InspectorService } from '../inspect/routes.ts';
import type { ToEngine, ToThread } from './messages.ts';
import { Outbox } from './outbox.ts';
import { RelayedSockets } from './relayed-sockets.ts';
import type { ThreadData } from './run-thread.ts';
import type { StoreLink, StoreServer } from './store-server.ts';
import type { RunningThread, StartThread } from './worker.ts';

export interface ThreadEndOptions {
  readonly data: Omit<ThreadData, 'port'>;
  readonly start: StartThread;
  readonly server: StoreServer;
  readonly inspector: InspectorService | undefined;
  readonly log: HttpLog;
  /** The thread is gone, and with it its clients. Nothing more is heard of it. */
  readonly onDeath: (end: ThreadEnd, error: unknown) => void;
}

export class ThreadEnd {
  /** Its number, which the next one in its place gets as well. */
  readonly number: number;
  /** It waits to be told where to serve. Rejects if it dies before. */
  readonly loaded: Promise<void>;
  /** It serves. Rejects if it dies before. */
  readonly serving: Promise<void>;
  /** It was told to stop listening, and nobody is connected. That is so as well when it is dead. */
  readonly disconnected: Promise<void>;
  readonly #options: ThreadEndOptions;
  readonly #port: MessagePort;
  readonly #outbox: Outbox<ToThread>;
  readonly #link: StoreLink;
  /** Where there is an inspector. */
  readonly #sockets: RelayedSockets | undefined;
  readonly #thread: RunningThread;
  readonly #steps = {
    loaded: Promise.withResolvers<void>(),
    serving: Promise.withResolvers<void>(),
    disconnected: Promise.withResolvers<void>(),
  };
  #error: unknown;
  #isServing = false;
  #isDead = false;

  constructor(options: ThreadEndOptions) {
    const { data, start, server, inspector } = options;
    const { port1, port2 } = new MessageChannel();
    this.#options = options;
    this.#port = port1;
    this.number = data.thread;
    this.#outbox = new Outbox(port1);
    this.#link = server.connect(this.#outbox);
    this.#sockets = inspector && new RelayedSockets(inspector, this.#outbox);
    this.loaded = this.#steps.loaded.promise;
    this.serving = this.#steps.serving.promise;
    this.disconnected = this.#steps.disconnected.promise;
    // Nobody may be waiting when it dies.
    for (const step of [this.loaded, this.serving]) step.catch(() => {});
    port1.on('message', (messages: readonly ToEngine[]) => this.#take(messages));
    this.#thread = start({ ...data, port: port2 });
    this.#thread.onGone((error) => this.#bury(error));
  }

  get isServing(): boolean {
    return this.#isServing;
  }

  tell(message: ToThread, transfer?: readonly Transferable[]): void {
    this.#outbox.sendNow(message, transfer);
  }

  terminate(): void {
    this.#thread.terminate();
  }

  #take(messages: readonly ToEngine[]): void {
    // What it had sent may still come, about clients that went with it.
    if (this.#isDead) return;
    try {
      for (const message of messages) this.#takeOne(message);
    } catch (error) {
      this.#options.server.fail(error);
    }
  }

  #takeOne(message: ToEngine): void {
    switch (message.type) {
      case 'requests':
        this.#link.takeRequests(message);
        break;
      case 'consumed':
        this.#link.takeConsumed(message.size);
        break;
      case 'logged':
        this.#options.log.debug(message.fields, message.message);
        break;
      case 'serving':
        this.#isServing = true;
        this.#steps.serving.resolve();
        break;
      case 'loaded':
      case 'disconnected':
        this.#steps[message.type].resolve();
        break;
      case 'socketOpened':
      case 'socketMessage':
      case 'socketSent':
      case 'socketPong':
      case 'socketClosed':
      case 'ticketWanted':
      case 'ticketShown':
        this.#sockets!.take(message);
        break;
      case 'bug':
        this.#error = message.error;
        break;
    }
  }

  #bury(error: unknown): void {
    this.#isServing = false;
    this.#isDead = true;
    this.#link.close();
    this.#sockets?.endAll();
    this.#error ??= this.#lastWord() ?? error;
    this.#port.close();
    this.#steps.loaded.reject(this.#error);
    this.#steps.serving.reject(this.#error);
    this.#steps.disconnected.resolve();
    this.#options.onDeath(this, this.#error);
  }

  /** What it died of may lie behind requests that are of no use to anybody any more. */
  #lastWord(): unknown {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: readonly ToEngine[] } | undefined;
      if (received === undefined) return undefined;
      for (const message of received.message) if (message.type === 'bug') return message.error;
    }
  }
}
