/** A page with prose of its own, in which the bench writes what stands between its markers and nothing else. */

/** Puts `text` between the markers of `name`. Throws where the page does not have them. */
export function withRegion(page: string, name: string, text: string): string {
  const [before, rest] = cut(page, marker(name, 'begin'));
  const [, after] = cut(rest, marker(name, 'end'));
  return `${before}${marker(name, 'begin')}\n\n${text}\n\n${marker(name, 'end')}${after}`;
}

export function hasRegion(page: string, name: string): boolean {
  return page.includes(marker(name, 'begin')) && page.includes(marker(name, 'end'));
}

function marker(name: string, end: 'begin' | 'end'): string {
  return `<!-- Written by npm run bench: ${end} ${name} -->`;
}

function cut(text: string, marker: string): [before: string, after: string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`the page has no line "${marker}"`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}
