/** One small plot over the last minutes: stacked bars or lines, one point for each second. */
import { el, onResize, setAttribute, setHidden, setText, svg } from './dom.ts';
import { formatSeconds } from './format-numbers.ts';
import type { Second } from './seconds.ts';
import { ticksUpTo } from './ticks.ts';

export interface Series {
  readonly label: string;
  /** Class of its colour. */
  readonly color: string;
  value(second: Second): number;
}

export interface PlotOptions {
  readonly title: string;
  /** What one point is, for the hover read-out and the axis. */
  readonly format: (value: number) => string;
  readonly kind: 'bars' | 'lines';
  readonly base?: 10 | 2;
  readonly series: readonly Series[];
  readonly isWide?: boolean;
}

export interface PlotSpan {
  readonly seconds: readonly Second[];
  readonly toMs: number;
  readonly spanMs: number;
}

const LEFT_PX = 56;
const RIGHT_PX = 10;
const TOP_PX = 8;
const BOTTOM_PX = 22;

export class Plot {
  readonly element: HTMLElement;
  readonly #options: PlotOptions;
  readonly #drawing: SVGSVGElement;
  readonly #grid = svg('g', { class: 'plot-grid' });
  readonly #marks: readonly SVGPathElement[];
  readonly #cursor = svg('line', { class: 'plot-cursor', hidden: true });
  readonly #readout: readonly HTMLElement[];
  readonly #when = el('span', { class: 'plot-when' });
  #span: PlotSpan | undefined;
  #width = 0;
  #height = 0;
  #hoverMs: number | undefined;
  #gridKey = '';

