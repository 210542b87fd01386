/**
 * The frames that are kept: the last minutes, up to a bound of memory. A frame keeps its index for as long as it is there,
 * so that a moment stays the same moment while others come and go.
 */
import type { Frame, Hello } from '../protocol.ts';

export interface RingBounds {
  readonly keptMsMax: number;
  /** Of the frames as JSON, which is what can be measured; in memory they take a few times as much. */
  readonly keptBytesMax: number;
}

export const LIVE_BOUNDS: RingBounds = { keptMsMax: 5 * 60_000, keptBytesMax: 64 * 1024 * 1024 };

/** While somebody looks at a moment in the past, what led to it is kept as well. */
const KEPT_BEFORE_MOMENT_MS = 10_000;

export class FrameRing {
  readonly hello: Hello;
  readonly #bounds: RingBounds;
  #frames: ({ readonly frame: Frame; readonly bytes: number } | undefined)[] = [];
  /** Index of `#frames[#start]`. Before `#start`, the places are empty. */
  #firstIndex = 0;
  #start = 0;
  #bytes = 0;
  #lastNumber = 0;
  #missing = 0;
  #unkept = 0;

  constructor(hello: Hello, bounds: RingBounds = LIVE_BOUNDS) {
    this.hello = hello;
    this.#bounds = bounds;
  }

  /** Index of the oldest frame. With no frame at all, `last` is smaller. */
  get first(): number {
    return this.#firstIndex;
  }

  get last(): number {
    return this.#firstIndex + this.#frames.length - this.#start - 1;
  }

  get isEmpty(): boolean {
    return this.last < this.first;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Frames that the server left out because this viewer was too slow. */
  get missing(): number {
    return this.#missing;
  }

  /** Frames that came but were not kept, because the bound was reached while the past was being looked at. */
  get unkept(): number {
    return this.#unkept;
  }

  get keptMs(): number {
    return this.isEmpty ? 0 : this.at(this.last)!.atMs - this.at(this.first)!.atMs;
  }

  get bounds(): RingBounds {
    return this.#bounds;
  }

  at(index: number): Frame | undefined {
    return this.#frames[index - this.#firstIndex + this.#start]?.frame;
  }

  /**
   * Keeps a frame and drops what is too old for it; returns whether it was kept. Frames from a while before `watched`, the
   * moment that is being looked at, are not dropped: where they fill the ring, new frames are not kept.
   */
  push(frame: Frame, bytes: number, watched?: number): boolean {
    // Numbers are dense: whatever lies between two of them was not sent.
    if (this.#lastNumber > 0) this.#missing += Math.max(0, frame.number - this.#lastNumber - 1);
    this.#lastNumber = frame.number;
    const keep =
      watched === undefined ? Number.POSITIVE_INFINITY : (this.at(watched)?.atMs ?? 0) - KEPT_BEFORE_MOMENT_MS;
    while (!this.isEmpty && this.#isFull(frame, bytes)) {
      if (this.at(this.first)!.atMs >= keep) {
        this.#unkept++;
        return false;
      }
      this.#drop();
    }
    this.#frames.push({ frame, bytes });
    this.#bytes += bytes;
    return true;
  }

  /** The newest frame at or before a time, or the oldest. */
  indexAt(ms: number): number {
    let low = this.first;
    let high = this.last;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.at(middle)!.atMs <= ms) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #isFull(next: Frame, bytes: number): boolean {
    return (
      next.atMs - this.at(this.first)!.atMs > this.#bounds.keptMsMax || this.#bytes + bytes > this.#bounds.keptBytesMax
    );
  }

  #drop(): void {
    this.#bytes -= this.#frames[this.#start]!.bytes;
    this.#frames[this.#start] = undefined;
    this.#start++;
    this.#firstIndex++;
    // Moving the rest to the front for each frame would cost more than the empty places do.
    if (this.#start > 512 && this.#start * 2 > this.#frames.length) {
      this.#frames = this.#frames.slice(this.#start);
      this.#start = 0;
    }
  }
}
