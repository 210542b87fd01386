import fc from 'fast-check';
import { expect, test } from 'vitest';
import { floatValue, INT64_MAX, INT64_MIN, integerValue, WholeFloat } from '../../src/wal/value.ts';
import { holds } from './support/property.ts';

test('an integer is a number up to 2^53 - 1 and a bigint from there on, either way', () => {
  const limit = 2n ** 53n;
  expect([limit - 1n, limit, limit + 1n].map(integerValue)).toEqual([2 ** 53 - 1, limit, limit + 1n]);
  expect([1n - limit, -limit, -limit - 1n].map(integerValue)).toEqual([1 - 2 ** 53, -limit, -limit - 1n]);
  expect([INT64_MIN, INT64_MAX].map(integerValue)).toEqual([INT64_MIN, INT64_MAX]);
  expect(integerValue(0n)).toBe(0);
  holds([fc.bigInt(INT64_MIN, INT64_MAX)], (integer) => expect(BigInt(integerValue(integer) as number)).toBe(integer));
});

test('a float keeps that it is one, also without a fraction', () => {
  expect(floatValue(1.5)).toBe(1.5);
  for (const whole of [0, -0, 2, 1e300, -(2 ** 53)]) {
    const value = floatValue(whole) as WholeFloat;
    expect(value).toBeInstanceOf(WholeFloat);
    expect(Object.is(value.float, whole)).toBe(true);
  }
});

test('values of different kinds are never equal', () => {
  expect(floatValue(2)).not.toEqual(integerValue(2n));
  expect(floatValue(-0)).not.toEqual(floatValue(0));
});

test('the limits are those of a signed integer of 64 bits', () => {
  expect(INT64_MIN).toBe(-9223372036854775808n);
  expect(INT64_MAX).toBe(9223372036854775807n);
});
