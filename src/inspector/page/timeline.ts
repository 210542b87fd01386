/** The recorded past, as a strip of what happened, and the moment of it that is shown. */
import { button, el, onResize, setAttribute, setClass, setHidden, setStyle, setText, svg } from './dom.ts';
import { formatAgo, formatBytes, formatClock, formatSeconds } from './format-numbers.ts';
import { icon, setIcon } from './glyphs.ts';
import { ENDINGS, outcomeWords } from './outcomes.ts';
import type { Part } from './part.ts';
import type { Moment, ViewState } from './view-state.ts';
import type { Watch } from './watch.ts';

const STRIP_EVERY_MS = 500;
const BAR_PX = 4;

export class Timeline implements Part {
  readonly everyMs = 0;
  readonly #view: ViewState;
  readonly #playIcon = icon('pause');
  readonly #play: HTMLButtonElement;
  readonly #live: HTMLButtonElement;
  readonly #slider = el('input', {
    type: 'range',
    class: 'scrubber',
    min: '0',
    max: '0',
    step: '1',
    'aria-label': 'Moment shown',
  });
  readonly #strip = svg('svg', { class: 'strip', 'aria-hidden': 'true', preserveAspectRatio: 'none' });
  readonly #bars = ENDINGS.map((outcome) => svg('path', { class: `plot-bars bar-${outcomeWords[outcome].color}` }));
  readonly #gaps = svg('path', { class: 'gaps' });
  readonly #selected = svg('path', { class: 'selected-mark' });
  readonly #cursor = el('span', { class: 'cursor', 'aria-hidden': 'true' });
  readonly #clock = el('span', { class: 'clock' });
  readonly #kept = el('span', { class: 'kept' });
  readonly #from = el('span', { class: 'from' });
  #width = 0;
  #height = 0;
  #stripAt = 0;
  #stripFor: unknown;

  constructor(root: HTMLElement, view: ViewState) {
    this.#view = view;
    const tool = (label: string, title: string, name: Parameters<typeof icon>[0], act: () => void) =>
      button(label, { class: 'tool', title }, act, icon(name));
    this.#play = button('Pause', { class: 'tool primary' }, () => view.togglePause(performance.now()), this.#playIcon);
    this.#live = button(
      'Live',
      { class: 'chip to-live', title: 'Go to the newest moment (End)' },
      () => view.goLive(),
      icon('toEnd'),
      el('span', {}, 'Live'),
    );
    this.#strip.append(...this.#bars, this.#gaps, this.#selected);
    root.append(
      el(
        'div',
        { class: 'time-buttons' },
        tool('Back one frame', 'Back one frame (←)', 'back', () => view.step(-1)),
        this.#play,
        tool('Forward one frame', 'Forward one frame (→)', 'forward', () => view.step(1)),
      ),
      el('div', { class: 'time-track' }, this.#strip, this.#cursor, this.#slider),
      el('div', { class: 'time-text' }, this.#clock, this.#from, this.#kept),
      this.#live,
    );
    this.#slider.addEventListener('input', () => view.seek(Number(this.#slider.value)));
    onResize(this.#strip, (width, height) => {
      this.#width = width;
      this.#height = height;
      this.#stripFor = undefined;
      this.update(view.moment);
    });
  }

  update(moment: Moment | undefined): void {
    const { isLive, isPlaying, isFile, live } = this.#view;
    setIcon(this.#playIcon, isLive || isPlaying ? 'pause' : 'play');
    const label = isLive || isPlaying ? 'Pause (Space)' : 'Go on from here (Space)';
    setAttribute(this.#play, 'aria-label', label);
    setAttribute(this.#play, 'title', label);
    setClass(this.#live, 'is-on', isLive && this.#view.connection.phase === 'open');
    setText(this.#live.lastElementChild!, live ? 'Live' : 'End');
    for (const control of [this.#play, this.#slider, this.#live]) control.toggleAttribute('disabled', !moment);
    if (!moment) {
      setText(this.#clock, '–');
      setText(this.#kept, '');
      setText(this.#from, '');
      return;
    }
    const { watch, index, frame } = moment;
    const { ring } = watch;
    this.#drawStrip(watch, isLive || isPlaying);
    setAttribute(this.#slider, 'min', ring.first);
    setAttribute(this.#slider, 'max', ring.last);
    if (this.#slider.value !== `${index}`) this.#slider.value = `${index}`;
    const newestMs = ring.at(ring.last)!.atMs;
    setAttribute(this.#slider, 'aria-valuetext', `${formatAgo(newestMs - frame.atMs)} before the newest`);
    const oldestMs = ring.at(ring.first)!.atMs;
    const share = newestMs > oldestMs ? (frame.atMs - oldestMs) / (newestMs - oldestMs) : 1;
    setStyle(this.#cursor, 'left', `${(share * 100).toFixed(2)}%`);
    setText(this.#clock, formatClock(watch.hello.startedAt, frame.atMs));
    setText(this.#from, newestMs === frame.atMs ? 'newest' : formatAgo(newestMs - frame.atMs));
    setText(this.#kept, keptText(watch, isFile));
    setAttribute(this.#kept, 'title', isFile ? undefined : 'The oldest frames make room for new ones.');
    this.#markSelected(oldestMs, newestMs);
  }

  /** Bars of a few pixels, each the puts of its time by outcome. */
  #drawStrip(watch: Watch, isMoving: boolean): void {
    const now = performance.now();
    const isSame = this.#stripFor === watch;
    if (this.#width === 0 || (isSame && now - this.#stripAt < (isMoving ? STRIP_EVERY_MS : STRIP_EVERY_MS * 2))) return;
    this.#stripAt = now;
    this.#stripFor = watch;
    const { ring } = watch;
    const [firstMs, lastMs] = [ring.at(ring.first)!.atMs, ring.at(ring.last)!.atMs];
    const count = Math.max(1, Math.min(Math.floor(this.#width / BAR_PX), Math.floor((ring.last - ring.first) / 2)));
    const barPx = this.#width / count;
    const spanMs = Math.max(1, lastMs - firstMs);
    const sums = Array.from({ length: count }, () => ENDINGS.map(() => 0));
    const covered = new Float64Array(count);
    let gaps = '';
    for (let i = ring.first; i <= ring.last; i++) {
      const frame = ring.at(i)!;
      const bar = Math.min(count - 1, Math.floor(((frame.atMs - firstMs) / spanMs) * count));
      covered[bar]! += frame.intervalMs;
      ENDINGS.forEach((outcome, j) => {
        sums[bar]![j]! += frame.puts[outcome];
      });
      const before = i > ring.first ? ring.at(i - 1)! : undefined;
      if (before && frame.number > before.number + 1) {
        const x = ((before.atMs - firstMs) / spanMs) * this.#width;
        const width = Math.max(2, ((frame.atMs - before.atMs) / spanMs) * this.#width).toFixed(1);
        gaps += `M${x.toFixed(1)} 0h${width}v${this.#height}h-${width}Z`;
      }
    }
    const rates = sums.map((bar, i) => bar.map((sum) => (covered[i]! > 0 ? sum / covered[i]! : 0)));
    const top = Math.max(1e-9, ...rates.map((bar) => bar.reduce((sum, rate) => sum + rate, 0)));
    const paths = ENDINGS.map(() => '');
    rates.forEach((bar, i) => {
      let y = this.#height;
      bar.forEach((rate, j) => {
        const height = (rate / top) * (this.#height - 2);
        if (height <= 0) return;
        y -= height;
        paths[j] +=
          `M${(i * barPx).toFixed(1)} ${y.toFixed(1)}h${(barPx - 1).toFixed(1)}v${height.toFixed(1)}h${(1 - barPx).toFixed(1)}Z`;
      });
    });
    setAttribute(this.#strip, 'viewBox', `0 0 ${this.#width} ${this.#height}`);
    this.#bars.forEach((bar, i) => {
      setAttribute(bar, 'd', paths[i]);
    });
    setAttribute(this.#gaps, 'd', gaps);
  }

  /** Where the chosen put was. */
  #markSelected(oldestMs: number, newestMs: number): void {
    const record = this.#view.selected;
    setHidden(this.#selected, !record);
    if (!record || newestMs <= oldestMs || record.startedMs < oldestMs) {
      setHidden(this.#selected, true);
      return;
    }
    const x = ((record.startedMs - oldestMs) / (newestMs - oldestMs)) * this.#width;
    setAttribute(this.#selected, 'd', `M${x.toFixed(1)} 0v${this.#height}M${(x - 5).toFixed(1)} 0h10l-5 6Z`);
  }
}

function keptText({ ring }: Watch, isFile: boolean): string {
  if (isFile) return `${formatSeconds(ring.keptMs)} recorded`;
  const { keptBytesMax, keptMsMax } = ring.bounds;
  const isFull = ring.bytes > keptBytesMax * 0.98 || ring.keptMs > keptMsMax * 0.98;
  const limit = isFull ? `, all that is kept` : ` of at most ${formatSeconds(keptMsMax)}`;
  return `${formatSeconds(ring.keptMs)}${limit} · ${formatBytes(ring.bytes)}`;
}
