/** Reading many keys at one moment, where a short list of keys may ask for very much. */
import type { StoredValue } from './outcome.ts';
import type { Value } from './wal/value.ts';

/** In the order of the keys, and ending early once what there is takes `textBytesMax` or more as JSON. */
export function readMany(
  get: (key: string) => StoredValue | undefined,
  keys: readonly string[],
  textBytesMax: number,
): readonly (StoredValue | undefined)[] {
  const read: (StoredValue | undefined)[] = [];
  let bytes = 0;
  for (const key of keys) {
    if (bytes >= textBytesMax) break;
    const stored = get(key);
    read.push(stored);
    if (stored !== undefined) bytes += key.length + textBytesMin(stored.value);
  }
  return read;
}

/** No text of the value is shorter. */
function textBytesMin(value: Value): number {
  if (typeof value === 'string') return value.length + 2;
  return Array.isArray(value) ? 2 * value.length + 1 : 1;
}
