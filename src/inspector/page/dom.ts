/** Makes and changes elements. Text goes in as text, always: keys and errors are written by others. */

const SVG = 'http://www.w3.org/2000/svg';

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Child = Node | string | undefined;

/** An element; a `true` attribute is there without a value, a `false` or undefined one is not. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), attributes, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

export function button(
  label: string,
  attributes: Attributes,
  onClick: (event: MouseEvent) => void,
  ...children: readonly Child[]
): HTMLButtonElement {
  const made = el('button', { type: 'button', ...attributes }, ...(children.length > 0 ? children : [label]));
  if (children.length > 0) made.setAttribute('aria-label', label);
  made.addEventListener('click', onClick);
  return made;
}

export function byId<E extends HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no element with the id ${id}`);
  return found as E;
}

// The setters touch the document only where something changed: most of a frame is like the one before.

export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(element: Element, name: string, value: string | number | undefined): void {
  if (value === undefined) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== `${value}`) element.setAttribute(name, `${value}`);
}

export function setClass(element: Element, name: string, isThere: boolean): void {
  if (element.classList.contains(name) !== isThere) element.classList.toggle(name, isThere);
}

export function setHidden(element: HTMLElement | SVGElement, isHidden: boolean): void {
  if (element.hasAttribute('hidden') !== isHidden) element.toggleAttribute('hidden', isHidden);
}

export function setStyle(element: HTMLElement | SVGElement, name: string, value: string): void {
  if (element.style.getPropertyValue(name) !== value) element.style.setProperty(name, value);
}

/** Rows that are made once and used again: `count` of them are shown. */
export class Pool<T extends { readonly element: HTMLElement | SVGElement }> {
  readonly #parent: Element;
  readonly #make: () => T;
  readonly #all: T[] = [];

  constructor(parent: Element, make: () => T) {
    this.#parent = parent;
    this.#make = make;
  }

  take(count: number): readonly T[] {
    while (this.#all.length < count) {
      const made = this.#make();
      this.#all.push(made);
      this.#parent.append(made.element);
    }
    this.#all.forEach((item, i) => {
      setHidden(item.element, i >= count);
    });
    return this.#all.slice(0, count);
  }
}

/** Calls with the size of an element, now and whenever it changes. */
export function onResize(element: Element, call: (width: number, height: number) => void): void {
  new ResizeObserver(([entry]) => {
    if (entry) call(entry.contentRect.width, entry.contentRect.height);
  }).observe(element);
}

export function prefersReducedMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

function filled<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : `${value}`);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}
