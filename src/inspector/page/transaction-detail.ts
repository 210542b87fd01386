/** One put in full: why it ended as it did, where its time went, what was said, its keys, its flush. */
import type { FlushRecord, KeyRecord, TransactionRecord } from '../protocol.ts';
import { copyButton } from './copy-button.ts';
import { button, el, onResize, setStyle } from './dom.ts';
import { durationOf } from './filter.ts';
import { formatBytes, formatClock, formatDuration, formatShare, plural, shortId } from './format-numbers.ts';
import { icon, keyText, outcomeGlyph } from './glyphs.ts';
import { outcomeWords } from './outcomes.ts';
import type { Part } from './part.ts';
import { type Piece, stateInWords, verdictOn } from './refusal.ts';
import { sequenceDiagram } from './sequence-diagram.ts';
import { staysOf } from './stay.ts';
import type { Moment, ViewState } from './view-state.ts';

/** A flush and its puts are told of within this many frames. */
const FLUSH_FRAMES = 30;
const PARTNERS_MAX = 24;

export class TransactionDetail implements Part {
  readonly everyMs = 250;
  readonly #root: HTMLElement;
  readonly #view: ViewState;
  readonly #onFilterKey: (key: string) => void;
  /** What is shown: the record as it was known, and when it was looked at if it is still under way. */
  #shown: readonly unknown[] = [];
  #width = 520;

