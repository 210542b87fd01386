/** One machine as a statechart, drawn from its layout: who is where, what was taken how often, and the path of one put. */
import type { Chart, ChartEdge, ChartState, EdgeName, MachineName, StateName } from '../protocol.ts';
import { el, prefersReducedMotion, setAttribute, setClass, setText, svg } from './dom.ts';
import { formatCount, formatDuration, formatRate, formatShort } from './format-numbers.ts';
import { arrowHead, lineYNear, longestOf, middleOf, roundedPath } from './geometry.ts';
import { stateMeaning } from './glossary.ts';
import { giveHint } from './hint.ts';
import { transactionStateColor } from './outcomes.ts';

/** What a chart shows of a moment. */
export interface ChartFigures {
  readonly states: Readonly<Record<StateName, number>>;
  /** Of the one frame. */
  readonly taken: Readonly<Record<EdgeName, number>>;
  /** Per second, over the last second. */
  readonly rates: ReadonlyMap<EdgeName, number>;
}

/** The way of one put through the transaction machine. */
export interface ChartPath {
  readonly edges: ReadonlySet<EdgeName>;
  readonly msIn: ReadonlyMap<StateName, number>;
  readonly end: StateName;
  /** Stands at the end, where no time is spent. */
  readonly endMark: string;
  readonly color: string;
}

/** Space around the drawing, for badges and lines at its edge. */
const MARGIN = 14;
const READABLE_PX = 12;
/** Below this, the texts on the lines would run into each other: they are in the hints. */
const LABELS_SCALE_MIN = 0.66;
const CHAR_EM = 0.6;
/** A transition taken less often than this, per second, flashes each time. */
const RARE_RATE = 5;
const INNER_PX = 15;
/** Room for a rate such as `12.3k/s`. */
const RATE_LETTERS = 7;
const LABEL_SPARE = 10;
/** A line without a label and without this much room shows its rate in its hint alone. */
const RATE_ROOM = 64;
/** A name may be drawn as narrow as this share of its width. */
const NARROWEST = 0.8;

export class Statechart {
  readonly element: SVGSVGElement;
  readonly #chart: Chart;
  readonly #states: ReadonlyMap<StateName, StateDrawing>;
  readonly #edges: readonly EdgeDrawing[];
  readonly #inner: readonly InnerDrawing[];
  readonly #fontSize: number;
  #figures: ChartFigures = { states: {}, taken: {}, rates: new Map() };
  #path: ChartPath | undefined;
  #march = 0;

