/** The blocks of the log on disk, and what the compactor made of them. */
import type { CompactionRecord } from '../protocol.ts';
import { el, onResize, Pool, setAttribute, setClass, setHidden, setStyle, setText } from './dom.ts';
import { formatAgo, formatBytes, formatDuration, plural } from './format-numbers.ts';
import { giveHint } from './hint.ts';
import type { Part } from './part.ts';
import type { Moment } from './view-state.ts';

const EVENTS_MAX = 6;
/** Where the line is nearer to the left than this, its text stands to its right. */
const LIMIT_TEXT_PX = 110;

interface Block {
  readonly name: string;
  readonly bytes: number;
  readonly kind: 'log' | 'compacted';
}

export class Blocks implements Part {
  readonly everyMs = 400;
  readonly #summary = el('span', { class: 'muted' });
  readonly #strip = el('div', { class: 'block-strip', role: 'list', 'aria-label': 'Sealed blocks, oldest first' });
  readonly #boxes: Pool<BlockBox>;
  readonly #limit = el('span', { class: 'block-limit' });
  #limitFor = '';
  #width = 0;
  readonly #noBlocks = el('p', { class: 'empty' }, 'No block has been sealed yet: the log is still in its first.');
  readonly #events: Pool<EventRow>;
  readonly #noEvents = el('p', { class: 'empty' }, 'No blocks were merged while this was recorded.');

  constructor(root: HTMLElement) {
    this.#boxes = new Pool(this.#strip, () => new BlockBox());
    const events = el('div', { class: 'compactions' });
    this.#events = new Pool(events, () => new EventRow());
    onResize(this.#strip, (width) => {
      this.#width = width;
    });
    const entry = (kind: string, label: string) => el('span', {}, el('i', { class: `swatch block-${kind}` }), label);
    root.append(
      el(
        'header',
        { class: 'panel-head' },
        el('h2', { id: 'blocks-title' }, 'Blocks'),
        this.#summary,
        el(
          'span',
          { class: 'legend push' },
          entry('log', 'log'),
          entry('compacted', 'compacted'),
          entry('merging', 'being merged'),
        ),
      ),
      this.#noBlocks,
      el('div', { class: 'block-box' }, this.#strip, this.#limit),
      el('h3', { class: 'sub-head' }, 'Merges'),
      this.#noEvents,
      events,
    );
  }

