/** The plots of the puts and the flusher. They share one axis of time and one cursor. */
import { el, setHidden } from './dom.ts';
import { formatBytes, formatDuration, formatShort } from './format-numbers.ts';
import { ENDINGS, outcomeWords } from './outcomes.ts';
import type { Part } from './part.ts';
import { Plot } from './plot.ts';
import { type Second, spanMs } from './seconds.ts';
import type { Moment } from './view-state.ts';

export class Plots implements Part {
  readonly everyMs = 1000;
  readonly #plots: readonly Plot[];
  readonly #empty = el('p', { class: 'empty' }, 'The first second is still being counted.');
  readonly #grid: HTMLElement;

  constructor(root: HTMLElement) {
    const onHover = (ms: number | undefined) => {
      for (const plot of this.#plots) plot.hover(ms);
    };
    const single = (label: string, value: (second: Second) => number) => [{ label, color: 'bar-under-way', value }];
    this.#plots = [
      new Plot(
        {
          title: 'Puts per second',
          format: formatShort,
          kind: 'bars',
          isWide: true,
          series: ENDINGS.map((outcome) => {
            const { label, color } = outcomeWords[outcome];
            return { label, color: `bar-${color}`, value: (second) => perSecond(second.puts[outcome], second) };
          }),
        },
        onHover,
      ),
      new Plot(
        {
          title: 'Puts per sync',
          format: (value) => (value < 10 ? `${Math.round(value * 10) / 10}` : formatShort(value)),
          kind: 'bars',
          series: single('mean', ({ flushes, flushed }) => (flushes > 0 ? flushed / flushes : 0)),
        },
        onHover,
      ),
      new Plot(
        {
          title: 'Bytes per flush',
          format: formatBytes,
          kind: 'bars',
          base: 2,
          series: single('mean', ({ flushes, bytes }) => (flushes > 0 ? bytes / flushes : 0)),
        },
        onHover,
      ),
      new Plot(
        {
          title: 'Flush duration',
          format: formatDuration,
          kind: 'lines',
          series: [
            {
              label: 'mean',
              color: 'bar-under-way',
              value: ({ flushes, busyMs }) => (flushes > 0 ? busyMs / flushes : 0),
            },
            { label: 'longest', color: 'bar-longest', value: ({ longestMs }) => longestMs },
          ],
        },
        onHover,
      ),
      new Plot(
        {
          title: 'Waiting for the next flush',
          format: formatShort,
          kind: 'bars',
          series: single('most', ({ waiting }) => waiting),
        },
        onHover,
      ),
    ];
    this.#grid = el('div', { class: 'plot-grid-box' }, ...this.#plots.map(({ element }) => element));
    root.append(
      el('header', { class: 'panel-head' }, el('h2', { id: 'plots-title' }, 'Puts and flushes')),
      this.#empty,
      this.#grid,
    );
  }

  update(moment: Moment | undefined): void {
    const toMs = moment ? Math.floor(moment.frame.atMs / 1000) * 1000 : 0;
    const first = moment?.watch.ring.at(moment.watch.ring.first);
    const span = spanMs(toMs - (first?.atMs ?? 0));
    const seconds = moment?.watch.seconds.between(toMs - span, toMs) ?? [];
    setHidden(this.#empty, seconds.length > 0);
    setHidden(this.#grid, seconds.length === 0);
    for (const plot of this.#plots) plot.update({ seconds, toMs, spanMs: span });
  }
}

function perSecond(count: number, { coveredMs }: Second): number {
  return coveredMs > 0 ? (count * 1000) / coveredMs : 0;
}