  constructor(root: HTMLElement, view: ViewState, onFilterKey: (key: string) => void) {
    this.#root = root;
    this.#view = view;
    this.#onFilterKey = onFilterKey;
    onResize(root, (width) => {
      if (Math.abs(width - this.#width) < 2 || width === 0) return;
      this.#width = width;
      this.#shown = [];
      this.update(view.moment);
    });
  }

  update(moment: Moment | undefined): void {
    const { selectedId } = this.#view;
    if (selectedId === undefined || !moment) {
      this.#shown = [];
      return;
    }
    const record = this.#view.selected;
    const flush = record && findFlush(moment, record);
    const shown = [selectedId, record, flush, record && record.endedMs === undefined ? moment.frame.atMs : 0];
    if (shown.every((value, i) => value === this.#shown[i]) && this.#shown.length > 0) return;
    const isSame = this.#shown[0] === selectedId;
    this.#shown = shown;
    this.#root.replaceChildren(...(record ? this.#whole(record, flush, moment) : this.#missing(selectedId)));
    if (isSame) return;
    this.#root.querySelector<HTMLElement>('.detail-back')?.focus({ preventScroll: true });
  }

  #whole(record: TransactionRecord, flush: FlushRecord | undefined, moment: Moment): Node[] {
    const now = moment.frame.atMs;
    return [
      this.#head(record, moment),
      el(
        'div',
        { class: 'detail-columns' },
        el(
          'div',
          {},
          this.#verdict(record, now),
          this.#facts(record, moment),
          timeBar(record, now),
          ...this.#rivals(record),
        ),
        el('div', {}, section('Messages', sequenceDiagram(record, now, this.#sequenceWidth))),
        el(
          'div',
          {},
          section(plural(record.keyCount, 'key'), this.#keys(record)),
          ...this.#flush(record, flush, moment),
        ),
      ),
    ];
  }

  /** Of the column that it stands in: see `.detail-columns`. */
  get #sequenceWidth(): number {
    const column = this.#width > 1240 ? (this.#width * 1.32) / 3.32 : this.#width > 760 ? this.#width / 2 : this.#width;
    return Math.max(380, Math.min(640, column - 42));
  }

  #head(record: TransactionRecord, moment: Moment): HTMLElement {
    const { label, color } = outcomeWords[record.outcome];
    return el(
      'header',
      { class: 'panel-head detail-head' },
      this.#back(),
      el('h2', { class: `ink-${color}` }, outcomeGlyph(record.outcome), label),
      el('span', { class: 'id whole-id', title: record.id }, shortId(record.id)),
      copyButton('the whole id', () => record.id),
      button(
        'Show on timeline',
        { class: 'chip push', title: 'Go to the moment at which it ended' },
        () => this.#view.seek(firstFrameAfter(moment, record.endedMs ?? record.startedMs)),
        icon('target'),
        'Show on timeline',
      ),
    );
  }

  #back(): HTMLButtonElement {
    return button(
      'Back to all puts',
      { class: 'tool detail-back', title: 'Back to all puts (Esc)' },
      () => this.#view.choose(undefined),
      icon('back'),
    );
  }

  #missing(id: string): Node[] {
    return [
      el(
        'header',
        { class: 'panel-head detail-head' },
        this.#back(),
        el('h2', {}, 'Not recorded'),
        el('span', { class: 'id' }, shortId(id)),
        copyButton('the whole id', () => id),
      ),
      el(
        'div',
        { class: 'empty' },
        'Nothing is known of this put at this moment: it was not chosen to be shown, had not begun, or is no longer kept.',
      ),
    ];
  }

  #verdict(record: TransactionRecord, now: number): HTMLElement {
    const { sentence, advice } = verdictOn(record, now);
    return el(
      'div',
      { class: `verdict is-${outcomeWords[record.outcome].color}` },
      el('p', { class: 'verdict-sentence' }, ...sentence.map((piece) => this.#piece(piece))),
      advice ? el('p', { class: 'muted' }, advice) : undefined,
    );
  }

  #piece(piece: Piece): Node | string {
    if ('text' in piece) return piece.text;
    if ('id' in piece) return this.#link(piece.id);
    return el('code', {}, keyText(piece.key));
  }

  /** A put that can be gone to, if it was recorded. */
  #link(id: string): HTMLElement {
    const { moment } = this.#view;
    if (!moment?.watch.transactions.find(id, moment.watch.ring.last)) {
      return el('span', { class: 'id', title: `${id}: not recorded` }, shortId(id));
    }
    const made = button(shortId(id), { class: 'id link', title: id }, () => {
      // Its rival may be told of only later than the moment that is shown.
      if (!moment.watch.transactions.find(id, moment.index)) this.#view.goLive();
      this.#view.choose(id);
    });
    return made;
  }

  #facts(record: TransactionRecord, { watch, frame }: Moment): HTMLElement {
    const facts: [string, string][] = [
      ['Began', formatClock(watch.hello.startedAt, record.startedMs)],
      [record.endedMs === undefined ? 'Under way for' : 'Took', formatDuration(durationOf(record, frame.atMs))],
      ...(record.seq === undefined ? [] : [['Seq', `${record.seq}`] as [string, string]]),
      ...(record.code === undefined ? [] : [['Answer', record.code] as [string, string]]),
    ];
    return el(
      'dl',
      { class: 'facts' },
      ...facts.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
    );
  }

  #keys(record: TransactionRecord): HTMLElement {
    const hasValues = record.keys.some(({ value }) => value !== undefined);
    const heads = ['Key', 'Expected', 'Was', 'Written', ...(hasValues ? ['Value'] : [])];
    const left = record.keyCount - record.keys.length;
    const table = el(
      'table',
      { class: 'keys-table' },
      el('thead', {}, el('tr', {}, ...heads.map((head) => el('th', { scope: 'col' }, head)))),
      el('tbody', {}, ...record.keys.map((key) => this.#keyRow(key, hasValues))),
    );
    return el(
      'div',
      { class: 'table-scroll', tabindex: '0' },
      table,
      left > 0 ? el('p', { class: 'muted' }, `${plural(left, 'more key')}, against which nothing stood`) : undefined,
    );
  }

  #keyRow(
    { key, expected, current, written, value, conflict, holder, writer }: KeyRecord,
    hasValues: boolean,
  ): HTMLElement {
    const name = button(
      '',
      { class: 'key-button', title: 'Filter by this key' },
      () => this.#onFilterKey(key),
      keyText(key),
    );
    name.removeAttribute('aria-label');
    const cell = el('th', { scope: 'row' }, conflict ? outcomeGlyph(conflict) : undefined, name);
    if (conflict === 'inFlight' && holder)
      cell.append(el('span', { class: 'key-note' }, 'held by ', this.#link(holder)));
    if (conflict === 'stale' && writer)
      cell.append(el('span', { class: 'key-note' }, 'written by ', this.#link(writer.id)));
    return el(
      'tr',
      { class: conflict ? `is-${outcomeWords[conflict].color}` : '' },
      cell,
      el('td', {}, versionText(expected)),
      el('td', { class: conflict === 'stale' ? 'ink-stale' : '' }, current === undefined ? '–' : versionText(current)),
      el(
        'td',
        { class: written === undefined ? 'muted' : 'ink-committed' },
        written === undefined ? '–' : `${written}`,
      ),
      hasValues ? el('td', { class: 'value', title: value }, value ?? '–') : undefined,
    );
  }

  #flush(record: TransactionRecord, flush: FlushRecord | undefined, moment: Moment): Node[] {
    if (record.flush === undefined) return [];
    if (!flush)
      return [
        section(`Flush ${record.flush}`, el('p', { class: 'muted' }, 'Not ended by this moment, or not recorded.')),
      ];
    const isOthers = (other: TransactionRecord) => other.flush === record.flush && other.id !== record.id;
    const partners = moment.watch.transactions.newest(moment.index, isOthers, PARTNERS_MAX);
    const figures = [
      plural(flush.transactions, 'put'),
      formatBytes(flush.bytes),
      formatDuration(flush.tookMs),
      ...(flush.firstSeq === undefined ? [] : [`seq ${flush.firstSeq} to ${flush.firstSeq + flush.transactions - 1}`]),
    ].join(' · ');
    return [
      section(
        `Flush ${flush.number}`,
        el('p', { class: 'figures' }, figures),
        flush.error === undefined ? undefined : el('p', { class: 'ink-failed' }, flush.error),
        el(
          'p',
          { class: 'muted' },
          partners.length === 0 ? 'None of the others in it was chosen to be shown.' : 'Shared with, of those shown:',
        ),
        el('p', { class: 'partners' }, ...partners.map((other) => this.#partner(other))),
      ),
    ];
  }

  #partner({ id, outcome }: TransactionRecord): HTMLElement {
    return button(
      `Show ${shortId(id)}`,
      { class: 'chip id', title: id },
      () => this.#view.choose(id),
      outcomeGlyph(outcome),
      shortId(id),
    );
  }

  #rivals({ rivals }: TransactionRecord): Node[] {
    if (rivals.length === 0) return [];
    const items = rivals.map(({ id, state, ageMs, keyCount }) => {
      const words = [
        stateInWords(state),
        ageMs === undefined ? '' : `${formatDuration(ageMs)} old`,
        keyCount === undefined ? '' : plural(keyCount, 'key'),
      ];
      return el('li', {}, this.#link(id), el('span', { class: 'muted' }, ` ${words.filter(Boolean).join(', ')}`));
    });
    return [section('Held its keys then', el('ul', { class: 'rivals' }, ...items))];
  }
}

/** Where its time went: one bar, as long as the put. */
function timeBar(record: TransactionRecord, now: number): HTMLElement {
  const stays = staysOf(record, now);
  const whole = stays.reduce((sum, { ms }) => sum + ms, 0);
  const bar = el('div', { class: 'time-bar', 'aria-hidden': 'true' });
  for (const { state, ms } of stays) {
    const part = el('span', { class: `state-${state}`, title: `${state}: ${formatDuration(ms)}` });
    setStyle(part, 'flex-grow', `${whole > 0 ? ms / whole : 1}`);
    bar.append(part);
  }
  const legend = stays.map(({ state, ms }) =>
    el(
      'li',
      {},
      el('i', { class: `swatch state-${state}` }),
      el('span', {}, state),
      el('b', {}, formatDuration(ms)),
      el('span', { class: 'muted' }, formatShare(ms, whole)),
    ),
  );
  return section('Where its time went', bar, el('ul', { class: 'time-legend' }, ...legend));
}

function section(title: string, ...children: readonly (Node | undefined)[]): HTMLElement {
  return el('section', { class: 'detail-section' }, el('h3', {}, title), ...children);
}

function versionText(version: number): string {
  return version === 0 ? 'none' : `${version}`;
}

function findFlush(
  { watch, index }: Moment,
  { flush, endedMs, startedMs }: TransactionRecord,
): FlushRecord | undefined {
  if (flush === undefined) return undefined;
  const near = watch.ring.indexAt(endedMs ?? startedMs);
  for (let i = Math.max(watch.ring.first, near - 1); i <= Math.min(index, near + FLUSH_FRAMES); i++) {
    const found = watch.ring.at(i)?.flushRecords.find(({ number }) => number === flush);
    if (found) return found;
  }
  return undefined;
}

function firstFrameAfter({ watch }: Moment, ms: number): number {
  const index = watch.ring.indexAt(ms);
  return watch.ring.at(index)!.atMs < ms ? index + 1 : index;
}
