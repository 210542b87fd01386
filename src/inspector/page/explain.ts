/** "Why was it refused?": what became of the puts of the last seconds, in words for people who have never seen the server. */
import type { HotKey, Outcome } from '../protocol.ts';
import { copyButton } from './copy-button.ts';
import { button, el, Pool, setHidden, setStyle, setText } from './dom.ts';
import { formatRate, formatShare, formatShort, plural } from './format-numbers.ts';
import { keyText, outcomeGlyph, setKey } from './glyphs.ts';
import { ENDINGS, endedPuts, outcomeWords } from './outcomes.ts';
import type { Part } from './part.ts';
import type { Moment, ViewState } from './view-state.ts';
import { recentPuts } from './watch.ts';

const RECENT_MS = 10_000;

export class Explain implements Part {
  readonly everyMs = 250;
  readonly #total = el('p', { class: 'total' });
  readonly #span = el('h2', { class: 'eyebrow' }, 'Last 10 seconds');
  readonly #rest = el('p', { class: 'muted' });
  readonly #bar = el('div', { class: 'share-bar', 'aria-hidden': 'true' });
  readonly #segments: readonly { readonly outcome: (typeof ENDINGS)[number]; readonly element: HTMLElement }[];
  readonly #cards: readonly Card[];
  readonly #others: Pool<OtherChip>;
  readonly #figures: HTMLElement;
  readonly #guide: HTMLElement;
  readonly #guideTitle = el('h2', {});
  readonly #guideWords = el('p', {});
  readonly #steps = firstCommands();
  readonly #view: ViewState;

