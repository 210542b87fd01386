/** Draws a tree of calls: each as wide as the time it took, with what it called below. Widest first, so that two can be compared. */
import type { Call, Owner } from './cpu-profile.ts';
import { escaped } from './xml.ts';

const WIDTH = 1200;
const ROW = 17;
const MARGIN = 10;
const TITLE = 46;
/** Narrower ones are left out. */
const SHARE_MIN = 0.0015;
const CHARACTER = 6.2;

const fills: Readonly<Record<Owner, string>> = {
  concave: '#f4a259',
  fastify: '#8cb369',
  xstate: '#b8a1d9',
  node: '#9ec5e8',
  native: '#d0cfc9',
};
const labels: Readonly<Record<Owner, string>> = {
  concave: 'concave',
  fastify: 'Fastify and its router',
  xstate: 'XState',
  node: 'Node',
  native: 'V8, collection, calls of the system',
};

export function flameGraph(root: Call, title: string): string {
  const rows: string[] = [];
  const depth = draw(rows, root, root.total, MARGIN, 0);
  const height = TITLE + (depth + 1) * ROW + MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="ui-monospace, monospace" font-size="10.5">
<title>${escaped(title)}</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="${MARGIN}" y="17" font-size="13" font-weight="bold">${escaped(title)}</text>
${legend()}
${rows.join('\n')}
</svg>
`;
}

/** Returns how many rows down it went. */
function draw(rows: string[], call: Call, all: number, x: number, row: number): number {
  const share = call.total / all;
  const width = share * (WIDTH - 2 * MARGIN);
  const y = TITLE + row * ROW;
  const percent = `${(share * 100).toFixed(1)} %`;
  const room = Math.floor((width - 4) / CHARACTER);
  const label = width > 150 ? `${call.name} ${percent}` : call.name;
  const text = room < 4 ? '' : escaped(label.length <= room ? label : `${label.slice(0, room - 1)}…`);
  rows.push(
    `<g><title>${escaped(call.name)}: ${percent}</title><rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(0.5, width - 0.5).toFixed(1)}" height="${ROW - 1}" fill="${fills[call.owner]}"/>${text && `<text x="${(x + 3).toFixed(1)}" y="${y + 12}">${text}</text>`}</g>`,
  );
  let deepest = row;
  let at = x;
  for (const child of [...call.calls.values()].toSorted((a, b) => b.total - a.total)) {
    if (child.total / all < SHARE_MIN) continue;
    deepest = Math.max(deepest, draw(rows, child, all, at, row + 1));
    at += (child.total / all) * (WIDTH - 2 * MARGIN);
  }
  return deepest;
}

function legend(): string {
  let x = MARGIN;
  return (Object.keys(fills) as Owner[])
    .map((owner) => {
      const at = x;
      x += labels[owner].length * CHARACTER + 34;
      return `<rect x="${at}" y="26" width="11" height="11" fill="${fills[owner]}"/><text x="${at + 16}" y="35">${labels[owner]}</text>`;
    })
    .join('');
}
