/** What a key can hold, and the rule by which a number keeps its type. */

export type Value = string | boolean | NumberValue | readonly NumberValue[];

/**
 * Every number has exactly one form, so two values are equal exactly when their forms are:
 * - an integer within ±(2^53 − 1) is a `number` without fraction, never −0;
 * - any other int64 is a `bigint`;
 * - a float with a fraction (1.5) is a `number`;
 * - a float without one (2.0, −0.0, 1e300) is a `WholeFloat`, which keeps it apart from the integer.
 */
export type NumberValue = number | bigint | WholeFloat;

/** A float whose value has no fraction: JavaScript alone could not tell 2.0 from 2. */
export class WholeFloat {
  readonly float: number;
  constructor(float: number) {
    this.float = float;
  }
}

export const INT64_MIN = -(2n ** 63n);
export const INT64_MAX = 2n ** 63n - 1n;

/** The form of a finite double that is a float. */
export function floatValue(float: number): NumberValue {
  return Number.isInteger(float) ? new WholeFloat(float) : float;
}

/** The form of an int64. */
export function integerValue(integer: bigint): NumberValue {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer;
}
