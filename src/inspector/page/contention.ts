/** The keys that puts contend for, and those that are held at this moment. */
import type { HotKey, Locks } from '../protocol.ts';
import { button, el, Pool, setAttribute, setHidden, setStyle, setText } from './dom.ts';
import { formatCount, formatDuration, formatShare, formatShort, shortId } from './format-numbers.ts';
import { keyText, setKey } from './glyphs.ts';
import type { Part } from './part.ts';
import type { Moment, ViewState } from './view-state.ts';

const LOCKS_SHOWN_MAX = 12;
/** So many that the locks can be seen below them. */
const HOT_SHOWN_FIRST = 7;

export class Contention implements Part {
  readonly everyMs = 400;
  readonly #hot: Pool<HotRow>;
  readonly #locks: Pool<LockRow>;
  readonly #held = el('span', { class: 'muted' });
  readonly #noHot = el('p', { class: 'empty' }, 'No key was written in the last while.');
  readonly #more = button('', { class: 'text-button push' }, () => {
    this.#areAllShown = !this.#areAllShown;
    this.update(this.#view.moment);
  });
  readonly #view: ViewState;
  #areAllShown = false;
  readonly #noLocks = el('p', { class: 'empty' }, 'No key is held at this moment.');

  constructor(root: HTMLElement, view: ViewState, onFilterKey: (key: string) => void) {
    this.#view = view;
    const hotRows = el('div', { class: 'hot-rows' });
    const lockRows = el('div', { class: 'lock-rows' });
    this.#hot = new Pool(hotRows, () => new HotRow(onFilterKey));
    this.#locks = new Pool(lockRows, () => new LockRow(onFilterKey, (id) => view.choose(id)));
    root.append(
      el(
        'section',
        { class: 'panel', 'aria-labelledby': 'hot-title' },
        el('header', { class: 'panel-head' }, el('h2', { id: 'hot-title' }, 'Hot keys'), hotLegend(), this.#more),
        this.#noHot,
        hotRows,
      ),
      el(
        'section',
        { class: 'panel', 'aria-labelledby': 'locks-title' },
        el('header', { class: 'panel-head' }, el('h2', { id: 'locks-title' }, 'Held now'), this.#held),
        this.#noLocks,
        lockRows,
      ),
    );
  }

  update(moment: Moment | undefined): void {
    const all = moment?.frame.hotKeys ?? [];
    const hot = this.#areAllShown ? all : all.slice(0, HOT_SHOWN_FIRST);
    setHidden(this.#more, all.length <= HOT_SHOWN_FIRST);
    setText(this.#more, this.#areAllShown ? 'Fewer' : `All ${all.length}`);
    const most = Math.max(1, ...hot.map(tries));
    setHidden(this.#noHot, hot.length > 0);
    this.#hot.take(hot.length).forEach((row, i) => {
      row.update(hot[i]!, most);
    });
    const locks = moment?.frame.locks ?? { held: 0, shown: [] };
    const shown = locks.shown.slice(0, LOCKS_SHOWN_MAX);
    setHidden(this.#noLocks, locks.held > 0);
    const isCut = locks.held > shown.length;
    setText(
      this.#held,
      locks.held === 0
        ? ''
        : isCut
          ? `${formatCount(locks.held)} keys; the oldest ${shown.length}`
          : `${formatCount(locks.held)} keys`,
    );
    this.#locks.take(shown.length).forEach((row, i) => {
      row.update(shown[i]!);
    });
  }
}

class HotRow {
  readonly element: HTMLElement;
  readonly #key = keyText('');
  readonly #bar = el('span', { class: 'hot-bar' });
  readonly #parts = [
    el('i', { class: 'bar-committed' }),
    el('i', { class: 'bar-stale' }),
    el('i', { class: 'bar-in-flight' }),
  ];
  readonly #figures = el('span', { class: 'hot-figures' });
  #shownKey = '';

  constructor(onFilterKey: (key: string) => void) {
    const made = button('', { class: 'hot-row' }, () => onFilterKey(this.#shownKey));
    this.#bar.append(...this.#parts);
    made.append(this.#key, this.#bar, this.#figures);
    this.element = made;
  }

  update(hot: HotKey, most: number): void {
    const { key, wins, stale, inFlight } = hot;
    this.#shownKey = key;
    setKey(this.#key, key);
    const all = tries(hot);
    setStyle(this.#bar, 'width', `${((100 * all) / most).toFixed(1)}%`);
    [wins, stale, inFlight].forEach((count, i) => {
      setStyle(this.#parts[i]!, 'flex-grow', (count / Math.max(1, all)).toFixed(4));
    });
    setText(this.#figures, formatShare(wins, all));
    const words = `${formatShort(wins)} won, ${formatShort(stale)} stale, ${formatShort(inFlight)} in flight`;
    setAttribute(this.element, 'title', `${words}. Click to filter by this key.`);
    setAttribute(this.#bar, 'aria-label', words);
    setAttribute(this.#bar, 'role', 'img');
  }
}

class LockRow {
  readonly element: HTMLElement;
  readonly #key = keyText('');
  readonly #keyButton: HTMLButtonElement;
  readonly #holder: HTMLButtonElement;
  readonly #age = el('span', { class: 'number' });
  #shownKey = '';
  #holderId = '';

  constructor(onFilterKey: (key: string) => void, onChoose: (id: string) => void) {
    this.#keyButton = button('', { class: 'key-button', title: 'Filter by this key' }, () =>
      onFilterKey(this.#shownKey),
    );
    this.#keyButton.append(this.#key);
    this.#holder = button('', { class: 'id link' }, () => onChoose(this.#holderId));
    this.element = el('div', { class: 'lock-row' }, this.#keyButton, this.#holder, this.#age);
  }

  update({ key, holder, ageMs }: Locks['shown'][number]): void {
    this.#shownKey = key;
    this.#holderId = holder;
    setKey(this.#key, key);
    setText(this.#holder, shortId(holder));
    setAttribute(this.#holder, 'title', holder);
    // Its holder ended undecided: the store has halted.
    setText(this.#age, ageMs === undefined ? 'for good' : formatDuration(ageMs));
  }
}

function hotLegend(): HTMLElement {
  const entry = (color: string, label: string) => el('span', {}, el('i', { class: `swatch bar-${color}` }), label);
  return el(
    'span',
    { class: 'legend' },
    entry('committed', 'won'),
    entry('stale', 'stale'),
    entry('in-flight', 'in flight'),
    el('span', { class: 'muted' }, '% won'),
  );
}

function tries({ wins, stale, inFlight }: HotKey): number {
  return wins + stale + inFlight;
}
