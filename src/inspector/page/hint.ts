/** The one tool tip of the page, for whatever is under the pointer or has the focus. */
import { el } from './dom.ts';

type Content = () => readonly (Node | string)[];

const box = el('div', { id: 'hint', role: 'tooltip', hidden: true });
let anchor: Element | undefined;
let content: Content = () => [];

/** Shows `make()` beside the element while it is pointed at or focused. */
export function giveHint(element: Element, make: Content): void {
  element.addEventListener('pointerenter', () => show(element, make));
  element.addEventListener('pointerleave', () => hide(element));
  element.addEventListener('focusin', () => {
    // Not after each click.
    if (element.matches(':focus-visible') || element.querySelector(':focus-visible')) show(element, make);
  });
  element.addEventListener('focusout', () => hide(element));
}

/** The figures in it change as frames come. */
export function refreshHint(): void {
  if (!anchor) return;
  if (anchor.isConnected) fill();
  else hide(anchor);
}

export function hideHint(): boolean {
  if (!anchor) return false;
  hide(anchor);
  return true;
}

function show(element: Element, make: Content): void {
  if (!box.isConnected) document.body.append(box);
  anchor = element;
  content = make;
  box.hidden = false;
  element.setAttribute('aria-describedby', 'hint');
  fill();
  place(element);
}

function hide(element: Element): void {
  element.removeAttribute('aria-describedby');
  if (anchor !== element) return;
  anchor = undefined;
  box.hidden = true;
}

function fill(): void {
  box.replaceChildren(...content());
}

function place(element: Element): void {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const x = Math.min(Math.max(8, (left + right) / 2 - width / 2), innerWidth - width - 8);
  const isBelow = bottom + height + 16 < innerHeight;
  const y = isBelow ? bottom + 8 : Math.max(8, top - height - 8);
  box.style.translate = `${Math.round(x)}px ${Math.round(y)}px`;
}
