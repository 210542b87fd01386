/**
 * The text that stands for a value and its kind in a history. Two values have the same text exactly when they are the same:
 *
 *     s:text   i:9007199254740993   f:2.0   f:-0.0   b:true   [i:1,f:2.5]
 */
import type { NumberValue, Value } from '../../src/wal/value.ts';

export function valueText(value: Value): string {
  if (typeof value === 'string') return textText(value);
  if (typeof value === 'boolean') return booleanText(value);
  return isArray(value) ? arrayText(value.map(numberText)) : numberText(value);
}

export function textText(text: string): string {
  return `s:${text}`;
}

export function booleanText(boolean: boolean): string {
  return `b:${boolean}`;
}

export function integerText(integer: bigint | number): string {
  return `i:${integer}`;
}

/** With a fraction also where it is zero, so that nobody takes it for an integer. */
export function floatText(float: number): string {
  const digits = Object.is(float, -0) ? '-0' : String(float);
  return /^-?[0-9]+$/.test(digits) ? `f:${digits}.0` : `f:${digits}`;
}

export function arrayText(numbers: readonly string[]): string {
  return `[${numbers.join(',')}]`;
}

function numberText(value: NumberValue): string {
  if (typeof value === 'object') return floatText(value.float);
  return typeof value === 'number' && !Number.isInteger(value) ? floatText(value) : integerText(value);
}

function isArray(value: Value): value is readonly NumberValue[] {
  return Array.isArray(value);
}
