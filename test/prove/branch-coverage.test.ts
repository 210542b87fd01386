import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { differences } from './branch-coverage.ts';
import { untakenBranches } from './untaken-branches.ts';

const branch = { file: 'src/wal/x.ts', line: 'if (a) b();', branch: 'if 1' };

test('a branch that is not taken must be listed, and one that is listed must not be taken', () => {
  const listed = { ...branch, why: 'a reason' };
  expect(differences([branch], [listed])).toEqual([]);
  expect(differences([branch], [])).toEqual(['never taken, and not listed: src/wal/x.ts: if 1 of: if (a) b();']);
  expect(differences([], [listed])).toEqual(['listed, and taken or gone: src/wal/x.ts: if 1 of: if (a) b();']);
});

test.each(untakenBranches)('the listed line is still in $file: $line', ({ file, line }) => {
  const source = readFileSync(path.join(import.meta.dirname, '../..', file), 'utf8');
  expect(source.split('\n').map((text) => text.trim())).toContain(line);
});
