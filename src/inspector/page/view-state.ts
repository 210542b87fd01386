/** What the page shows: which watch, which moment of it, what is chosen. All parts of the page read it; few change it. */
import type { Frame, Hello, MachineName, Recording, TransactionRecord } from '../protocol.ts';
import type { ConnectionState } from './connection.ts';
import { type Filter, NO_FILTER } from './filter.ts';
import { Watch } from './watch.ts';

/** A frame in its watch. */
export interface Moment {
  readonly watch: Watch;
  readonly index: number;
  readonly frame: Frame;
}

export type Sampling = number | 'auto';

export class ViewState {
  /** Called after every change. */
  onChange: () => void = () => {};
  connection: ConnectionState = { phase: 'none' };
  filter: Filter = NO_FILTER;
  machine: MachineName = 'transaction';
  oneIn: Sampling = 'auto';
  followedKey: string | undefined;
  selectedId: string | undefined;
  /** The watch of the server, however long it has been looked away from. */
  live: Watch | undefined;
  fileName: string | undefined;
  #shown: Watch | undefined;
  #read: TransactionRecord | undefined;
  /** Undefined: the newest frame, whichever that is. */
  #cursor: number | undefined;
  /** While a past moment moves on by itself: the time that is shown, and when it was last moved. */
  #playing: { atMs: number; since: number } | undefined;

  get shown(): Watch | undefined {
    return this.#shown;
  }

  get isFile(): boolean {
    return this.#shown !== undefined && this.#shown !== this.live;
  }

  /** Shows whatever comes next, of the server. */
  get isLive(): boolean {
    return this.#cursor === undefined && !this.isFile;
  }

  get isPlaying(): boolean {
    return this.#playing !== undefined;
  }

  get moment(): Moment | undefined {
    const watch = this.#shown;
    if (!watch || watch.ring.isEmpty) return undefined;
    const index = Math.min(Math.max(this.#cursor ?? watch.ring.last, watch.ring.first), watch.ring.last);
    return { watch, index, frame: watch.ring.at(index)! };
  }

  /**
   * The chosen put as it was known at the moment. Once it has made room for newer ones it is known no more, and shown
   * all the same: somebody is reading it.
   */
  get selected(): TransactionRecord | undefined {
    const { moment, selectedId } = this;
    if (!moment || selectedId === undefined) return undefined;
    const { transactions, ring } = moment.watch;
    const isKept = transactions.find(selectedId, ring.last) !== undefined;
    if (isKept || this.#read?.id !== selectedId) this.#read = transactions.find(selectedId, moment.index);
    return this.#read;
  }

  /** A server was found. What is being looked at stays where it is: it may be the moment before the crash. */
  begin(hello: Hello): void {
    const wasLive = this.isLive;
    this.live = new Watch(hello);
    if (wasLive || this.#shown === undefined) {
      this.#shown = this.live;
      this.#cursor = undefined;
      this.selectedId = undefined;
    } else if (!this.isFile || this.fileName === undefined) {
      this.fileName = 'the connection before';
    }
    this.onChange();
  }

  add(frame: Frame, bytes: number): void {
    const watched = this.#shown === this.live ? this.#cursor : undefined;
    this.live?.push(frame, bytes, watched);
    this.onChange();
  }

  open({ hello, frames }: Recording, name: string): void {
    const watch = new Watch(hello, { keptMsMax: Number.POSITIVE_INFINITY, keptBytesMax: Number.POSITIVE_INFINITY });
    for (const frame of frames) watch.push(frame, 0);
    this.#shown = watch;
    this.fileName = name;
    this.#cursor = watch.ring.last;
    this.#playing = undefined;
    this.selectedId = undefined;
    this.onChange();
  }

  goLive(): void {
    this.#playing = undefined;
    if (this.live) {
      this.#shown = this.live;
      this.fileName = undefined;
      this.#cursor = undefined;
    } else if (this.#shown) this.#cursor = this.#shown.ring.last;
    this.onChange();
  }

  /** Space. From the end of a file it starts again. */
  togglePause(now: number): void {
    const { moment } = this;
    if (!moment) return;
    if (this.isLive) this.#cursor = moment.index;
    else if (this.#playing) this.#playing = undefined;
    else {
      const { ring } = moment.watch;
      const isAtEnd = this.isFile && moment.index === ring.last;
      this.#cursor = isAtEnd ? ring.first : moment.index;
      this.#playing = { atMs: ring.at(this.#cursor)!.atMs, since: now };
    }
    this.onChange();
  }

  seek(index: number): void {
    const { moment } = this;
    if (!moment) return;
    const { first, last } = moment.watch.ring;
    this.#cursor = Math.min(Math.max(index, first), last);
    this.#playing = undefined;
    this.onChange();
  }

  seekTo(ms: number): void {
    const { moment } = this;
    if (moment) this.seek(moment.watch.ring.indexAt(ms));
  }

  step(frames: number): void {
    const { moment } = this;
    if (moment) this.seek(moment.index + frames);
  }

  /** Moves a past moment on, by the time that went by. */
  play(now: number): void {
    const playing = this.#playing;
    const { moment } = this;
    if (!playing || !moment) return;
    const { ring } = moment.watch;
    playing.atMs = Math.max(playing.atMs, ring.at(ring.first)!.atMs) + (now - playing.since);
    playing.since = now;
    const index = ring.indexAt(playing.atMs);
    if (index === this.#cursor && index < ring.last) return;
    this.#cursor = index;
    if (index === ring.last && this.isFile) this.#playing = undefined;
    this.onChange();
  }

  choose(id: string | undefined): void {
    this.selectedId = id;
    if (id !== undefined) this.machine = 'transaction';
    this.onChange();
  }

  change(changes: Partial<Pick<ViewState, 'filter' | 'machine' | 'oneIn' | 'followedKey' | 'connection'>>): void {
    Object.assign(this, changes);
    this.onChange();
  }

  /** What "save" saves: the watch that is shown, whole. */
  get recording(): Recording | undefined {
    const watch = this.#shown;
    if (!watch || watch.ring.isEmpty) return undefined;
    const frames: Frame[] = [];
    for (let i = watch.ring.first; i <= watch.ring.last; i++) frames.push(watch.ring.at(i)!);
    return { format: 1, hello: watch.hello, frames };
  }
}
