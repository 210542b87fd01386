import { expect, test } from 'vitest';
import { type ProofRow, withRows } from '../../scripts/support/proof-table.ts';

const row = (name: string, units: number): ProofRow => ({
  name,
  units,
  figures: { operations: 12345, violations: 0 },
  workMs: 61_400,
  command: `npm run prove -- --only "${name}"`,
  commit: 'abc',
  date: '2026-01-02',
});

const PAGE = 'before\n<!-- Written by npm run prove: begin -->\n<!-- Written by npm run prove: end -->\nbehind\n';

test('a proof gets a row with its figures, its units and the command that makes it', () => {
  const lines = withRows(PAGE, [row('kills', 1000)]).split('\n');
  expect(lines).toHaveLength(PAGE.split('\n').length + 3);
  expect(lines[4]).toBe(
    '| kills | 0 to 999 | 12,345 operations, 0 violations | 61 s | `npm run prove -- --only "kills"` | abc | 2026-01-02 |',
  );
  expect([lines[0], lines.at(-2)]).toEqual(['before', 'behind']);
});

test('a proof that is run again replaces its own row and leaves the others', () => {
  const page = withRows(withRows(PAGE, [row('kills', 1000), row('kills, and more', 1)]), [row('kills', 2000)]);
  expect(page).toContain('| kills | 0 to 1,999 |');
  expect(page).not.toContain('0 to 999');
  expect(page).toContain('| kills, and more | 0 |');
  expect(withRows(page, [])).toBe(page);
});

test('a page without the markers is refused', () => {
  expect(() => withRows('text', [])).toThrow('has no line "<!-- Written by npm run prove: begin -->"');
});