  update(moment: Moment | undefined): void {
    const blocks = moment?.frame.blocks;
    const sealed = blocks?.sealed ?? [];
    setHidden(this.#noBlocks, sealed.length > 0);
    setHidden(this.#strip, sealed.length === 0);
    const maxBlocks = moment?.watch.hello.settings.maxBlocks ?? 0;
    if (blocks && sealed.length > 0) {
      const cut = blocks.sealedCount > sealed.length ? `; the newest ${sealed.length} shown` : '';
      setText(this.#summary, `${plural(blocks.sealedCount, 'sealed block')}, ${formatBytes(blocks.sealedBytes)}${cut}`);
    } else setText(this.#summary, '');
    const most = Math.max(1, ...sealed.map(({ bytes }) => bytes));
    this.#boxes.take(sealed.length).forEach((box, i) => {
      box.update(sealed[i]!, most, blocks!.merging.includes(sealed[i]!.name));
    });
    setClass(this.#strip, 'is-dense', sealed.length > 30);
    // Where it stands is asked of the layout, which would be made anew each time.
    const key = [this.#width, maxBlocks, blocks?.sealedCount, ...sealed.map(({ bytes }) => bytes)].join();
    if (key !== this.#limitFor) this.#placeLimit(sealed.length, (blocks?.sealedCount ?? 0) - sealed.length, maxBlocks);
    this.#limitFor = key;
    this.#showEvents(moment);
  }

  /** The line stands behind as many blocks as may rest: what is to its right is too many. */
  #placeLimit(count: number, notShown: number, maxBlocks: number): void {
    const allowed = maxBlocks - notShown;
    setHidden(this.#limit, count === 0 || allowed <= 0);
    if (count === 0 || allowed <= 0) return;
    const last = this.#strip.children[Math.min(allowed, count) - 1] as HTMLElement;
    const isReached = count >= allowed;
    const x = last.offsetLeft + last.offsetWidth + 1;
    setStyle(this.#limit, 'left', `${x}px`);
    setClass(this.#limit, 'is-reached', isReached);
    setClass(this.#limit, 'is-passed', count > allowed);
    setClass(this.#limit, 'is-left', x < LIMIT_TEXT_PX);
    setText(this.#limit, isReached ? `maxBlocks ${maxBlocks}` : `room for ${allowed - count} more before a merge`);
  }

  #showEvents(moment: Moment | undefined): void {
    const events: CompactionRecord[] = [];
    if (moment) {
      for (const { compactions } of moment.watch.framesBack(moment.index, Number.POSITIVE_INFINITY)) {
        events.push(...compactions.toReversed());
        if (events.length >= EVENTS_MAX) break;
      }
    }
    const shown = events.slice(0, EVENTS_MAX);
    setHidden(this.#noEvents, shown.length > 0);
    const most = Math.max(1, ...shown.map(({ bytesBefore }) => bytesBefore));
    this.#events.take(shown.length).forEach((row, i) => {
      row.update(shown[i]!, moment!.frame.atMs, most);
    });
  }
}

class BlockBox {
  readonly element = el('div', { class: 'block', role: 'listitem', tabindex: '-1' });
  #block: Block | undefined;
  #isMerging = false;

  constructor() {
    giveHint(this.element, () => {
      if (!this.#block) return [];
      const { name, bytes, kind } = this.#block;
      return [
        el('strong', {}, name),
        el('p', {}, `${kind}, ${formatBytes(bytes)}${this.#isMerging ? ', being merged' : ''}`),
      ];
    });
  }

  update(block: Block, most: number, isMerging: boolean): void {
    this.#block = block;
    this.#isMerging = isMerging;
    setAttribute(this.element, 'class', `block block-${block.kind}${isMerging ? ' block-merging' : ''}`);
    // The square root lets a small one still be seen beside a large one.
    setStyle(this.element, 'flex-grow', Math.max(0.08, Math.sqrt(block.bytes / most)).toFixed(3));
    setAttribute(
      this.element,
      'aria-label',
      `${block.name}, ${block.kind}, ${formatBytes(block.bytes)}${isMerging ? ', being merged' : ''}`,
    );
  }
}

class EventRow {
  readonly element: HTMLElement;
  readonly #ago = el('span', { class: 'number muted' });
  readonly #words = el('span', { class: 'event-words' });
  readonly #before = el('i', { class: 'event-before' });
  readonly #after = el('i', { class: 'event-after' });
  readonly #took = el('span', { class: 'number' });

  constructor() {
    const bar = el('span', { class: 'event-bar', 'aria-hidden': 'true' }, this.#before, this.#after);
    this.element = el('div', { class: 'compaction' }, this.#ago, bar, this.#words, this.#took);
  }

  update(
    { endedMs, tookMs, inputs, bytesBefore, bytesAfter, error }: CompactionRecord,
    nowMs: number,
    most: number,
  ): void {
    setText(this.#ago, formatAgo(nowMs - endedMs));
    setText(this.#took, formatDuration(tookMs));
    setClass(this.element, 'is-failed', error !== undefined);
    setStyle(this.#before, 'width', `${(100 * bytesBefore) / most}%`);
    setStyle(this.#after, 'width', error === undefined ? `${(100 * bytesAfter) / most}%` : '0');
    const words =
      error === undefined
        ? `${plural(inputs, 'block')}: ${formatBytes(bytesBefore)} → ${formatBytes(bytesAfter)}`
        : `failed: ${error}`;
    setText(this.#words, words);
    setAttribute(this.#words, 'title', words);
  }
}
