/**
 * The pages that look on. The watch begins with the first of them and ends with the last; in between each gets the same
 * frames, unless it reads too slowly: then frames are left out for it, and in the end it is let go. No put waits for any.
 */
import type { StoreInternals } from '../store.ts';
import { FrameRecorder } from './frame-recorder.ts';
import { frameText } from './frame-text.ts';
import type { Goodbye, Hello } from './protocol.ts';
import type { Redaction } from './redaction.ts';
import type { InspectorSocket } from './socket.ts';
import { readViewerMessage } from './viewer-message.ts';
import { watchActors } from './watch-actors.ts';

export const FRAME_INTERVAL_MS = 100;
const VIEWERS_MAX = 8;
/** What a socket may have taken in and not sent before frames are left out for it. */
const UNSENT_BYTES_MAX = 1024 * 1024;
/** How long it may stay so before it is let go, and how long somebody may be connected without having said who they are. */
const PATIENCE_MS = 10_000;

export interface ViewersOptions {
  readonly internals: StoreInternals;
  readonly redaction: Redaction;
  readonly hello: Omit<Hello, 'type' | 'format' | 'startedAt' | 'frameIntervalMs' | 'hides'>;
  readonly allows: (token: string | undefined) => boolean;
  /** The watch has failed and ended. The store is as well as before. */
  readonly onError: (error: unknown) => void;
}

interface Viewer {
  readonly socket: InspectorSocket;
  /** Since when frames are left out for it. */
  behindSinceMs: number | undefined;
}

interface Watch {
  readonly recorder: FrameRecorder;
  readonly startedAt: string;
  stop(): void;
}

export class Viewers {
  readonly #options: ViewersOptions;
  readonly #viewers = new Set<Viewer>();
  #connected = 0;
  #watch: Watch | undefined;

  constructor(options: ViewersOptions) {
    this.#options = options;
  }

  /** Somebody has connected, and must say first of all who they are. */
  add(socket: InspectorSocket): void {
    if (this.#connected >= VIEWERS_MAX) {
      dismiss(socket, 'TOO_MANY_VIEWERS', `${VIEWERS_MAX} viewers are connected already, which is the most`);
      return;
    }
    this.#connected += 1;
    let viewer: Viewer | undefined;
    const impatience = setTimeout(
      () => dismiss(socket, 'BAD_MESSAGE', `no "open" message came within ${PATIENCE_MS} ms`),
      PATIENCE_MS,
    );
    socket.on('message', (data, isBinary) => {
      const message = isBinary ? undefined : readViewerMessage(String(data));
      if (message?.type === 'open' && !viewer) {
        clearTimeout(impatience);
        if (this.#options.allows(message.token)) viewer = this.#open(socket);
        else dismiss(socket, 'UNAUTHORIZED', 'the token is missing or wrong');
      } else if (message?.type === 'watch' && viewer) this.#watch?.recorder.sampler.ask(message.oneIn, message.key);
      else
        dismiss(
          socket,
          'BAD_MESSAGE',
          viewer
            ? 'expected {"type":"watch","oneIn":"auto" or an integer from 1 to 1000000,"key":optional text}'
            : 'expected {"type":"open","token":optional text} before anything else',
        );
    });
    socket.on('close', () => {
      clearTimeout(impatience);
      this.#connected -= 1;
      if (viewer) this.#viewers.delete(viewer);
      if (this.#viewers.size === 0) this.#endWatch();
    });
    socket.on('error', () => socket.terminate());
  }

  /** The server stops. */
  close(): void {
    for (const { socket } of this.#viewers) dismiss(socket, 'STOPPING', 'the server is stopping');
    this.#endWatch();
  }

  #open(socket: InspectorSocket): Viewer {
    const viewer: Viewer = { socket, behindSinceMs: undefined };
    this.#viewers.add(viewer);
    this.#watch ??= this.#beginWatch();
    const { hello, redaction } = this.#options;
    const { startedAt } = this.#watch;
    const first: Hello = {
      type: 'hello',
      format: 1,
      startedAt,
      frameIntervalMs: FRAME_INTERVAL_MS,
      hides: redaction.hides,
      ...hello,
    };
    socket.send(JSON.stringify(first));
    return viewer;
  }

  #beginWatch(): Watch {
    const { internals, redaction } = this.#options;
    const recorder = new FrameRecorder({ internals, redaction, onError: (error) => this.#fail(error) });
    const detach = watchActors(internals, recorder);
    const timer = setInterval(() => this.#sendFrame(recorder), FRAME_INTERVAL_MS);
    const stop = () => {
      clearInterval(timer);
      detach();
    };
    return { recorder, startedAt: new Date().toISOString(), stop };
  }

  #endWatch(): void {
    this.#watch?.stop();
    this.#watch = undefined;
  }

  #sendFrame(recorder: FrameRecorder): void {
    let text: string;
    try {
      text = frameText(recorder.takeFrame());
    } catch (error) {
      this.#fail(error);
      return;
    }
    const now = this.#options.internals.clock.now();
    for (const viewer of this.#viewers) {
      if (viewer.socket.bufferedAmount <= UNSENT_BYTES_MAX) {
        viewer.behindSinceMs = undefined;
        viewer.socket.send(text);
        continue;
      }
      viewer.behindSinceMs ??= now;
      if (now - viewer.behindSinceMs < PATIENCE_MS) continue;
      dismiss(viewer.socket, 'TOO_SLOW', `nothing was read for ${PATIENCE_MS} ms`);
      // It does not read, so it would not hear that either.
      viewer.socket.terminate();
    }
  }

  #fail(error: unknown): void {
    this.#endWatch();
    for (const { socket } of this.#viewers) dismiss(socket, 'FAILED', 'the inspector failed; the store did not');
    this.#options.onError(error);
  }
}

function dismiss(socket: InspectorSocket, code: Goodbye['code'], error: string): void {
  socket.send(JSON.stringify({ type: 'goodbye', code, error } satisfies Goodbye));
  socket.close(1000, code);
}
