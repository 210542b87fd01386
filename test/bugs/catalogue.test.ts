import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { plantedBugs } from './catalogue.ts';
import { edited } from './planted-bug.ts';

const root = path.join(import.meta.dirname, '../..');

describe('planted bugs', () => {
  test.each(plantedBugs.map((bug) => [bug.name, bug] as const))('%s still applies', (_, { edits, detectors }) => {
    for (const edit of edits) {
      const source = readFileSync(path.join(root, edit.file), 'utf8');
      expect(edited(source, edit)).not.toBe(source);
    }
    for (const file of detectors) expect(existsSync(path.join(root, file)), file).toBe(true);
  });

  test('each has another name', () => {
    expect(new Set(plantedBugs.map(({ name }) => name)).size).toBe(plantedBugs.length);
  });

  test('an edit that matches nothing, or more than one place, is refused', () => {
    const edit = { file: 'x.ts', find: 'ab', replace: 'c' };
    expect(edited('xaby', edit)).toBe('xcy');
    expect(() => edited('xy', edit)).toThrow('no longer applies to x.ts: the text is not there');
    expect(() => edited('abab', edit)).toThrow('is there more than once');
    expect(() => edited('aaa', { ...edit, find: 'aa' })).toThrow('is there more than once');
  });
});
