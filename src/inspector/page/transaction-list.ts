/** The transactions, newest first. Only the rows that can be seen are in the document. */
import type { Outcome, TransactionRecord } from '../protocol.ts';
import { button, el, onResize, Pool, setAttribute, setClass, setHidden, setStyle, setText } from './dom.ts';
import { durationOf, isFiltering, matcher, NO_FILTER, toggled } from './filter.ts';
import { formatCount, formatDuration, plural, shortId, visibleKey } from './format-numbers.ts';
import { keyText, outcomeGlyph, setGlyph, setKey } from './glyphs.ts';
import { OUTCOMES, outcomeWords } from './outcomes.ts';
import type { Part } from './part.ts';
import type { Moment, Sampling, ViewState } from './view-state.ts';

const ROWS_MAX = 200;
const ROW_PX = 30;
const SAMPLINGS: readonly Sampling[] = ['auto', 1, 10, 100, 1000];

export class TransactionList implements Part {
  readonly everyMs = 500;
  readonly #view: ViewState;
  readonly #onWatch: () => void;
  readonly #text = el('input', {
    type: 'search',
    id: 'filter-text',
    placeholder: 'Key or id',
    'aria-label': 'Filter by key or id. Enter follows the key: all of its puts are shown.',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  readonly #follow = button('Follow', { class: 'chip' }, () => this.#toggleFollow());
  readonly #duration = el('input', { type: 'number', id: 'filter-duration', min: '0', step: 'any', placeholder: '0' });
  readonly #sampling = el('select', { id: 'sampling' });
  readonly #chips: ReadonlyMap<Outcome, HTMLButtonElement>;
  readonly #note = el('span', { class: 'list-note' });
  readonly #clear = button('Clear filters', { class: 'text-button' }, () => this.#clearFilter());
  readonly #scroller = el('div', { class: 'rows-scroller', role: 'presentation' });
  readonly #space = el('div', { class: 'rows', role: 'rowgroup' });
  readonly #rows: Pool<Row>;
  readonly #emptyWords = el('span', { role: 'gridcell' });
  readonly #empty = el('div', { class: 'empty', role: 'row', hidden: true }, this.#emptyWords);
  readonly #held = el('span', { class: 'held-note', hidden: true }, 'held while you point at it');
  #records: readonly TransactionRecord[] = [];
  #nowMs = 0;
  #focusedId: string | undefined;
  #isPointed = false;
  /** What the rows were last made for: another moment or filter is shown at once, also under the pointer. */
  #shownFor: readonly unknown[] = [];

