/** A store and its remote ends, as threads would have them, all in one thread and with real ports between them. */
import { MessageChannel } from 'node:worker_threads';
import type { ToEngine, ToThread } from '../../../../src/http/threads/messages.ts';
import { Outbox } from '../../../../src/http/threads/outbox.ts';
import { RemoteStore } from '../../../../src/http/threads/remote-store.ts';
import { SharedCounts } from '../../../../src/http/threads/shared-counts.ts';
import { type StoreLink, StoreServer } from '../../../../src/http/threads/store-server.ts';
import type { StoredValue } from '../../../../src/outcome.ts';
import { FakeStore } from '../../support/fake-store.ts';
import { Bugs } from '../../support/http-fixture.ts';

export interface LinkedOptions {
  readonly threads?: number;
  readonly queuedPutsMax?: number;
  readonly queuedBytesMax?: number;
}

/** One thread's end, and what has crossed to and from it. */
export interface LinkedThread {
  readonly remote: RemoteStore;
  readonly link: StoreLink;
  /** Each is what one `postMessage` carried. */
  readonly toEngine: (readonly ToEngine[])[];
  readonly toThread: (readonly ToThread[])[];
}

export class LinkedStore implements Disposable {
  readonly store = new FakeStore();
  readonly bugs = new Bugs();
  readonly counts: SharedCounts;
  readonly threads: readonly LinkedThread[];
  readonly #channels: MessageChannel[] = [];

  constructor({ threads = 1, queuedPutsMax = 1000, queuedBytesMax = 1_000_000 }: LinkedOptions = {}) {
    this.counts = new SharedCounts(threads);
    const server = new StoreServer(this.store, this.bugs.onBug);
    const limits = { queuedPutsMax, queuedBytesMax };
    this.threads = Array.from({ length: threads }, (_, thread) => this.#connect(server, thread, limits));
  }

  /** The only thread's. */
  get remote(): RemoteStore {
    return this.threads[0]!.remote;
  }

  [Symbol.dispose](): void {
    for (const { port1 } of this.#channels) port1.close();
    this.bugs.expectNone();
  }

  #connect(
    server: StoreServer,
    thread: number,
    limits: { queuedPutsMax: number; queuedBytesMax: number },
  ): LinkedThread {
    const channel = new MessageChannel();
    this.#channels.push(channel);
    const { port1, port2 } = channel;
    const link = server.connect(new Outbox<ToThread>(port1));
    const outbox = new Outbox<ToEngine>(port2);
    const remote = new RemoteStore({ outbox, counts: this.counts, thread, limits });
    const [toEngine, toThread]: [ToEngine[][], ToThread[][]] = [[], []];
    port1.on('message', (messages: ToEngine[]) => {
      toEngine.push(messages);
      try {
        for (const message of messages) {
          if (message.type === 'requests') link.takeRequests(message);
          if (message.type === 'consumed') link.takeConsumed(message.size);
        }
      } catch (error) {
        server.fail(error);
      }
    });
    port2.on('message', (messages: ToThread[]) => {
      toThread.push(messages);
      for (const message of messages) {
        if (message.type === 'answers') remote.takeAnswers(message);
        if (message.type === 'admission') remote.refused = message.refused;
      }
    });
    return { remote, link, toEngine, toThread };
  }
}

export function read(remote: RemoteStore, key: string): Promise<StoredValue | undefined> {
  return new Promise((resolve) => remote.read(key, resolve));
}
