/**
 * The pages that look on. The watch begins with the first of them and ends with the last; in between each gets the same
 * frames, unless it reads too slowly: then frames are left out for it. No put waits for any.
 */
import type { StoreInternals } from '../store.ts';
import { FrameRecorder } from './frame-recorder.ts';
import { closeCodes, KeptSocket } from './kept-socket.ts';
import type { Goodbye, Hello } from './protocol.ts';
import type { Redaction } from './redaction.ts';
import type { InspectorSocket } from './socket.ts';
import { readViewerMessage } from './viewer-message.ts';
import { watchActors } from './watch-actors.ts';

export const FRAME_INTERVAL_MS = 100;
const TEND_INTERVAL_MS = 1000;
const VIEWERS_MAX = 8;
/** Connected without having said who they are. The oldest gives way: strangers cannot keep others out. */
const STRANGERS_MAX = 16;
/** How long somebody may be connected without having said that. */
const INTRODUCTION_MS = 10_000;

export interface ViewersOptions {
  readonly internals: StoreInternals;
  readonly redaction: Redaction;
  readonly hello: Omit<Hello, 'type' | 'format' | 'startedAt' | 'frameIntervalMs' | 'hides'>;
  readonly allows: (token: string | undefined) => boolean;
  /** Somebody came without the right token. */
  readonly onRefused: () => void;
  /** The watch has failed and ended. The store is as well as before. */
  readonly onError: (error: unknown) => void;
}

interface Viewer {
  readonly socket: KeptSocket;
  readonly wish: Wish;
  /** A frame was left out for it since the last that it got. */
  missedFrames: boolean;
}

/** What a viewer would like to see. */
interface Wish {
  oneIn: number | 'auto';
  key: string | undefined;
}

interface Watch {
  readonly recorder: FrameRecorder;
  readonly startedAt: string;
  stop(): void;
}

export class Viewers {
  readonly #options: ViewersOptions;
  readonly #strangers = new Set<KeptSocket>();
  readonly #viewers = new Set<Viewer>();
  #watch: Watch | undefined;
  #isClosed = false;

  constructor(options: ViewersOptions) {
    this.#options = options;
  }

