/** How the process ends: in order on a signal, in haste after a failed sync, at once on a bug. */
import type { Logger } from 'pino';
import type { HttpServing } from './http/serving.ts';
import { exitCodes } from './wal/refusal.ts';

/** In milliseconds; the first three count from the signal. */
export const deadlines = {
  /** Puts without an answer then are told that their outcome is unknown. */
  drained: 4500,
  /** Connections that are still open are cut then. */
  disconnected: 4750,
  /** The process is gone, whatever the disk does. */
  gone: 5000,
  /** What a client has to read its last reply, from the moment when all puts are answered. */
  reading: 1000,
  /** A second signal that comes sooner is the first one again: npm passes on what the whole process group got. */
  secondSignal: 1000,
} as const;

/** What must be stopped in order once it runs. */
export interface Running {
  readonly http: HttpServing;
  readonly store: {
    /** Refuses puts from now on; resolves when those taken in are answered. */
    drain(): Promise<void>;
    /** Answers all puts that still wait: outcome unknown. */
    abandonPuts(): void;
    /** Rejects if the disk fails on the way. */
    close(): Promise<void>;
  };
}

export interface ShutdownOptions {
  readonly log: Logger;
  /** Writes one line to the person who started the process. */
  tell(line: string): void;
  /** Ends the process in this very turn. */
  exit(code: number): void;
  /** Ends the process as the signal does where nobody handles it. */
  dieOf(signal: NodeJS.Signals): void;
}

export class Shutdown {
  readonly #options: ShutdownOptions;
  #running: Running | undefined;
  #firstSignalAt: number | undefined;
  #halted = false;

  constructor(options: ShutdownOptions) {
    this.#options = options;
  }

  /** From now on there is something to stop in order. */
  watch(running: Running): void {
    this.#running = running;
  }

  /** SIGTERM or SIGINT. Exit 0, or 74 if the disk has not answered in time. */
  readonly onSignal = (signal: NodeJS.Signals): void => {
    const { log, exit, dieOf } = this.#options;
    const now = performance.now();
    if (this.#firstSignalAt !== undefined) {
      if (now - this.#firstSignalAt >= deadlines.secondSignal) dieOf(signal);
      return;
    }
    this.#firstSignalAt = now;
    // Before there is anything to drain, dying is as safe as a crash, which recovery is made for.
    if (!this.#running) {
      exit(exitCodes.stopped);
      return;
    }
    log.info({ event: 'draining', signal }, 'stopping: puts taken in are answered, new ones refused');
    this.#stop(this.#running, now).catch(this.onBug);
  };

  /** A sync failed: nothing may be written any more. Sends the replies that were handed out, then exits 74. */
  readonly onHalt = (error: unknown): void => {
    const { log, tell, exit } = this.#options;
    if (this.#halted) return;
    this.#halted = true;
    log.fatal({ event: 'halted', err: error }, 'the disk failed, the server stops');
    tell(`the disk failed, the server stops: ${messageOf(error)}`);
    if (!this.#running) {
      exit(exitCodes.inputOutput);
      return;
    }
    const { http } = this.#running;
    const disconnected = Promise.all([http.stopListening(), http.closeConnections()]);
    within(deadlines.reading, disconnected).then(() => exit(exitCodes.inputOutput), this.onBug);
  };

  /** Something that must not be. Nobody gets a reply after this: what the process holds may be wrong. Exits 70. */
  readonly onBug = (error: unknown): void => {
    const { log, tell, exit } = this.#options;
    log.fatal({ event: 'bug', err: error }, 'a bug, the server stops');
    tell(`a bug, the server stops: ${messageOf(error)}`);
    exit(exitCodes.bug);
  };

  async #stop({ http, store }: Running, signalledAt: number): Promise<void> {
    const { log, exit } = this.#options;
    const left = (deadline: number) => signalledAt + deadline - performance.now();

    const disconnected = http.stopListening();
    const isDrained = await within(left(deadlines.drained), store.drain());
    // After a failed sync `onHalt` ends the process, and the store must not write.
    if (this.#halted) return;
    if (!isDrained) {
      log.error({ event: 'drain-timeout' }, 'the disk does not answer: the outcome of the waiting puts is unknown');
      store.abandonPuts();
    }
    const isRead = await within(
      Math.min(deadlines.reading, left(deadlines.disconnected)),
      Promise.all([disconnected, http.closeConnections()]),
    );
    if (!isRead) http.cutConnections();
    if (this.#halted) return;
    if (!isDrained) return exit(exitCodes.inputOutput);

    // A disk that fails now is as final as at any other time.
    const isClosed = await within(left(deadlines.gone), store.close().catch(this.onHalt));
    if (this.#halted) return;
    if (isClosed) log.info({ event: 'stopped' }, 'stopped');
    else
      log.error({ event: 'close-timeout' }, 'the disk does not answer: the last block is not sealed; nothing is lost');
    exit(isClosed ? exitCodes.stopped : exitCodes.inputOutput);
  }
}

/** Whether `work` was done within `ms`. A failure of the work is the caller's. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, Math.max(0, ms), false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
