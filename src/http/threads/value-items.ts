/**
 * Values as items. All but two kinds are one item, themselves:
 *     value  := string | boolean | number | array
 *     number := a JavaScript number | bigint | null float           null: the float that follows has no fraction (2.0, -0.0)
 *     array  := undefined length number[length]
 */
import { invariant } from '../../invariant.ts';
import { type NumberValue, type Value, WholeFloat } from '../../wal/value.ts';
import type { Item, ItemReader } from './items.ts';

export function writeValue(items: Item[], value: Value): void {
  if (!isArray(value)) {
    writeSingle(items, value);
    return;
  }
  items.push(undefined, value.length);
  for (const number of value) writeSingle(items, number);
}

export function readValue(reader: ItemReader): Value {
  const item = reader.next();
  if (item === null) return new WholeFloat(reader.number());
  if (item !== undefined) return item;
  const length = reader.number();
  const array: NumberValue[] = [];
  while (array.length < length) array.push(readNumber(reader));
  return array;
}

function writeSingle(items: Item[], value: string | boolean | NumberValue): void {
  if (typeof value === 'object') items.push(null, value.float);
  else items.push(value);
}

function readNumber(reader: ItemReader): NumberValue {
  const item = reader.next();
  if (item === null) return new WholeFloat(reader.number());
  invariant(typeof item === 'number' || typeof item === 'bigint', () => `an array has ${typeof item}`);
  return item;
}

function isArray(value: Value): value is readonly NumberValue[] {
  return Array.isArray(value);
}