  /** Somebody has connected, and must say first of all who they are. */
  add(inner: InspectorSocket): void {
    let viewer: Viewer | undefined;
    const socket = new KeptSocket(inner, {
      onMessage: (text) => {
        if (viewer) this.#hear(viewer, text);
        else viewer = this.#introduce(socket, text);
      },
      onGone: () => this.#forget(socket, viewer),
      onError: (error) => this.#fail(error),
    });
    if (this.#isClosed) {
      dismiss(socket, 'STOPPING', 'the server is stopping');
      return;
    }
    const [oldest] = this.#strangers;
    if (this.#strangers.size >= STRANGERS_MAX) this.#sendAway(oldest!, 'TOO_MANY_VIEWERS', 'too many are waiting');
    this.#strangers.add(socket);
    setTimeout(() => {
      if (this.#strangers.has(socket))
        this.#sendAway(socket, 'BAD_MESSAGE', `no "open" message came within ${INTRODUCTION_MS} ms`);
    }, INTRODUCTION_MS).unref();
  }

  /** The server stops. */
  close(): void {
    this.#isClosed = true;
    this.#endWatch();
    for (const socket of [...this.#strangers, ...[...this.#viewers].map((viewer) => viewer.socket)])
      this.#sendAway(socket, 'STOPPING', 'the server is stopping');
  }

  /** The first message of somebody: a viewer, if it is right. */
  #introduce(socket: KeptSocket, text: string | undefined): Viewer | undefined {
    const message = text === undefined ? undefined : readViewerMessage(text);
    if (message?.type !== 'open')
      this.#sendAway(socket, 'BAD_MESSAGE', 'expected {"type":"open","token":optional text} before anything else');
    else if (!this.#options.allows(message.token)) {
      this.#options.onRefused();
      this.#sendAway(socket, 'UNAUTHORIZED', 'the token is missing or wrong');
    } else if (this.#viewers.size >= VIEWERS_MAX)
      this.#sendAway(socket, 'TOO_MANY_VIEWERS', `${VIEWERS_MAX} viewers are connected already, which is the most`);
    else return this.#open(socket);
    return undefined;
  }

  #open(socket: KeptSocket): Viewer {
    this.#strangers.delete(socket);
    const viewer: Viewer = { socket, wish: { oneIn: 'auto', key: undefined }, missedFrames: false };
    this.#viewers.add(viewer);
    if (this.#watch) this.#watch.recorder.retell();
    else this.#watch = this.#beginWatch();
    this.#fitWishes();
    const { hello, redaction } = this.#options;
    const first: Hello = {
      type: 'hello',
      format: 1,
      startedAt: this.#watch.startedAt,
      frameIntervalMs: FRAME_INTERVAL_MS,
      hides: redaction.hides,
      ...hello,
    };
    socket.send(JSON.stringify(first));
    return viewer;
  }

  #hear({ socket, wish }: Viewer, text: string | undefined): void {
    const message = text === undefined ? undefined : readViewerMessage(text);
    if (message?.type !== 'watch') {
      const expected = '{"type":"watch","oneIn":"auto" or an integer from 1 to 1000000,"key":optional text}';
      this.#sendAway(socket, 'BAD_MESSAGE', `expected ${expected}`);
      return;
    }
    // With its label in the answer, a key could be tried out.
    if (message.key !== undefined && this.#options.redaction.hides.keys) {
      this.#sendAway(socket, 'BAD_MESSAGE', 'keys are hidden: none can be followed');
      return;
    }
    wish.oneIn = message.oneIn;
    wish.key = message.key;
    this.#fitWishes();
  }

  /** All look at one sample: the largest that somebody wishes, and every key that somebody follows. */
  #fitWishes(): void {
    const wishes = [...this.#viewers].map(({ wish }) => wish);
    const numbers = wishes.flatMap(({ oneIn }) => (oneIn === 'auto' ? [] : oneIn));
    const keys = wishes.flatMap(({ key }) => key ?? []);
    this.#watch?.recorder.sampler.ask(numbers.length === 0 ? 'auto' : Math.min(...numbers), new Set(keys));
  }

  #beginWatch(): Watch {
    const { internals, redaction } = this.#options;
    const recorder = new FrameRecorder({ internals, redaction, onError: (error) => this.#fail(error) });
    const detach = watchActors(internals, recorder);
    const timers = [
      setInterval(() => this.#sendFrame(recorder), FRAME_INTERVAL_MS).unref(),
      setInterval(() => this.#tend(), TEND_INTERVAL_MS).unref(),
    ];
    const stop = () => {
      for (const timer of timers) clearInterval(timer);
      detach();
    };
    return { recorder, startedAt: new Date().toISOString(), stop };
  }

  #endWatch(): void {
    this.#watch?.stop();
    this.#watch = undefined;
  }

  #sendFrame(recorder: FrameRecorder): void {
    try {
      // Whoever missed a frame may have missed how a put ended that is told no more: what is under way is told again.
      if ([...this.#viewers].some(({ socket, missedFrames }) => missedFrames && !socket.isBehind)) recorder.retell();
      const text = JSON.stringify(recorder.takeFrame());
      for (const viewer of this.#viewers) viewer.missedFrames = !viewer.socket.send(text);
    } catch (error) {
      this.#fail(error);
    }
  }

  #tend(): void {
    const now = this.#options.internals.clock.now();
    for (const { socket } of this.#viewers) socket.tend(now);
  }

  #sendAway(socket: KeptSocket, code: Goodbye['code'], error: string): void {
    this.#strangers.delete(socket);
    dismiss(socket, code, error);
  }

  #forget(socket: KeptSocket, viewer: Viewer | undefined): void {
    this.#strangers.delete(socket);
    if (!viewer || !this.#viewers.delete(viewer)) return;
    if (this.#viewers.size === 0) this.#endWatch();
    else this.#fitWishes();
  }

  #fail(error: unknown): void {
    this.#endWatch();
    for (const { socket } of this.#viewers) dismiss(socket, 'FAILED', 'the inspector failed; the store did not');
    this.#options.onError(error);
  }
}

function dismiss(socket: KeptSocket, code: Goodbye['code'], error: string): void {
  const closeCode = code === 'TOO_MANY_VIEWERS' ? closeCodes.tryLater : closeCodes.normal;
  socket.dismiss(closeCode, code, JSON.stringify({ type: 'goodbye', code, error } satisfies Goodbye));
}
