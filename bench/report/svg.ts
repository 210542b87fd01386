/** Pieces of SVG that all plots share. Colours are such that they can be read on white and on black. */
import { escaped } from '../../scripts/support/xml.ts';

export const INK = '#767b82';
export const GRID = '#8b90974d';
export const COLOURS = ['#3b82c4', '#d9822b', '#3a9a5b', '#a25bb5', '#c0504d'] as const;

const FONT_PX = 13;

export type Anchor = 'start' | 'middle' | 'end';

export function document(width: number, height: number, title: string, body: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="${FONT_PX}">`,
    `<title>${escaped(title)}</title>`,
    ...body,
    '</svg>\n',
  ].join('\n');
}

export function text(x: number, y: number, words: string, { anchor = 'start' as Anchor, isBold = false } = {}): string {
  const weight = isBold ? ' font-weight="600"' : '';
  return `<text x="${short(x)}" y="${short(y)}" fill="${INK}" text-anchor="${anchor}"${weight}>${escaped(words)}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, colour: string, width = 1): string {
  const [from, to] = [`x1="${short(x1)}" y1="${short(y1)}"`, `x2="${short(x2)}" y2="${short(y2)}"`];
  return `<line ${from} ${to} stroke="${colour}" stroke-width="${width}"/>`;
}

export function short(coordinate: number): number {
  return Math.round(coordinate * 10) / 10;
}
