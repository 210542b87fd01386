import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { diagramPages } from '../scripts/support/diagram-pages.ts';

const directory = new URL('../docs/state-diagrams/', import.meta.url);

test('the pages of docs/state-diagrams are those that the machines give (npm run diagrams)', () => {
  const pages = diagramPages();
  expect(readdirSync(directory).toSorted()).toEqual(pages.map(([file]) => file).toSorted());
  for (const [file, text] of pages) expect(readFileSync(new URL(file, directory), 'utf8')).toBe(text);
});
