/** Roughly the bytes that a value takes: enough to bound what is under way between threads. */
import type { Value } from '../../wal/value.ts';

/** Of anything, besides its characters or numbers. */
const OVERHEAD = 16;

export function sizeOf(value: Value): number {
  if (typeof value === 'string') return OVERHEAD + value.length;
  return OVERHEAD + (Array.isArray(value) ? 8 * value.length : 8);
}
