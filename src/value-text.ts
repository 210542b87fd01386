/** How a value is written in JSON, so that reading it gives the same value of the same type. */
import { type NumberValue, type Value, WholeFloat } from './wal/value.ts';

export function valueText(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (!isArray(value)) return numberText(value);
  let text = '[';
  for (let at = 0; at < value.length; at++) {
    if (at > 0) text += ',';
    text += numberText(value[at]!);
  }
  return `${text}]`;
}

/** An integer has neither fraction nor exponent, a float always has one of them. */
export function numberText(number: NumberValue): string {
  return number instanceof WholeFloat ? wholeFloatText(number.float) : String(number);
}

/** JavaScript writes 1e21 with an exponent, so that it stays a float; 1e20 and below it writes like an integer. */
function wholeFloatText(float: number): string {
  if (Object.is(float, -0)) return '-0.0';
  const text = String(float);
  return text.includes('e') ? text : `${text}.0`;
}

function isArray(value: Value): value is readonly NumberValue[] {
  return Array.isArray(value);
}
