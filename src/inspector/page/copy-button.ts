/** A button that copies a text, and says that it did. */
import { button, el } from './dom.ts';
import { icon } from './glyphs.ts';

export function copyButton(what: string, text: () => string, label = ''): HTMLButtonElement {
  const said = el('span', { class: 'copy-said', role: 'status' }, label);
  const made = button(
    `Copy ${what}`,
    { class: label ? 'chip' : 'tool small', title: `Copy ${what}` },
    async () => {
      said.textContent = (await copied(text())) ? 'Copied' : 'Could not copy';
      setTimeout(() => {
        said.textContent = label;
      }, 1500);
    },
    icon('copy'),
    said,
  );
  return made;
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text);
  }
}

/** Where there is no clipboard for scripts: on plain HTTP from another machine. */
function copiedBySelection(text: string): boolean {
  const area = el('textarea', { class: 'visually-hidden' });
  area.value = text;
  document.body.append(area);
  area.select();
  const isDone = document.execCommand('copy');
  area.remove();
  return isDone;
}