  constructor(options: PlotOptions, onHover: (ms: number | undefined) => void) {
    this.#options = options;
    const { title, series, kind } = options;
    this.#marks = series.map(({ color }) =>
      svg('path', { class: `${kind === 'bars' ? 'plot-bars' : 'plot-line'} ${color}` }),
    );
    this.#drawing = svg(
      'svg',
      { class: 'plot-drawing', role: 'img', 'aria-label': title },
      this.#grid,
      ...this.#marks,
      this.#cursor,
    );
    this.#readout = series.map(() => el('b', {}));
    const legend = series.map(({ label, color }, i) =>
      el(
        'span',
        { class: 'plot-entry' },
        series.length > 1 ? el('i', { class: `swatch ${color}` }) : undefined,
        series.length > 1 ? label : undefined,
        this.#readout[i],
      ),
    );
    this.element = el(
      'figure',
      { class: `plot${options.isWide ? ' is-wide' : ''}` },
      el(
        'figcaption',
        {},
        el('span', { class: 'plot-title' }, title),
        this.#when,
        el('span', { class: 'plot-legend' }, ...legend),
      ),
      this.#drawing,
    );
    this.#drawing.addEventListener('pointermove', (event) => onHover(this.#msAt(event.offsetX)));
    this.#drawing.addEventListener('pointerleave', () => onHover(undefined));
    onResize(this.#drawing, (width, height) => {
      this.#width = width;
      this.#height = height;
      if (this.#span) this.update(this.#span);
    });
  }

  update(span: PlotSpan): void {
    this.#span = span;
    if (this.#width < LEFT_PX + 40) return;
    const { kind, series, base, format } = this.#options;
    const heights = span.seconds.map((second) => {
      const values = series.map((one) => one.value(second));
      return kind === 'bars' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
    });
    const ticks = ticksUpTo(Math.max(0, ...heights), this.#height > 110 ? 3 : 2, base);
    const top = ticks.at(-1)!;
    this.#drawGrid(ticks, format, span.spanMs);
    if (kind === 'bars') this.#drawBars(span, top);
    else this.#drawLines(span, top);
    this.#showReadout();
  }

  hover(ms: number | undefined): void {
    this.#hoverMs = ms;
    this.#showReadout();
  }

  #drawBars({ seconds, spanMs }: PlotSpan, top: number): void {
    const paths = this.#options.series.map(() => '');
    const width = (this.#innerWidth * 1000) / spanMs;
    const barWidth = Math.max(0.5, width > 3 ? width - 1 : width);
    for (const second of seconds) {
      const x = this.#x(second.second * 1000);
      if (x < LEFT_PX - 0.5) continue;
      let y = this.#height - BOTTOM_PX;
      this.#options.series.forEach((series, i) => {
        const height = (series.value(second) / top) * this.#innerHeight;
        if (height <= 0) return;
        y -= height;
        paths[i] +=
          `M${x.toFixed(1)} ${y.toFixed(1)}h${barWidth.toFixed(1)}v${height.toFixed(1)}h${(-barWidth).toFixed(1)}Z`;
      });
    }
    this.#marks.forEach((mark, i) => {
      setAttribute(mark, 'd', paths[i]);
    });
  }

  #drawLines({ seconds }: PlotSpan, top: number): void {
    this.#options.series.forEach((series, i) => {
      let path = '';
      let before: number | undefined;
      for (const second of seconds) {
        const x = this.#x(second.second * 1000 + 500);
        if (x < LEFT_PX) continue;
        const y = this.#height - BOTTOM_PX - (series.value(second) / top) * this.#innerHeight;
        // A line over seconds of which nothing is known would be made up.
        const command = before === second.second - 1 ? 'L' : 'M';
        path += `${command}${x.toFixed(1)} ${y.toFixed(1)}${command === 'M' ? 'h.1' : ''}`;
        before = second.second;
      }
      setAttribute(this.#marks[i]!, 'd', path);
    });
  }

  #drawGrid(ticks: readonly number[], format: (value: number) => string, spanMs: number): void {
    const key = `${ticks.join()} ${spanMs} ${this.#width} ${this.#height}`;
    if (key === this.#gridKey) return;
    this.#gridKey = key;
    const bottom = this.#height - BOTTOM_PX;
    const top = ticks.at(-1)!;
    const parts: SVGElement[] = ticks.flatMap((tick) => {
      // Half a pixel: lines of one pixel are sharp there.
      const y = Math.round(bottom - (tick / top) * this.#innerHeight) + 0.5;
      return [
        svg('line', { class: tick === 0 ? 'axis' : '', x1: LEFT_PX, x2: this.#width - RIGHT_PX, y1: y, y2: y }),
        svg('text', { class: 'tick-y', x: LEFT_PX - 6, y }, withoutZeros(format(tick))),
      ];
    });
    for (const part of [0, 0.5, 1]) {
      const x = LEFT_PX + part * this.#innerWidth;
      const anchor = part === 0 ? 'start' : part === 1 ? 'end' : 'middle';
      const ago = (1 - part) * spanMs;
      const label = ago === 0 ? 'now' : `−${formatSeconds(ago)}`;
      parts.push(svg('text', { class: 'tick-x', x, y: this.#height - 6, 'text-anchor': anchor }, label));
    }
    this.#grid.replaceChildren(...parts);
  }

  #showReadout(): void {
    const span = this.#span;
    if (!span) return;
    const hovered = this.#hoverMs === undefined ? undefined : Math.floor(this.#hoverMs / 1000);
    const second = hovered === undefined ? span.seconds.at(-1) : span.seconds.find((one) => one.second === hovered);
    const isHovered = hovered !== undefined;
    setHidden(this.#cursor, !isHovered);
    if (isHovered) {
      const x = this.#x(hovered * 1000 + 500);
      for (const [name, value] of Object.entries({ x1: x, x2: x, y1: TOP_PX, y2: this.#height - BOTTOM_PX })) {
        setAttribute(this.#cursor, name, value.toFixed(1));
      }
    }
    setText(this.#when, isHovered ? `at −${Math.max(0, Math.round((span.toMs - hovered * 1000) / 1000))} s` : '');
    this.#options.series.forEach((series, i) => {
      setText(this.#readout[i]!, second ? this.#options.format(series.value(second)) : '–');
    });
    const words = this.#options.series.map(({ label }, i) => `${label} ${this.#readout[i]!.textContent}`);
    setAttribute(this.#drawing, 'aria-label', `${this.#options.title}: ${words.join(', ')}`);
  }

  #x(ms: number): number {
    const { toMs, spanMs } = this.#span!;
    return LEFT_PX + (1 - (toMs - ms) / spanMs) * this.#innerWidth;
  }

  #msAt(x: number): number | undefined {
    if (!this.#span || x < LEFT_PX || x > this.#width - RIGHT_PX) return undefined;
    return this.#span.toMs - (1 - (x - LEFT_PX) / this.#innerWidth) * this.#span.spanMs;
  }

  get #innerWidth(): number {
    return this.#width - LEFT_PX - RIGHT_PX;
  }

  get #innerHeight(): number {
    return this.#height - TOP_PX - BOTTOM_PX;
  }
}

/** `4.00k` → `4k`: the numbers of an axis are round. */
function withoutZeros(text: string): string {
  return text.replace(/(\.\d*?)0+(?=\D|$)/, '$1').replace(/\.(?=\D|$)/, '');
}
