/** Questions about how a page looks, put to the browser that laid it out. What runs in the page is text: its types are not ours. */
import type { Page } from 'playwright-core';

/** What is wider than the window, and would have to be scrolled sideways. */
export function wantOfRoom(page: Page): Promise<string[]> {
  return page.evaluate(`[document.documentElement, document.querySelector('main')]
    .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
    .map(({ tagName, scrollWidth, clientWidth }) => tagName + ': ' + scrollWidth + ' in ' + clientWidth)`);
}

/** Buttons and headings whose text does not fit, but for those that end it in dots and have it whole in a title. */
export function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('button, h1, h2, h3, label, summary')]
    .filter((element) => element.checkVisibility() && !element.classList.contains('visually-hidden'))
    .filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      const hasDots = getComputedStyle(element).textOverflow === 'ellipsis';
      return (!hasDots && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
        || element.scrollHeight > element.clientHeight + 2 && element.clientHeight > 0
        || left < -1 || right > innerWidth + 1;
    })
    .map((element) => element.tagName + ' ' + (element.ariaLabel ?? element.textContent).slice(0, 40))`);
}

const CONTROLS = new Set([
  ...['button', 'link', 'textbox', 'searchbox', 'spinbutton', 'combobox', 'slider', 'checkbox', 'tab', 'dialog'],
]);

/** As a screen reader would be told of them. */
export async function namelessControls(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  const controls = nodes.filter(({ ignored, role }) => !ignored && CONTROLS.has(String(role?.value)));
  if (controls.length === 0) throw new Error('the page has no controls at all');
  return controls.filter(({ name }) => !name?.value).map(({ role, nodeId }) => `${role?.value} ${nodeId}`);
}

export interface Contrast {
  readonly ink: string;
  readonly ground: string;
  readonly contrast: number;
}

const INKS = ['ink', 'soft', 'muted', 'committed', 'stale', 'in-flight', 'failed', 'refused', 'under-way'];
const GROUNDS = ['paper', 'panel', 'sunken', 'raised'];

/** Of each colour of text in the style sheet on each of its grounds, as the browser works them out. */
export async function contrastsOf(page: Page): Promise<Contrast[]> {
  const names = INKS.map((name) => (['ink', 'soft', 'muted'].includes(name) ? name : `${name}-ink`));
  const colors = new Map<string, readonly number[]>();
  for (const name of [...names, ...GROUNDS]) colors.set(name, await colorOf(page, name));
  return names.flatMap((ink) =>
    GROUNDS.map((ground) => ({ ink, ground, contrast: contrast(colors.get(ink)!, colors.get(ground)!) })),
  );
}

/** Of a variable of the style sheet, from 0 to 1. */
async function colorOf(page: Page, name: string): Promise<number[]> {
  const text: string = await page.evaluate(`(() => {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = 'var(--${name})';
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  })()`);
  const parts = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(text);
  if (!parts) throw new Error(`--${name} is ${text}, which is no opaque colour`);
  return parts.slice(1).map((part) => Number(part) / 255);
}

/** As WCAG 2 defines it: from 1, the same, to 21, black on white. */
function contrast(a: readonly number[], b: readonly number[]): number {
  const [dark, light] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance(color: readonly number[]): number {
  const [red, green, blue] = color.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