  constructor(chart: Chart) {
    this.#chart = chart;
    this.#fontSize = fontSizeOf(chart);
    const { width, height, title } = chart;
    this.element = svg('svg', {
      class: 'statechart',
      viewBox: `${-MARGIN} ${-MARGIN} ${width + 2 * MARGIN} ${height + 2 * MARGIN}`,
      role: 'group',
      'aria-label': `${title}: statechart. Up and down go from one part to the next.`,
    });
    const figures = () => this.#figures;
    const states = chart.states.map((state) => new StateDrawing(chart.machine, state, figures));
    this.#states = new Map(states.map((state) => [state.name, state]));
    this.#inner = states.flatMap(({ inner }) => inner);
    this.#edges = chart.edges.map((edge) => new EdgeDrawing(edge, this.#labelOf(edge), figures));
    const frames = states.filter(({ isFrame }) => isFrame);
    const boxes = states.filter(({ isFrame }) => !isFrame);
    this.element.append(
      svg('g', {}, ...frames.map(({ element }) => element)),
      svg('g', {}, ...this.#edges.map(({ element }) => element)),
      svg('g', {}, ...boxes.map(({ element }) => element)),
      // Above the boxes: a line that ends at a box may have its text beside it.
      svg('g', { class: 'labels' }, ...this.#edges.map(({ text }) => text)),
    );
    rove(this.element, [...states.filter(({ kind }) => kind !== 'initial'), ...this.#edges.filter(({ name }) => name)]);
  }

  get naturalWidth(): number {
    return this.#chart.width + 2 * MARGIN;
  }

  get naturalHeight(): number {
    return this.#chart.height + 2 * MARGIN;
  }

  /** Texts stay readable at any size of the drawing: they are made larger as it gets smaller. */
  scaleTo(widthPx: number): void {
    const scale = widthPx / this.naturalWidth;
    if (!(scale > 0)) return;
    const size = Math.max(this.#fontSize, READABLE_PX / scale);
    this.element.style.setProperty('--size', `${size.toFixed(2)}px`);
    const isSmall = scale * this.#fontSize < READABLE_PX * LABELS_SCALE_MIN;
    setClass(this.element, 'is-small', isSmall);
    for (const state of this.#states.values()) state.fitText(size);
    for (const edge of this.#edges) edge.fitText(size, isSmall);
  }

  update(figures: ChartFigures): void {
    this.#figures = figures;
    for (const state of this.#states.values()) state.update(this.#countIn(state.name), this.#path);
    for (const edge of this.#edges) edge.update(this.#path);
    for (const inner of this.#inner) inner.update(figures);
  }

  /** Lets what flows go on by a step, and shows what was taken in this frame. */
  step(taken: Readonly<Record<EdgeName, number>>): void {
    if (this.#path || prefersReducedMotion()) return;
    this.#march = (this.#march + 3) % 12;
    for (const edge of this.#edges) edge.step(taken, this.#march);
  }

  showPath(path: ChartPath | undefined): void {
    this.#path = path;
    setClass(this.element, 'has-path', path !== undefined);
    this.element.dataset.path = path?.color ?? '';
    this.update(this.#figures);
  }

  /** A compound state has somebody in it where any of its parts has. */
  #countIn(name: StateName): number {
    const own = this.#figures.states[name];
    if (own !== undefined) return own;
    let sum = 0;
    for (const child of this.#chart.states) if (child.parent === name) sum += this.#countIn(child.name);
    return sum;
  }

  #labelOf({ from, to }: ChartEdge): string {
    const labelled = (name: StateName) => this.#chart.states.find((state) => state.name === name)?.label || name;
    return `${labelled(from)} → ${labelled(to)}`;
  }
}

class StateDrawing {
  readonly element: SVGGElement;
  readonly name: StateName;
  readonly kind: ChartState['kind'];
  readonly inner: readonly InnerDrawing[];
  readonly #state: ChartState;
  readonly #label = svg('text', { class: 'state-name' });
  readonly #count = svg('text', { class: 'count' });

  constructor(machine: MachineName, state: ChartState, figures: () => ChartFigures) {
    this.#state = state;
    this.name = state.name;
    this.kind = state.kind;
    const color = machine === 'transaction' && state.kind === 'final' ? transactionStateColor(state.name) : 'under-way';
    const { x, y, width, height, label } = state;
    this.element = svg('g', { class: `state is-${state.kind} is-${color}`, transform: `translate(${x} ${y})` });
    this.inner = state.inner.map(({ edge, label }) => new InnerDrawing(edge, label));
    if (state.kind === 'initial') {
      this.element.append(
        svg('circle', { class: 'dot', cx: width / 2, cy: height / 2, r: Math.min(width, height) / 2 }),
      );
      return;
    }
    this.element.setAttribute('aria-label', `State ${label || state.name}`);
    const radius = state.kind === 'final' ? Math.min(22, height / 2) : 9;
    this.element.append(svg('rect', { class: 'box', width, height, rx: radius }));
    if (state.kind === 'final') {
      // Two lines around an end, as statecharts have it.
      const inset = { x: 3.5, y: 3.5, width: width - 7, height: height - 7, rx: radius - 3.5 };
      this.element.append(svg('rect', { class: 'inset', ...inset }));
    }
    setText(this.#label, label || state.name);
    this.element.append(this.#label, this.#count, ...this.inner.map(({ element }) => element));
    this.#place();
    giveHint(this.element, () => this.#hint(machine, figures()));
  }

  get isFrame(): boolean {
    return this.kind === 'compound';
  }

  fitText(size: number): void {
    if (this.kind === 'initial') return;
    if (this.isFrame) this.#fitFrame(size);
    else {
      this.#fitName(size);
      const { width, height } = this.#state;
      this.inner.forEach((inner, i) => {
        inner.placeInBox(10, height - 10 - (this.inner.length - 1 - i) * INNER_PX, width - 20, size);
      });
    }
  }

  #fitFrame(size: number): void {
    const name = this.#state.label || this.name;
    let x = 14 + (name.length + 2) * size * CHAR_EM;
    for (const inner of this.inner) x += inner.placeInLine(x, 20, size);
  }

  /** A name that is too long for its box at this size is made narrower, within reason, and cut off beyond. */
  #fitName(size: number): void {
    const room = this.#state.width - (this.kind === 'final' ? 14 : 8);
    const name = this.#state.label || this.name;
    const letters = Math.floor(room / NARROWEST / (size * CHAR_EM));
    const text = name.length > letters ? `${name.slice(0, Math.max(1, letters - 1))}…` : name;
    setText(this.#label, text);
    const isTooWide = text.length * size * CHAR_EM > room;
    setAttribute(this.#label, 'textLength', isTooWide ? room.toFixed(1) : undefined);
    setAttribute(this.#label, 'lengthAdjust', isTooWide ? 'spacingAndGlyphs' : undefined);
  }

  update(count: number, path: ChartPath | undefined): void {
    if (this.kind === 'initial') return;
    const isOnPath = path !== undefined && (path.msIn.has(this.name) || path.end === this.name);
    setClass(this.element, 'is-lit', path === undefined && count > 0);
    setClass(this.element, 'is-on-path', isOnPath);
    if (!this.isFrame) setText(this.#count, path === undefined ? formatShort(count) : pathText(path, this.name));
  }

  /** The name above, the count below it, then the transitions that stay: the layout has made room for that. */
  #place(): void {
    const { width, height } = this.#state;
    if (this.isFrame) {
      for (const [name, value] of Object.entries({ x: 14, y: 20 })) this.#label.setAttribute(name, `${value}`);
      return;
    }
    const head = height - this.inner.length * INNER_PX;
    this.#label.setAttribute('x', `${width / 2}`);
    this.#label.setAttribute('y', `${head * 0.31}`);
    this.#count.setAttribute('x', `${width / 2}`);
    this.#count.setAttribute('y', `${head * 0.7}`);
  }

  #hint(machine: MachineName, { states, rates }: ChartFigures): Node[] {
    const count = states[this.name];
    const meaning = stateMeaning(machine, this.name);
    const total = this.kind === 'final' ? 'ended here since the watch began' : 'here now';
    return [
      el('strong', {}, this.#state.label || this.name),
      ...(meaning ? [el('p', {}, meaning)] : []),
      ...(this.isFrame ? [] : [el('p', { class: 'figure' }, `${formatCount(count ?? 0)} ${total}`)]),
      ...this.#state.inner.map(({ edge, label }) =>
        el('p', { class: 'figure' }, `${label}: ${formatRate(rates.get(edge) ?? 0)}`),
      ),
    ];
  }
}

/** A transition that leaves its state as it is: a line of text in the box, with its rate at the end. */
class InnerDrawing {
  readonly element: SVGGElement;
  readonly #edge: EdgeName;
  readonly #label: string;
  readonly #text: SVGTextElement;
  readonly #rate: SVGTextElement;

  constructor(edge: EdgeName, label: string) {
    this.#edge = edge;
    this.#label = label;
    this.#text = svg('text', { class: 'inner' });
    this.#rate = svg('text', { class: 'inner rate' });
    this.element = svg('g', {}, this.#text, this.#rate);
  }

  /** In a box: what fits, the rate at its right. What it does is left out first; all of it is in the hint. */
  placeInBox(x: number, y: number, width: number, size: number): void {
    const event = this.#label.split(' / ')[0]!;
    const whole = Math.floor(width / (size * CHAR_EM));
    const hasRate = event.length <= whole - RATE_LETTERS;
    const letters = hasRate ? whole - RATE_LETTERS : whole;
    const text = this.#label.length <= letters ? this.#label : event;
    setText(this.#text, text.length > letters ? `${text.slice(0, Math.max(1, letters - 1))}…` : text);
    setClass(this.element, 'is-tight', !hasRate);
    place(this.#text, x, y);
    place(this.#rate, x + width, y);
    setAttribute(this.#rate, 'text-anchor', 'end');
  }

  /** In a frame: behind its name. Returns how wide it is. */
  placeInLine(x: number, y: number, size: number): number {
    setText(this.#text, this.#label);
    place(this.#text, x, y);
    place(this.#rate, x + (this.#label.length + 1) * size * CHAR_EM, y);
    return (this.#label.length + RATE_LETTERS + 2) * size * CHAR_EM;
  }

  update({ rates }: ChartFigures): void {
    const rate = rates.get(this.#edge) ?? 0;
    setText(this.#rate, rate >= 1 ? formatRate(rate) : '');
    setClass(this.#text, 'is-hot', rate > 0);
  }
}

function place(text: SVGTextElement, x: number, y: number): void {
  setAttribute(text, 'x', x.toFixed(1));
  setAttribute(text, 'y', y.toFixed(1));
}

class EdgeDrawing {
  readonly element: SVGGElement;
  readonly text: SVGGElement;
  readonly name: EdgeName | undefined;
  readonly #figures: () => ChartFigures;
  readonly #flow: SVGPathElement;
  readonly #rate = svg('text', { class: 'edge-rate' });
  #heat = 0;
  #rateShown = 0;
  #labelLines: readonly SVGTextElement[] = [];
  #box: ChartEdge['labelBox'];
  #middleY = 0;
  #lineY = 0;
  #longest = 0;

  constructor(edge: ChartEdge, where: string, figures: () => ChartFigures) {
    this.name = edge.name;
    this.#figures = figures;
    const d = roundedPath(edge.points, 8, 7);
    this.#flow = svg('path', { class: 'flow', d });
    this.element = svg(
      'g',
      { class: 'edge', 'data-heat': 0 },
      svg('path', { class: 'hit', d: roundedPath(edge.points) }),
      svg('path', { class: 'line', d }),
      this.#flow,
      svg('path', { class: 'head', d: arrowHead(edge.points) }),
    );
    this.text = this.#labelText(edge);
    if (edge.name === undefined) return;
    this.element.setAttribute('aria-label', `${where}: ${edge.label.join(' ') || 'always'}`);
    giveHint(this.element, () => [
      el('strong', {}, edge.label.join(' ') || 'always'),
      el('p', {}, where),
      el('p', { class: 'figure' }, this.#ratesText()),
    ]);
  }

  update(path: ChartPath | undefined): void {
    if (this.name === undefined) return;
    const rate = this.#figures().rates.get(this.name) ?? 0;
    this.#rateShown = rate;
    const isOnPath = path?.edges.has(this.name) ?? false;
    setClass(this.element, 'is-on-path', isOnPath);
    setClass(this.text, 'is-on-path', isOnPath);
    const heat = path || rate === 0 ? 0 : Math.min(4, 1 + Math.floor(Math.log10(Math.max(1, rate))));
    if (heat !== this.#heat) {
      this.#heat = heat;
      setAttribute(this.element, 'data-heat', heat);
      setAttribute(this.text, 'data-heat', heat);
    }
    setText(this.#rate, rate >= 1 && !path ? formatRate(rate) : '');
  }

  step(taken: Readonly<Record<EdgeName, number>>, march: number): void {
    if (this.name === undefined || (taken[this.name] ?? 0) === 0) return;
    this.#flow.style.strokeDashoffset = `${-march}`;
    // What is rare would be missed otherwise.
    if (this.#rateShown < RARE_RATE) {
      this.element.animate([{ opacity: 0.15 }, { opacity: 1 }], { duration: 400, easing: 'ease-out' });
    }
  }

  #ratesText(): string {
    const { rates, taken } = this.#figures();
    const inFrame = taken[this.name!] ?? 0;
    return `${formatRate(rates.get(this.name!) ?? 0)} · ${formatCount(inFrame)} in this frame`;
  }

  fitText(size: number, isLabelHidden: boolean): void {
    this.#placeRate(isLabelHidden);
    if (!this.#box) return;
    // As wide as the layout has made room for, and a little more.
    const room = this.#box.width + LABEL_SPARE;
    for (const line of this.#labelLines) {
      const wide = line.textContent!.length * size * CHAR_EM;
      setAttribute(line, 'textLength', wide > room ? Math.max(room, wide * NARROWEST).toFixed(1) : undefined);
      setAttribute(line, 'lengthAdjust', wide > room ? 'spacingAndGlyphs' : undefined);
    }
  }

  /** The rate stands on the far side of the label from its line, or in the label's place where that is not shown. */
  #placeRate(isLabelHidden: boolean): void {
    const isAlone = isLabelHidden || this.#labelLines.length === 0 || !this.#box;
    setClass(this.text, 'is-tight', !this.#box && this.#longest < RATE_ROOM);
    const { y, height } = this.#box ?? { y: this.#middleY, height: 0 };
    const isAbove = this.#lineY > y + height / 2;
    this.#rate.setAttribute('y', `${isAlone ? this.#middleY : isAbove ? y : y + height}`);
    this.#rate.setAttribute('dy', isAlone ? '0.35em' : isAbove ? '-0.3em' : '0.95em');
  }

  #labelText({ label, labelBox, points }: ChartEdge): SVGGElement {
    const [middleX, middleY] = labelBox
      ? [labelBox.x + labelBox.width / 2, labelBox.y + labelBox.height / 2]
      : middleOf(points);
    this.#box = labelBox;
    this.#middleY = middleY;
    this.#lineY = lineYNear([middleX, middleY], points);
    this.#longest = longestOf(points);
    const lines = label.map((line, i) => {
      const kind = line.startsWith('[') ? 'guard' : 'event';
      return svg('text', { class: kind, x: middleX, y: labelBox?.y ?? middleY, dy: `${0.95 + i * 1.2}em` }, line);
    });
    this.#labelLines = lines;
    this.#rate.setAttribute('x', `${middleX}`);
    return svg('g', { class: 'edge-label', 'data-heat': 0 }, ...lines, this.#rate);
  }
}

function pathText({ msIn, end, endMark }: ChartPath, name: StateName): string {
  const ms = msIn.get(name);
  return ms !== undefined ? formatDuration(ms) : end === name ? endMark : '';
}

/** The size for which the layout has made room. */
function fontSizeOf({ edges }: Chart): number {
  const sizes = edges.flatMap(({ label, labelBox }) => {
    const longest = Math.max(0, ...label.map((line) => line.length));
    return labelBox && longest > 0
      ? [Math.min(labelBox.width / (longest * CHAR_EM), labelBox.height / label.length / 1.2)]
      : [];
  });
  return Math.min(14, Math.max(11, Math.min(...sizes, 13)));
}

/** One stop of the Tab key for the whole drawing; the arrow keys go through its parts. Left and right belong to time. */
function rove(container: SVGSVGElement, parts: readonly { readonly element: SVGGElement }[]): void {
  parts.forEach(({ element }, i) => {
    element.setAttribute('tabindex', i === 0 ? '0' : '-1');
    element.setAttribute('role', 'img');
  });
  container.addEventListener('keydown', (event) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const at = parts.findIndex(({ element }) => element === document.activeElement);
    const next = parts[at + by];
    if (by === 0 || at < 0 || !next) return;
    event.preventDefault();
    parts[at]!.element.setAttribute('tabindex', '-1');
    next.element.setAttribute('tabindex', '0');
    next.element.focus();
  });
}
