/** The five machines: a strip of small drawings to choose from, and the chosen one in full. */
import type { Chart, MachineName } from '../protocol.ts';
import { button, el, onResize, setAttribute, setClass, setStyle, setText, svg } from './dom.ts';
import { durationOf } from './filter.ts';
import { formatDuration, formatShort, shortId } from './format-numbers.ts';
import { roundedPath } from './geometry.ts';
import { icon, setIcon } from './glyphs.ts';
import { outcomeWords } from './outcomes.ts';
import type { Part } from './part.ts';
import { type ChartFigures, type ChartPath, Statechart } from './statechart.ts';
import { staysOf } from './stay.ts';
import type { Moment, ViewState } from './view-state.ts';

/** The one that everything turns around comes first. */
export const MACHINE_ORDER: readonly MachineName[] = ['transaction', 'keyLocks', 'flusher', 'compactor', 'store'];
const RATE_MS = 1000;
const FIGURES_EVERY_MS = 250;
const ZOOM_MAX = 2.5;
/** A drawing of five boxes does not get better by filling the screen. */
const FIT_SCALE_MAX = 1.2;
/** In a window so narrow that no name would be readable, the drawing is scrolled instead. */
const NARROW_PX = 1000;
const NARROW_SCALE_MIN = 0.7;
const STAGE_PADDING_PX = 12;

export class Machines implements Part {
  readonly everyMs = 0;
  readonly #view: ViewState;
  readonly #tabs = el('div', { class: 'machine-tabs', role: 'tablist', 'aria-label': 'Machines' });
  readonly #title = el('h2', { id: 'machine-title', class: 'visually-hidden' });
  readonly #about = el('p', { class: 'about' });
  readonly #pathNote = el('div', { class: 'path-note', hidden: true });
  readonly #stage = el('div', { class: 'stage', tabindex: '-1' });
  readonly #growIcon = icon('grow');
  #charts: readonly Chart[] = [];
  #thumbnails: readonly Thumbnail[] = [];
  #drawings = new Map<MachineName, Statechart>();
  #shown: Statechart | undefined;
  #zoom = 1;
  #lastFrame: unknown;
  #figuresFrame: unknown;
  #figuresAt = 0;
  #lastPathKey = '';