  constructor(root: HTMLElement, view: ViewState, onWatch: () => void) {
    this.#view = view;
    this.#onWatch = onWatch;
    this.#chips = new Map(OUTCOMES.map((outcome) => [outcome, this.#chip(outcome)]));
    this.#rows = new Pool(this.#space, () => new Row((id) => view.choose(id)));
    for (const sampling of SAMPLINGS) {
      const label = sampling === 'auto' ? 'auto' : sampling === 1 ? 'every put' : `1 in ${formatCount(sampling)}`;
      this.#sampling.append(el('option', { value: `${sampling}` }, label));
    }
    this.#listen();
    root.append(
      el(
        'header',
        { class: 'list-head' },
        el('h2', {}, 'Puts'),
        el('div', { class: 'field grow' }, this.#text, this.#follow),
        el('label', { class: 'field', for: 'filter-duration' }, 'at least', this.#duration, 'ms'),
        el('label', { class: 'field', for: 'sampling' }, 'show', this.#sampling),
      ),
      el(
        'div',
        { class: 'outcome-chips', role: 'group', 'aria-label': 'Filter by outcome' },
        ...this.#chips.values(),
        this.#clear,
        el('span', { class: 'list-notes' }, this.#held, this.#note),
      ),
      el(
        'div',
        { class: 'table', role: 'grid', 'aria-label': 'Puts, newest first', 'aria-rowcount': '-1' },
        el(
          'div',
          { class: 'row-head', role: 'row' },
          ...HEADS.map((head) => el('span', { role: 'columnheader' }, head)),
        ),
        this.#scroller,
      ),
    );
    this.#scroller.append(this.#space, this.#empty);
  }

  focusFilter(): void {
    this.#text.focus();
    this.#text.select();
  }

  filterByKey(key: string): void {
    this.#view.change({ filter: { ...this.#view.filter, text: key } });
  }

  update(moment: Moment | undefined): void {
    this.#showControls(moment);
    const { filter } = this.#view;
    const isHeld = this.#isPointed || this.#focusedId !== undefined;
    const shownFor = [filter, moment?.watch, this.#view.isLive ? 'live' : moment?.index];
    const isOther = shownFor.some((value, i) => value !== this.#shownFor[i]);
    setHidden(this.#held, !(isHeld && this.#view.isLive && this.#records.length > 0));
    // A list without rows has nothing that could jump away.
    if (isHeld && !isOther && this.#records.length > 0) return;
    this.#shownFor = shownFor;
    this.#nowMs = moment?.frame.atMs ?? 0;
    this.#records = moment
      ? moment.watch.transactions.newest(moment.index, matcher(filter, this.#nowMs), ROWS_MAX)
      : [];
    if (isOther && !this.#view.isLive) this.#scroller.scrollTop = 0;
    this.#showRows();
    this.#showNote(moment);
  }

  #showControls(moment: Moment | undefined): void {
    const { filter, followedKey, oneIn } = this.#view;
    if (document.activeElement !== this.#text && this.#text.value !== filter.text) this.#text.value = filter.text;
    if (document.activeElement !== this.#duration) {
      const wanted = filter.durationMsMin === 0 ? '' : `${filter.durationMsMin}`;
      if (this.#duration.value !== wanted) this.#duration.value = wanted;
    }
    setText(this.#sampling.options[0]!, autoLabel(moment));
    if (this.#sampling.value !== `${oneIn}`) this.#sampling.value = `${oneIn}`;
    for (const [outcome, chip] of this.#chips) setAttribute(chip, 'aria-pressed', `${filter.outcomes.has(outcome)}`);
    const canFollow = this.#view.live !== undefined && !this.#view.isFile && !this.#view.live.hello.hides.keys;
    setHidden(this.#follow, !canFollow || (filter.text === '' && followedKey === undefined));
    const isFollowing = followedKey !== undefined && (filter.text === followedKey || filter.text === '');
    setText(this.#follow, isFollowing ? 'Unfollow' : 'Follow this key');
    setAttribute(this.#follow, 'title', 'All puts of exactly this key are shown, as far as there is room (Enter)');
    setClass(this.#follow, 'is-on', isFollowing);
    setHidden(this.#clear, !isFiltering(filter));
  }

  #showRows(): void {
    const { scrollTop, clientHeight } = this.#scroller;
    const first = Math.max(0, Math.floor(scrollTop / ROW_PX) - 4);
    const count = Math.min(this.#records.length - first, Math.ceil(clientHeight / ROW_PX) + 8);
    setStyle(this.#space, 'height', `${this.#records.length * ROW_PX}px`);
    this.#rows.take(Math.max(0, count)).forEach((row, i) => {
      const record = this.#records[first + i]!;
      row.update(record, first + i, this.#nowMs);
      // One stop of the Tab key for the whole list; the arrow keys go through its rows.
      row.stop(this.#focusedId === undefined ? i === 0 : record.id === this.#focusedId);
    });
    // Scrolled, the row that has the focus may tell of another put by now.
    const focused = document.activeElement;
    if (focused instanceof HTMLElement && this.#space.contains(focused)) this.#focusedId = focused.dataset.id;
  }

  #showNote(moment: Moment | undefined): void {
    const count = this.#records.length;
    const isEmpty = count === 0;
    setText(this.#note, count >= ROWS_MAX ? `the newest ${ROWS_MAX}` : isEmpty ? '' : `${count} recorded`);
    setHidden(this.#empty, !isEmpty);
    if (!isEmpty) return;
    setText(this.#emptyWords, this.#emptyText(moment));
  }

  #emptyText(moment: Moment | undefined): string {
    if (!moment?.watch.hasSeenPuts)
      return 'Each put will be a row here: click it to see its path, its messages and its rivals.';
    if (!isFiltering(this.#view.filter)) return 'No put was chosen to be shown yet. Show more of them above.';
    return `None of the ${plural(moment.watch.transactions.size, 'put')} recorded fits these filters.`;
  }

  #chip(outcome: Outcome): HTMLButtonElement {
    const { label, meaning } = outcomeWords[outcome];
    const chip = button(
      label,
      { class: 'chip', title: meaning, 'aria-pressed': 'false' },
      () => {
        const { filter } = this.#view;
        this.#view.change({ filter: { ...filter, outcomes: toggled(filter.outcomes, outcome) } });
      },
      outcomeGlyph(outcome),
      label,
    );
    chip.removeAttribute('aria-label');
    return chip;
  }

  #listen(): void {
    const view = this.#view;
    this.#text.addEventListener('input', () => view.change({ filter: { ...view.filter, text: this.#text.value } }));
    this.#text.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !this.#follow.hidden) this.#setFollowed(this.#text.value || undefined);
      if (event.key === 'Escape' && this.#text.value !== '') {
        event.stopPropagation();
        this.#text.value = '';
        view.change({ filter: { ...view.filter, text: '' } });
      }
    });
    this.#duration.addEventListener('input', () => {
      const ms = Number(this.#duration.value);
      view.change({ filter: { ...view.filter, durationMsMin: Number.isFinite(ms) && ms > 0 ? ms : 0 } });
    });
    this.#sampling.addEventListener('change', () => {
      const { value } = this.#sampling;
      view.change({ oneIn: value === 'auto' ? 'auto' : Number(value) });
      this.#onWatch();
    });
    this.#scroller.addEventListener('scroll', () => this.#showRows(), { passive: true });
    this.#scroller.addEventListener('pointerenter', () => {
      this.#isPointed = true;
    });
    this.#scroller.addEventListener('pointerleave', () => {
      this.#isPointed = false;
    });
    this.#space.addEventListener('focusin', ({ target }) => {
      this.#focusedId = (target as HTMLElement).dataset.id;
    });
    this.#space.addEventListener('focusout', () => {
      this.#focusedId = undefined;
    });
    this.#space.addEventListener('keydown', (event) => this.#moveFocus(event));
    onResize(this.#scroller, () => this.#showRows());
  }

  #moveFocus(event: KeyboardEvent): void {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const at = this.#records.findIndex(({ id }) => id === this.#focusedId);
    const next = this.#records[at + by];
    if (!next) return;
    const top = (at + by) * ROW_PX;
    const { scrollTop, clientHeight } = this.#scroller;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + ROW_PX > scrollTop + clientHeight) this.#scroller.scrollTop = top + ROW_PX - clientHeight;
    this.#showRows();
    this.#space.querySelector<HTMLElement>(`[data-id="${CSS.escape(next.id)}"]`)?.focus();
  }

  #toggleFollow(): void {
    const { followedKey, filter } = this.#view;
    const isFollowing = followedKey !== undefined && (filter.text === followedKey || filter.text === '');
    this.#setFollowed(isFollowing ? undefined : filter.text || undefined);
  }

  #setFollowed(key: string | undefined): void {
    this.#view.change({ followedKey: key });
    this.#onWatch();
  }

  #clearFilter(): void {
    this.#view.change({ filter: NO_FILTER });
  }
}

const HEADS = ['Outcome', 'Id', 'Keys', 'Took', 'Age', 'Seq · flush'];

class Row {
  readonly element: HTMLElement;
  readonly #glyph = outcomeGlyph('underWay');
  readonly #outcome = el('span', { class: 'outcome-label' });
  readonly #id = el('span', { class: 'id', role: 'gridcell' });
  readonly #key = keyText('');
  readonly #more = el('span', { class: 'more-keys' });
  readonly #took = el('span', { class: 'number', role: 'gridcell' });
  readonly #age = el('span', { class: 'number muted', role: 'gridcell' });
  readonly #seq = el('span', { class: 'number muted', role: 'gridcell' });
  #shownId = '';

  constructor(onChoose: (id: string) => void) {
    const outcome = el('span', { class: 'outcome', role: 'gridcell' }, this.#glyph, this.#outcome);
    const keys = el('span', { class: 'keys', role: 'gridcell' }, this.#key, this.#more);
    this.element = el(
      'div',
      { class: 'row', role: 'row', tabindex: '0' },
      outcome,
      this.#id,
      keys,
      this.#took,
      this.#age,
      this.#seq,
    );
    this.element.addEventListener('click', () => onChoose(this.#shownId));
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      onChoose(this.#shownId);
    });
  }

  stop(isStop: boolean): void {
    setAttribute(this.element, 'tabindex', isStop ? 0 : -1);
  }

  update(record: TransactionRecord, at: number, nowMs: number): void {
    const { id, outcome, keys, keyCount, seq, flush } = record;
    if (this.#shownId !== id) {
      this.#shownId = id;
      this.element.dataset.id = id;
      setText(this.#id, shortId(id));
    }
    setStyle(this.element, 'translate', `0 ${at * ROW_PX}px`);
    setAttribute(this.element, 'aria-rowindex', at + 1);
    setGlyph(this.#glyph, outcome);
    setText(this.#outcome, outcomeWords[outcome].label);
    setAttribute(this.#outcome, 'class', `outcome-label ink-${outcomeWords[outcome].color}`);
    // The key that stood against it says more than the first.
    const key = keys.find(({ conflict }) => conflict !== undefined) ?? keys[0];
    setKey(this.#key, key?.key ?? '');
    setText(this.#more, keyCount > 1 ? `+${keyCount - 1}` : '');
    setText(this.#took, formatDuration(durationOf(record, nowMs)));
    setText(this.#age, formatAge(nowMs - record.startedMs));
    setText(this.#seq, seq === undefined ? (flush === undefined ? '' : `– · ${flush}`) : `${seq} · ${flush ?? '–'}`);
    const keyWords = keys.length > 0 ? visibleKey(key!.key) : 'no key';
    setAttribute(this.element, 'aria-label', `${outcomeWords[outcome].label}, ${keyWords}, ${shortId(id)}`);
  }
}

function formatAge(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : formatDuration(ms);
}

function autoLabel(moment: Moment | undefined): string {
  const sampling = moment?.frame.sampling;
  return sampling?.asked === 'auto' ? `auto: 1 in ${formatCount(sampling.oneIn)}` : 'auto';
}
