/**
 * The inspector of a running store: pages that look on, stock receivers, and an inspector elsewhere that is sent the same.
 * Nothing of it touches the store while nobody is connected.
 */
import { randomBytes } from 'node:crypto';
import type { StoreInternals } from '../store.ts';
import charts from './charts.generated.json' with { type: 'json' };
import type { Chart, Hello } from './protocol.ts';
import { Receivers } from './receivers.ts';
import { Redaction } from './redaction.ts';
import { RemoteFeed, type RemoteFeedOptions } from './remote-feed.ts';
import type { InspectorSocket } from './socket.ts';
import { Tickets } from './tickets.ts';
import { Viewers } from './viewers.ts';

export interface InspectorSettings {
  readonly inspectorKeys: 'shown' | 'hidden';
  readonly inspectorValues: 'shown' | 'hidden';
  /** An inspector elsewhere that is sent everything as well. */
  readonly inspectUrl: string | undefined;
}

export interface InspectorOptions {
  readonly internals: StoreInternals;
  readonly settings: InspectorSettings & Hello['settings'];
  /** Of concave. */
  readonly version: string;
  /** Whether that token may look on. */
  readonly allows: (token: string | undefined) => boolean;
  readonly log: RemoteFeedOptions['log'] & {
    debug(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
}

export class Inspector {
  readonly #onError: (error: unknown) => void;
  readonly #viewers: Viewers;
  readonly #receivers: Receivers;
  readonly #remote: RemoteFeed | undefined;
  readonly #tickets: Tickets;

  constructor({ internals, settings, version, allows, log }: InspectorOptions) {
    const { inspectorKeys, inspectorValues, inspectUrl } = settings;
    const redaction = new Redaction({
      hidesKeys: inspectorKeys === 'hidden',
      hidesValues: inspectorValues === 'hidden',
      secret: randomBytes(16),
    });
    const onError = (error: unknown) =>
      log.error(
        { event: 'inspector_failed', err: error },
        'the inspector failed, that watch is over; the store goes on',
      );
    // At debug level, as every refusal is: whoever can connect could fill the log otherwise.
    const onRefused = () => log.debug({ event: 'refused', code: 'UNAUTHORIZED' }, 'viewer refused');
    this.#onError = onError;
    const { maxBlocks, maxBlockSize, batchTime, queuedPutsMax } = settings;
    const shown = { maxBlocks, maxBlockSize, batchTime, queuedPutsMax };
    const hello = { version, settings: shown, charts: charts as unknown as readonly Chart[] };
    this.#viewers = new Viewers({ internals, redaction, hello, allows, onRefused, onError });
    this.#receivers = new Receivers({ internals, redaction, onError });
    this.#tickets = new Tickets(() => internals.clock.now());
    if (inspectUrl !== undefined)
      this.#remote = new RemoteFeed({ url: inspectUrl, internals, redaction, log, onError });
  }

  /** A page; it must say who it is before it sees anything. */
  addViewer(socket: InspectorSocket): void {
    this.#guarded(socket, () => this.#viewers.add(socket));
  }

  /** A stock receiver, which has shown a ticket where one is needed. */
  addReceiver(socket: InspectorSocket): void {
    this.#guarded(socket, () => this.#receivers.add(socket));
  }

  /** For a receiver, to be put into its URL. */
  issueTicket(answer: (ticket: string) => void): void {
    answer(this.#tickets.issue());
  }

  /** Whether the ticket was good; it is used up. */
  takeTicket(ticket: string, answer: (isGood: boolean) => void): void {
    answer(this.#tickets.take(ticket));
  }

  #guarded(socket: InspectorSocket, add: () => void): void {
    try {
      add();
    } catch (error) {
      socket.terminate();
      this.#onError(error);
    }
  }

  /** Says goodbye to all, and lets nobody in any more. May be called twice. */
  close(): void {
    this.#viewers.close();
    this.#receivers.close();
    this.#remote?.close();
  }
}