  constructor(root: HTMLElement, view: ViewState) {
    this.#view = view;
    const tools = el(
      'div',
      { class: 'stage-tools' },
      button('Smaller', { class: 'tool', title: 'Smaller' }, () => this.#zoomBy(1 / 1.25), '−'),
      button('Fit', { class: 'tool wide', title: 'As large as fits' }, () => this.#zoomTo(1), 'Fit'),
      button('Larger', { class: 'tool', title: 'Larger' }, () => this.#zoomBy(1.25), '+'),
      button('Fill the window', { class: 'tool', title: 'Fill the window' }, () => this.toggleGrown(), this.#growIcon),
    );
    root.append(
      el('div', { class: 'machine-head' }, this.#tabs, tools),
      el(
        'div',
        { class: 'hero', role: 'tabpanel', id: 'machine-panel', 'aria-labelledby': 'machine-title' },
        el('header', { class: 'hero-head' }, this.#title, this.#about, this.#pathNote),
        this.#stage,
      ),
    );
    onResize(this.#stage, () => this.#fit());
    this.#tabs.addEventListener('keydown', (event) => this.#moveTab(event));
  }

  update(moment: Moment | undefined): void {
    const charts = moment?.watch.hello.charts ?? this.#view.shown?.hello.charts ?? [];
    if (charts !== this.#charts) this.#takeCharts(charts);
    this.#showChosen();
    this.#showPath(moment);
    if (!moment) return;
    const { frame } = moment;
    if (frame !== this.#lastFrame) this.#shown?.step(frame.edges[this.#view.machine] ?? {});
    this.#lastFrame = frame;
    if (frame === this.#figuresFrame) return;
    // Figures that change ten times a second cannot be read. A moment that is held is shown as it was, to the frame.
    const now = performance.now();
    const isHeld = !this.#view.isLive;
    if (!isHeld && this.#figuresFrame !== undefined && now - this.#figuresAt < FIGURES_EVERY_MS) return;
    this.#figuresAt = now;
    this.#figuresFrame = frame;
    const figures = MACHINE_ORDER.map((machine) => figuresOf(machine, moment));
    this.#thumbnails.forEach((thumbnail) => {
      thumbnail.update(figures[MACHINE_ORDER.indexOf(thumbnail.machine)]!);
    });
    this.#shown?.update(figures[MACHINE_ORDER.indexOf(this.#view.machine)]!);
  }

  toggleGrown(): void {
    const isGrown = document.body.classList.toggle('has-grown-chart');
    setIcon(this.#growIcon, isGrown ? 'shrink' : 'grow');
    this.#zoomTo(1);
  }

  shrink(): boolean {
    if (!document.body.classList.contains('has-grown-chart')) return false;
    this.toggleGrown();
    return true;
  }

  #takeCharts(charts: readonly Chart[]): void {
    this.#charts = charts;
    this.#drawings = new Map();
    this.#shown = undefined;
    const ordered = MACHINE_ORDER.flatMap((name) => charts.filter(({ machine }) => machine === name));
    this.#thumbnails = ordered.map(
      (chart) => new Thumbnail(chart, () => this.#view.change({ machine: chart.machine })),
    );
    this.#tabs.replaceChildren(...this.#thumbnails.map(({ element }) => element));
  }

  #showChosen(): void {
    const { machine } = this.#view;
    for (const thumbnail of this.#thumbnails) thumbnail.choose(thumbnail.machine === machine);
    const chart = this.#charts.find((one) => one.machine === machine);
    if (!chart) return;
    let drawing = this.#drawings.get(machine);
    if (!drawing) {
      drawing = new Statechart(chart);
      this.#drawings.set(machine, drawing);
    }
    if (drawing === this.#shown) return;
    this.#shown = drawing;
    this.#zoom = 1;
    this.#figuresFrame = undefined;
    this.#lastPathKey = '';
    setText(this.#title, chart.title);
    setText(this.#about, chart.about.replaceAll('`', ''));
    this.#stage.replaceChildren(drawing.element);
    this.#fit();
  }

  #showPath(moment: Moment | undefined): void {
    const { machine } = this.#view;
    const record = this.#view.selected;
    const isShown = record !== undefined && machine === 'transaction';
    const pathKey = isShown ? `${record.id} ${record.steps.length} ${record.endedMs ?? moment!.frame.atMs}` : '';
    if (pathKey === this.#lastPathKey) return;
    this.#lastPathKey = pathKey;
    this.#pathNote.hidden = !isShown;
    this.#about.hidden = isShown;
    if (!isShown) {
      this.#shown?.showPath(undefined);
      return;
    }
    const now = moment!.frame.atMs;
    const { color, label } = outcomeWords[record.outcome];
    const msIn = new Map<string, number>();
    for (const { state, ms } of staysOf(record, now)) msIn.set(state, (msIn.get(state) ?? 0) + ms);
    const path: ChartPath = {
      edges: new Set(record.steps.flatMap(({ edge }) => (edge === undefined ? [] : [edge]))),
      msIn,
      end: record.steps.at(-1)?.to ?? '',
      endMark: record.outcome === 'committed' ? '✓' : record.outcome === 'undecided' ? '?' : '✕',
      color,
    };
    this.#shown?.showPath(path);
    this.#pathNote.dataset.color = color;
    this.#pathNote.replaceChildren(
      el('span', {}, 'The path of ', el('span', { class: 'id' }, shortId(record.id))),
      el('span', { class: 'muted' }, `${label}, ${formatDuration(durationOf(record, now))}`),
      button('Show all puts', { class: 'text-button' }, () => this.#view.choose(undefined)),
    );
  }

  /** As large as fits; a drawing that would not be readable then is scrolled. */
  #fit(): void {
    const drawing = this.#shown;
    const width = this.#stage.clientWidth;
    if (!drawing || width === 0) return;
    // The stage is as high as its drawing wants it to be, up to what the sheet allows.
    const least = width < NARROW_PX ? NARROW_SCALE_MIN : 0;
    const wanted = Math.min(Math.max(width / drawing.naturalWidth, least), FIT_SCALE_MAX) * drawing.naturalHeight;
    setStyle(this.#stage, '--wanted', `${Math.ceil(wanted) + STAGE_PADDING_PX}px`);
    const height = this.#stage.clientHeight;
    const isGrown = document.body.classList.contains('has-grown-chart');
    const fitting = Math.min(width / drawing.naturalWidth, height / drawing.naturalHeight);
    const scale = Math.min(Math.max(fitting, least), isGrown ? Number.POSITIVE_INFINITY : FIT_SCALE_MAX) * this.#zoom;
    const widthPx = Math.floor(drawing.naturalWidth * scale);
    setStyle(drawing.element, 'width', `${widthPx}px`);
    setStyle(drawing.element, 'height', `${Math.floor(drawing.naturalHeight * scale)}px`);
    drawing.scaleTo(widthPx);
  }

  #zoomBy(factor: number): void {
    this.#zoomTo(Math.min(ZOOM_MAX, Math.max(0.6, this.#zoom * factor)));
  }

  #zoomTo(zoom: number): void {
    this.#zoom = zoom;
    this.#fit();
  }

  #moveTab(event: KeyboardEvent): void {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    // In a list of tabs, these keys choose the tab; elsewhere they step through time.
    event.preventDefault();
    event.stopPropagation();
    const at = this.#thumbnails.findIndex(({ machine }) => machine === this.#view.machine);
    const next = this.#thumbnails[(at + by + this.#thumbnails.length) % this.#thumbnails.length];
    if (!next) return;
    this.#view.change({ machine: next.machine });
    next.element.focus();
  }
}

function figuresOf(machine: MachineName, { watch, index, frame }: Moment): ChartFigures {
  const counts = new Map<string, number>();
  let coveredMs = 0;
  for (const past of watch.framesBack(index, RATE_MS)) {
    coveredMs += past.intervalMs;
    for (const [edge, count] of Object.entries(past.edges[machine] ?? {}))
      counts.set(edge, (counts.get(edge) ?? 0) + count);
  }
  const rates = new Map([...counts].map(([edge, count]) => [edge, (count * 1000) / Math.max(1, coveredMs)]));
  return { states: frame.states[machine] ?? {}, taken: frame.edges[machine] ?? {}, rates };
}

/** A tab with the outline of a machine: where somebody is, it is lit. What it says is said in words beside it. */
class Thumbnail {
  readonly element: HTMLButtonElement;
  readonly machine: MachineName;
  readonly #boxes: readonly {
    readonly name: string;
    readonly rect: SVGRectElement;
  }[];
  readonly #where = el('span', { class: 'tab-where' });
  readonly #chart: Chart;

  constructor(chart: Chart, onChoose: () => void) {
    this.#chart = chart;
    this.machine = chart.machine;
    const { width, height } = chart;
    this.#boxes = chart.states
      .filter(({ kind }) => kind === 'atomic' || kind === 'final')
      .map(({ name, kind, x, y, width: w, height: h }) => {
        const rect = svg('rect', {
          class: `mini-box is-${kind}`,
          x,
          y,
          width: w,
          height: h,
          rx: kind === 'final' ? h / 2 : 8,
        });
        return { name, rect };
      });
    const lines = chart.edges.map(({ points }) => svg('path', { class: 'mini-line', d: roundedPath(points) }));
    this.element = button(
      chart.title,
      { class: 'machine-tab', role: 'tab', 'aria-controls': 'machine-panel' },
      onChoose,
      svg(
        'svg',
        {
          class: 'mini',
          viewBox: thumbnailBox(width, height),
          'aria-hidden': 'true',
          preserveAspectRatio: 'xMidYMid meet',
        },
        ...lines,
        ...this.#boxes.map(({ rect }) => rect),
      ),
      el('span', { class: 'tab-text' }, el('span', { class: 'tab-title' }, chart.title), this.#where),
    );
    this.element.removeAttribute('aria-label');
  }

  choose(isChosen: boolean): void {
    setAttribute(this.element, 'aria-selected', `${isChosen}`);
    setAttribute(this.element, 'tabindex', isChosen ? 0 : -1);
  }

  update({ states, rates }: ChartFigures): void {
    for (const { name, rect } of this.#boxes) setClass(rect, 'is-lit', (states[name] ?? 0) > 0);
    setText(this.#where, this.machine === 'transaction' ? this.#underWay(states) : this.#activeState(states, rates));
  }

  #underWay(states: ChartFigures['states']): string {
    const here = this.#boxes
      .filter(({ name }) => !this.#isFinal(name))
      .reduce((sum, { name }) => sum + (states[name] ?? 0), 0);
    return `${formatShort(here)} under way`;
  }

  #activeState(states: ChartFigures['states'], rates: ChartFigures['rates']): string {
    // A machine of one state says nothing by being in it.
    if (this.#boxes.length === 1) {
      const perSecond = [...rates.values()].reduce((sum, rate) => sum + rate, 0);
      return `${formatShort(perSecond)} messages/s`;
    }
    const active = this.#boxes.find(({ name }) => (states[name] ?? 0) > 0);
    return active ? (this.#chart.states.find(({ name }) => name === active.name)?.label ?? active.name) : '–';
  }

  #isFinal(name: string): boolean {
    return this.#chart.states.find((state) => state.name === name)?.kind === 'final';
  }
}

/** A machine of one state is drawn no larger than the others. */
function thumbnailBox(width: number, height: number): string {
  const [w, h] = [Math.max(width + 8, 640), Math.max(height + 8, 240)];
  return `${(width - w) / 2} ${(height - h) / 2} ${w} ${h}`;
}
