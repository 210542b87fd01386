import { expect, test } from 'vitest';
import { KiB } from '../src/config/kinds.ts';
import { mustLoad, refusal, yaml } from './support/load-config.ts';

test.each([
  ['maxBlocks: 1\nmaxBlocks: 2\n', 'concave.yaml line 2: Map keys must be unique'],
  ['maxBlocks: &a 1\nmaxKeys: *a\n', 'concave.yaml line 2: aliases are not allowed'],
  ['- maxBlocks\n', 'concave.yaml line 1: allowed is a mapping of settings to values'],
  ['maxBlocks', 'concave.yaml line 1: allowed is a mapping of settings to values'],
  ['maxBlocks: true', 'maxBlocks (concave.yaml line 1): given true, allowed is an integer from 1 to 1000'],
  ['maxBlocks:', 'maxBlocks (concave.yaml line 1): given nothing, allowed is an integer from 1 to 1000'],
  [
    'maxBlocks: [1]',
    'maxBlocks (concave.yaml line 1): given a list of this kind, allowed is an integer from 1 to 1000',
  ],
  ['dataDir: [a]', 'dataDir (concave.yaml line 1): given a list of this kind, allowed is a path'],
  ['maxBlocks: 1.0', 'maxBlocks (concave.yaml line 1): given "1.0", allowed is an integer from 1 to 1000'],
  ['maxBlocks: {a: 1}', 'maxBlocks (concave.yaml line 1): given a mapping, allowed is an integer from 1 to 1000'],
  ['token: abc', 'concave.yaml line 1: the token is not taken from this file; use tokenFile'],
])('%j', (text, message) => {
  expect(refusal(yaml(text))).toBe(message);
});

test.each([
  ['two documents', 'maxBlocks: 1\n---\nmaxBlocks: 1\n'],
  ['no YAML', 'maxBlocks: [1'],
  ['an unknown tag', 'maxBlocks: !x 1'],
  ['a list of lists', 'hosts: [[a]]'],
  ['a list of numbers', 'hosts: [1]'],
  ['a mapping as key', '{a: b}: 1'],
  ['aliases that grow', `a: &a [1]\nb: &b [*a, *a]\nc: [*b, *b]`],
  ['nested beyond the stack', '['.repeat(60_000)],
  ['large', `# ${'x'.repeat(64 * KiB)}`],
])('%s is refused', (_, text) => {
  expect(refusal(yaml(text))).toContain('concave.yaml');
});

test('an IPv6 address needs quotes', () => {
  expect(mustLoad(yaml('listen: "[::1]:0"')).config.listen).toEqual({ host: '::1', port: 0 });
  expect(refusal(yaml('listen: [::1]:0'))).toContain('concave.yaml line 1');
});

test('an empty file, or one of comments, sets nothing', () => {
  const { sources } = mustLoad();
  expect(mustLoad(yaml('')).sources).toEqual(sources);
  expect(mustLoad(yaml('# maxBlocks: 1\n')).sources).toEqual(sources);
});
