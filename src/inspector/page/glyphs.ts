/** Small drawings: the shape of each outcome, and the icons of the buttons. */
import type { Outcome } from '../protocol.ts';
import { el, svg } from './dom.ts';
import { visibleKey } from './format-numbers.ts';
import { outcomeWords } from './outcomes.ts';

/** A shape for each outcome: nobody has to tell colours apart. Takes its colour from the class. */
export function outcomeGlyph(outcome: Outcome): SVGSVGElement {
  const glyph = svg('svg', { class: 'glyph', viewBox: '0 0 16 16', 'aria-hidden': 'true' });
  setGlyph(glyph, outcome);
  return glyph;
}

export function setGlyph(glyph: SVGSVGElement, outcome: Outcome): void {
  if (glyph.dataset.outcome === outcome) return;
  glyph.dataset.outcome = outcome;
  glyph.setAttribute('class', `glyph is-${outcomeWords[outcome].color}`);
  glyph.replaceChildren(...SHAPES[outcome].map(({ kind, d }) => svg('path', { class: kind, d })));
}

interface Shape {
  /** `fill` in the colour, `cut` in that of the ground, `stroke` as a line. */
  readonly kind: 'fill' | 'cut' | 'stroke';
  readonly d: string;
}

const CIRCLE = 'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13Z';

const SHAPES: Readonly<Record<Outcome, readonly Shape[]>> = {
  committed: [
    { kind: 'fill', d: CIRCLE },
    { kind: 'cut', d: 'M4.9 8.3l2.2 2.2l4.1-4.7' },
  ],
  stale: [
    { kind: 'fill', d: 'M8 .8L15.2 8L8 15.2L.8 8Z' },
    { kind: 'cut', d: 'M8 4.6v4M8 10.6v.6' },
  ],
  inFlight: [
    { kind: 'fill', d: 'M8 1.4L15.4 14.4H.6Z' },
    { kind: 'cut', d: 'M6.2 8.2v3.6M9.8 8.2v3.6' },
  ],
  refused: [
    { kind: 'fill', d: 'M2 2h12v12H2Z' },
    { kind: 'cut', d: 'M5 8h6' },
  ],
  rolledBack: [
    { kind: 'fill', d: CIRCLE },
    { kind: 'cut', d: 'M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2' },
  ],
  undecided: [
    { kind: 'stroke', d: CIRCLE },
    { kind: 'stroke', d: 'M6 6.4a2 2 0 1 1 2.9 1.8q-.9 .5-.9 1.2M8 11.3v.4' },
  ],
  underWay: [
    { kind: 'stroke', d: CIRCLE },
    { kind: 'fill', d: 'M8 5a3 3 0 1 1 0 6a3 3 0 1 1 0-6Z' },
  ],
};

export type IconName = keyof typeof ICONS;

export function icon(name: IconName): SVGSVGElement {
  return svg('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: ICONS[name] }));
}

export function setIcon(into: SVGSVGElement, name: IconName): void {
  const path = into.firstElementChild!;
  if (path.getAttribute('d') !== ICONS[name]) path.setAttribute('d', ICONS[name]);
}

const ICONS = {
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'M4.5 2.8v10.4L13 8Z',
  back: 'M10 3L5 8l5 5',
  forward: 'M6 3l5 5l-5 5',
  toEnd: 'M4 3.5L8.5 8L4 12.5M11.5 3.5v9',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.5 5.5h8v8h-8ZM3 10.5h-.5v-8h8v.5',
  open: 'M2 13V3.5h4l1.5 2H14V13ZM2 13l2-5h11.5',
  save: 'M8 2v8M4.5 7L8 10.5L11.5 7M2.5 13.5h11',
  page: 'M4 1.5h5.5L13 5v9.5H4ZM9.5 1.5V5H13',
  sun: 'M8 5a3 3 0 1 1 0 6a3 3 0 1 1 0-6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  moon: 'M13.5 9.5A6 6 0 1 1 6.5 2.5A5 5 0 0 0 13.5 9.5Z',
  auto: 'M8 2a6 6 0 1 1 0 12ZM8 2a6 6 0 1 0 0 12Z',
  help: 'M5.7 6a2.3 2.3 0 1 1 3.4 2q-1.1 .6-1.1 1.8M8 12.2v.5',
  grow: 'M9.5 2.5h4v4M13.5 2.5L9.5 6.5M6.5 13.5h-4v-4M2.5 13.5L6.5 9.5',
  shrink: 'M13.5 6.5h-4v-4M9.5 6.5L13.5 2.5M2.5 9.5h4v4M6.5 9.5L2.5 13.5',
  clock: 'M8 1.8a6.2 6.2 0 1 1 0 12.4a6.2 6.2 0 1 1 0-12.4ZM8 4.5V8l2.5 1.8',
  target: 'M8 4.5a3.5 3.5 0 1 1 0 7a3.5 3.5 0 1 1 0-7ZM8 1v3.5M8 11.5V15M1 8h3.5M11.5 8H15',
} as const;

/** A key as text that cannot disturb what stands around it; whole in its title. */
export function keyText(key: string): HTMLElement {
  const shown = el('bdi', { class: 'key' });
  setKey(shown, key);
  return shown;
}

export function setKey(element: HTMLElement, key: string): void {
  const text = visibleKey(key);
  if (element.textContent === text) return;
  element.textContent = text;
  element.title = text.length > 24 ? text.slice(0, 2000) : '';
}
