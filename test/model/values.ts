/** Keys and values for the model runs: few keys, so that puts meet, and every kind of value with its edges. */
import fc from 'fast-check';
import { INT64_MAX, INT64_MIN, type NumberValue, type Value, WholeFloat } from '../../src/wal/value.ts';

/** `é` in one character and in two: the same to the eye, and two keys to the store. */
const NFC = '\u00e9';
const NFD = 'e\u0301';

/** The first few come up in most puts. */
export const KEYS: readonly string[] = [
  '__proto__',
  NFC,
  NFD,
  'constructor',
  'toString',
  'a',
  'b',
  '\u0000',
  'line\nfeed\u0007\u2028',
  '\u{1f980}\u{10ffff}',
  'ﬃ \uffff',
  'k'.repeat(1024),
];

export const key: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...KEYS.slice(0, 3)) },
  { weight: 1, arbitrary: fc.constantFrom(...KEYS) },
);

const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('', ...KEYS),
  fc.string({ unit: 'binary', maxLength: 12 }).filter((string) => string.isWellFormed()),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);

const integer: fc.Arbitrary<NumberValue> = fc
  .oneof(
    fc.constantFrom(0n, 2n, -1n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, INT64_MIN, INT64_MAX),
    fc.bigInt({ min: INT64_MIN, max: INT64_MAX }),
  )
  .map(integerForm);

const float: fc.Arbitrary<NumberValue> = fc
  .oneof(
    fc.constantFrom(0, -0, 2, -2, 0.1, 1e20, 1e21, 1e308, 5e-324, -Number.MAX_VALUE, 2 ** 53, 2 ** 63),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  )
  .map(floatForm);

/** The forms that numbers have in memory, said once more: what makes them in the store is under test. */
export function integerForm(integer: bigint): NumberValue {
  return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer;
}

export function floatForm(float: number): NumberValue {
  return Number.isInteger(float) ? new WholeFloat(float) : float;
}

const number = fc.oneof(integer, float);

export const value: fc.Arbitrary<Value> = fc.oneof(
  text,
  integer,
  float,
  fc.boolean(),
  fc.array(number, { maxLength: 5 }),
  fc.constant<Value>([]),
);
