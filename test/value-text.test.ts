import { expect, test } from 'vitest';
import { valueText } from '../src/value-text.ts';
import { INT64_MAX, INT64_MIN, type Value, WholeFloat } from '../src/wal/value.ts';

test.each<[value: Value, text: string]>([
  ['a "b" \\ \n \0 é 😀', String.raw`"a \"b\" \\ \n \u0000 é 😀"`],
  ['', '""'],
  [true, 'true'],
  [false, 'false'],
  [0, '0'],
  [-7, '-7'],
  [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  [9007199254740993n, '9007199254740993'],
  [INT64_MIN, '-9223372036854775808'],
  [INT64_MAX, '9223372036854775807'],
  [1.5, '1.5'],
  [1.5e-7, '1.5e-7'],
  [5e-324, '5e-324'],
  [new WholeFloat(2), '2.0'],
  [new WholeFloat(0), '0.0'],
  [new WholeFloat(-0), '-0.0'],
  [new WholeFloat(-3), '-3.0'],
  [new WholeFloat(2 ** 53), '9007199254740992.0'],
  [new WholeFloat(1e20), '100000000000000000000.0'],
  [new WholeFloat(1e21), '1e+21'],
  [new WholeFloat(1e300), '1e+300'],
  [[], '[]'],
  [[1], '[1]'],
  [[1, new WholeFloat(2), 9007199254740993n, 0.5], '[1,2.0,9007199254740993,0.5]'],
])('D12 %o prints as %s', (value, text) => {
  expect(valueText(value)).toBe(text);
});