  constructor(root: HTMLElement, view: ViewState, onFilterKey: (key: string) => void) {
    this.#segments = ENDINGS.map((outcome) => {
      const element = el('span', { class: `bar-${outcomeWords[outcome].color}` });
      return { outcome, element };
    });
    this.#bar.append(...this.#segments.map(({ element }) => element));
    const show = (outcome: Outcome) => {
      view.choose(undefined);
      view.change({ filter: { ...view.filter, outcomes: new Set([outcome]) } });
    };
    this.#cards = [
      new Card('committed', 'Committed', show, onFilterKey, {
        rest: 'Every key still had the version that the client expected. The put is on disk, and each of its keys has the next version.',
      }),
      new Card('stale', 'Refused: stale', show, onFilterKey, {
        lead: ' most of all. ',
        rest: 'Somebody else had written the key after the client read it, so it expected an old version. It should read again, then put again.',
      }),
      new Card('inFlight', 'Refused: in flight', show, onFilterKey, {
        lead: ' most of all. ',
        rest: 'Another put was on its way to disk with the same key, and no put ever waits for a key. It should try again a moment later.',
      }),
    ];
    const chips = el('div', { class: 'other-chips' });
    this.#others = new Pool(chips, () => new OtherChip(show));
    this.#figures = el(
      'div',
      { class: 'explain-figures' },
      el('div', { class: 'explain-total' }, this.#span, this.#total, this.#rest, chips),
      ...this.#cards.map(({ element }) => element),
    );
    this.#view = view;
    this.#guide = firstSteps(this.#guideTitle, this.#guideWords, this.#steps);
    root.append(this.#bar, this.#figures, this.#guide);
  }

  update(moment: Moment | undefined): void {
    const isIdle = !moment?.watch.hasSeenPuts;
    setHidden(this.#figures, isIdle);
    setHidden(this.#guide, !isIdle);
    setHidden(this.#bar, isIdle);
    if (isIdle) this.#showGuide(moment);
    if (!moment || isIdle) return;
    const { ms, puts } = recentPuts(moment.watch, moment.index, RECENT_MS);
    const ended = endedPuts(puts);
    setText(
      this.#span,
      ms < RECENT_MS * 0.9 ? `Last ${plural(Math.max(1, Math.round(ms / 1000)), 'second')}` : 'Last 10 seconds',
    );
    setText(this.#total, formatRate((ended * 1000) / Math.max(1, ms)));
    setText(this.#rest, `${formatShort(ended)} answered, ${formatShort(puts.underWay)} under way`);
    for (const { outcome, element } of this.#segments) {
      setStyle(element, 'flex-grow', ended === 0 ? '0' : (puts[outcome] / ended).toFixed(4));
      setHidden(element, puts[outcome] === 0);
    }
    const { hotKeys } = moment.frame;
    this.#cards[0]!.update(puts.committed, ended, undefined);
    this.#cards[1]!.update(puts.stale, ended, hottest(hotKeys, 'stale'));
    this.#cards[2]!.update(puts.inFlight, ended, hottest(hotKeys, 'inFlight'));
    const others = (['refused', 'rolledBack', 'undecided'] as const).filter((outcome) => puts[outcome] > 0);
    this.#others.take(others.length).forEach((chip, i) => {
      chip.update(others[i]!, puts[others[i]!]);
    });
  }

  #showGuide(moment: Moment | undefined): void {
    const { connection } = this.#view;
    const isConnected = moment !== undefined || connection.phase === 'open';
    setText(this.#guideTitle, isConnected ? 'No put has come yet' : 'Not connected');
    const reason = 'reason' in connection ? connection.reason : 'the server is being asked';
    setText(
      this.#guideWords,
      isConnected ? 'Every put runs through the machine below. Make one, and watch it.' : `${sentenceCase(reason)}.`,
    );
    for (const step of this.#steps) setHidden(step, !isConnected);
  }
}

function hottest(hotKeys: readonly HotKey[], what: 'stale' | 'inFlight'): string | undefined {
  let most: HotKey | undefined;
  for (const hot of hotKeys) if (hot[what] > (most?.[what] ?? 0)) most = hot;
  return most?.key;
}

class Card {
  readonly element: HTMLElement;
  readonly #count = el('span', { class: 'card-count' });
  readonly #share = el('span', { class: 'card-share' });
  readonly #key: HTMLElement;
  readonly #keyButton: HTMLButtonElement;
  readonly #lead: Text;
  readonly #words: { readonly lead?: string; readonly rest: string };
  #shownKey = '';

  constructor(
    outcome: Outcome,
    title: string,
    onShow: (outcome: Outcome) => void,
    onKey: (key: string) => void,
    words: { readonly lead?: string; readonly rest: string },
  ) {
    this.#words = words;
    this.#key = keyText('');
    this.#keyButton = button('', { class: 'key-button', title: 'Filter by this key' }, () => onKey(this.#shownKey));
    this.#keyButton.append(this.#key);
    this.#lead = document.createTextNode('');
    this.element = el(
      'article',
      { class: `card is-${outcomeWords[outcome].color}` },
      el(
        'h3',
        {},
        outcomeGlyph(outcome),
        button(title, { class: 'card-title', title: 'Show these in the list' }, () => onShow(outcome)),
        this.#count,
        this.#share,
      ),
      el('p', {}, this.#keyButton, this.#lead, words.rest),
    );
  }

  update(count: number, ended: number, key: string | undefined): void {
    setText(this.#count, formatShort(count));
    setText(this.#share, formatShare(count, ended));
    this.element.classList.toggle('is-none', count === 0);
    const isKeyShown = key !== undefined && count > 0;
    setHidden(this.#keyButton, !isKeyShown);
    setText(this.#lead, isKeyShown ? (this.#words.lead ?? '') : '');
    if (!isKeyShown || key === this.#shownKey) return;
    this.#shownKey = key;
    setKey(this.#key, key);
  }
}

class OtherChip {
  readonly element: HTMLButtonElement;
  #outcome: Outcome = 'refused';

  constructor(onShow: (outcome: Outcome) => void) {
    this.element = button('', { class: 'chip' }, () => onShow(this.#outcome));
  }

  update(outcome: Outcome, count: number): void {
    this.#outcome = outcome;
    const { label, meaning } = outcomeWords[outcome];
    const text = `${formatShort(count)} ${label}`;
    if (this.element.textContent === text) return;
    this.element.title = meaning;
    this.element.replaceChildren(outcomeGlyph(outcome), text);
  }
}

/** While nothing happens: how to make something happen. */
function firstSteps(title: HTMLElement, words: HTMLElement, steps: readonly HTMLElement[]): HTMLElement {
  return el('div', { class: 'first-steps' }, el('div', { class: 'first-words' }, title, words), ...steps);
}

function firstCommands(): HTMLElement[] {
  const origin = location.protocol.startsWith('http') ? location.origin : 'http://127.0.0.1:8080';
  const put = `curl ${origin}/v1/put -H 'Content-Type: application/json' -d '[{"key":"apples","value":3,"version":0}]'`;
  return [
    step('1', 'Put a key. The second time it is refused, because the key has version 1 by then.', put),
    step('2', 'Or let 64 clients contend for a few keys.', `npm run demo:load -- --url ${origin}`),
  ];
}

function sentenceCase(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function step(number: string, words: string, command: string): HTMLElement {
  return el(
    'article',
    { class: 'step' },
    el('p', {}, el('span', { class: 'step-number', 'aria-hidden': 'true' }, number), words),
    el(
      'div',
      { class: 'command' },
      el('code', { tabindex: '0' }, command),
      copyButton('the command', () => command, 'Copy'),
    ),
  );
}
