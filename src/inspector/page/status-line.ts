/** The status line in the head of the page. Only changes of what it says are announced, not its figures. */
import { button, el, Pool, setAttribute, setHidden, setText } from './dom.ts';
import type { Part } from './part.ts';
import { statusParts } from './status.ts';
import type { ViewState } from './view-state.ts';

export class StatusLine implements Part {
  readonly everyMs = 0;
  readonly #view: ViewState;
  readonly #parts: Pool<{ readonly element: HTMLElement }>;
  readonly #again: HTMLButtonElement;
  readonly #announced = el('span', { class: 'visually-hidden', role: 'status' });

  constructor(root: HTMLElement, view: ViewState, onReconnect: () => void) {
    this.#view = view;
    const list = el('span', { class: 'status-parts' });
    this.#parts = new Pool(list, () => ({ element: el('span', { class: 'status-part' }) }));
    this.#again = button('Connect now', { class: 'chip', hidden: true }, onReconnect);
    root.append(list, this.#again, this.#announced);
  }

  update(): void {
    const parts = statusParts(this.#view, Date.now());
    this.#parts.take(parts.length).forEach(({ element }, i) => {
      const { text, tone, title } = parts[i]!;
      setText(element, text);
      setAttribute(element, 'data-tone', tone);
      setAttribute(element, 'title', title ?? text);
    });
    const { phase } = this.#view.connection;
    setHidden(this.#again, phase !== 'waiting' && phase !== 'refused');
    setText(this.#announced, announcement(this.#view));
  }
}

function announcement(view: ViewState): string {
  const { connection } = view;
  if (connection.phase === 'waiting' || connection.phase === 'refused') return `Disconnected: ${connection.reason}`;
  if (view.isFile) return `Recording ${view.fileName ?? ''}`;
  return view.isLive ? 'Live' : view.isPlaying ? 'Replaying' : view.moment ? 'Paused' : '';
}
