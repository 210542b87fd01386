import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

const rows = [...read('docs/faults.md').matchAll(/^\| ([SDN]\d+) \| .* \| (.*) \|$/gm)].map(([, id, files]) => ({
  id: id!,
  files: [...files!.matchAll(/`([^`]+)`/g)].map(([, file]) => `test/${file}`),
}));

const upTo = (letter: string, count: number) => Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);

test('docs/faults.md has every row, and each file that it names says which row it shows', () => {
  expect(rows.map(({ id }) => id)).toEqual([...upTo('S', 35), ...upTo('D', 19), ...upTo('N', 15)]);
  for (const { id, files } of rows) {
    expect(files.length, id).toBeGreaterThan(0);
    for (const file of files) expect(read(file), `${file} on ${id}`).toMatch(new RegExp(`['"\`].*\\b${id}\\b`));
  }
});
