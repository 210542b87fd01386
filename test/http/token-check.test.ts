import { expect, test } from 'vitest';
import { TokenCheck } from '../../src/http/token-check.ts';

const check = new TokenCheck('secret');

test.each(['Bearer secret', 'bearer secret'])('%j is allowed', (authorization) => {
  expect(check.allows(authorization)).toBe(true);
});

// Both sides are hashed: a comparison in constant time of the tokens themselves would throw where their lengths differ.
test.each([
  undefined,
  '',
  'Bearer',
  'Bearer ',
  'Bearer s',
  'Bearer secrets',
  `Bearer ${'x'.repeat(10_000)}`,
  'Bearer é',
])('N11 %j is not allowed, whatever its length', (authorization) => {
  expect(check.allows(authorization)).toBe(false);
});

test('an empty token is none that could be asked for', () => {
  expect(() => new TokenCheck('')).toThrow(RangeError);
});
