/** The dialogs: the token, the help sheet, and what went wrong with a file. */
import { button, el } from './dom.ts';
import { outcomeGlyph } from './glyphs.ts';
import { OUTCOMES, outcomeWords } from './outcomes.ts';
import { SHORTCUTS } from './shortcuts.ts';

export function askForToken(error: string, wasRefused: boolean, onToken: (token: string) => void): void {
  if (document.querySelector('dialog.token-dialog')) return;
  const input = el('input', {
    type: 'password',
    id: 'token',
    required: true,
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const form = el(
    'form',
    { method: 'dialog' },
    el('h2', { id: 'token-title' }, wasRefused ? 'That token was refused' : 'This server wants a token'),
    el(
      'p',
      {},
      wasRefused
        ? error
        : 'It is the one that requests bear: in the file given with --token-file, or in CONCAVE_TOKEN.',
    ),
    el('label', { for: 'token' }, 'Token'),
    input,
    el('p', { class: 'muted' }, 'Kept until this tab is closed, and sent to this server alone.'),
    el(
      'div',
      { class: 'dialog-buttons' },
      button('Not now', { class: 'chip' }, () => dialog.close()),
      el('button', { type: 'submit', class: 'chip primary' }, 'Connect'),
    ),
  );
  const dialog = opened('token-dialog', 'token-title', form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const token = input.value.trim();
    if (token === '') return;
    dialog.close();
    onToken(token);
  });
  input.focus();
}

export function showHelp(): void {
  if (document.querySelector('dialog.help-dialog')) return;
  const rows = SHORTCUTS.map(({ keys, words }) =>
    el('div', {}, el('dt', {}, ...keys.map((key) => el('kbd', {}, key))), el('dd', {}, words)),
  );
  const legend = OUTCOMES.map((outcome) => {
    const { label, meaning } = outcomeWords[outcome];
    return el('li', {}, outcomeGlyph(outcome), el('span', {}, el('strong', {}, label), ` ${meaning}`));
  });
  const dialog = opened(
    'help-dialog',
    'help-title',
    el(
      'header',
      {},
      el('h2', { id: 'help-title' }, 'How to read this page'),
      button('Close', { class: 'chip' }, () => dialog.close()),
    ),
    el(
      'p',
      {},
      'Each put is a small state machine. It asks for all of its keys, compares the versions that its client expected with those that are committed, and waits for the flush that makes it durable. Only two things stand in the way of a put that is well-formed: a key that somebody changed since the client read it, and a key that somebody is writing at that moment.',
    ),
    el('h3', {}, 'Outcomes'),
    el('ul', { class: 'help-legend' }, ...legend),
    el('h3', {}, 'Keys'),
    el('dl', { class: 'shortcuts' }, ...rows),
    el('h3', {}, 'Time'),
    el(
      'p',
      {},
      'Everything is recorded in this page as it comes, up to five minutes or 64 MiB. Pause, and every part of the page shows that one moment while recording goes on. Save a recording to look at it later, or save it as a page: one file that opens anywhere without a server, for a bug report.',
    ),
  );
}

export function showProblem(title: string, words: string): void {
  const dialog = opened(
    'problem-dialog',
    'problem-title',
    el('h2', { id: 'problem-title' }, title),
    el('p', {}, words),
    el(
      'div',
      { class: 'dialog-buttons' },
      button('Close', { class: 'chip primary' }, () => dialog.close()),
    ),
  );
}

export function isDialogOpen(): boolean {
  return document.querySelector('dialog[open]') !== null;
}

/** `showModal` keeps the focus inside and gives it back; Escape closes. */
function opened(name: string, titleId: string, ...children: readonly Node[]): HTMLDialogElement {
  const dialog = el('dialog', { class: name, 'aria-labelledby': titleId }, ...children);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
