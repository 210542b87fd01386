/** The order of keys: by their UTF-8 bytes, which is the order of their code points. */

/**
 * Negative, zero or positive as `a` sorts before, with or after `b`. JavaScript compares UTF-16 units, and there the
 * surrogates (U+D800 to U+DFFF), which stand for code points from U+10000 on, come before U+E000 to U+FFFF: so where two
 * units differ and both are that high, the surrogate is the larger one.
 */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const unitA = a.charCodeAt(at);
    const unitB = b.charCodeAt(at);
    if (unitA !== unitB) return rank(unitA) - rank(unitB);
  }
  return a.length - b.length;
}

/** A key where it lies in a record: the UTF-8 of `bytes` from `keyStart` to `keyEnd`. */
export interface KeySlice {
  readonly bytes: Buffer;
  readonly keyStart: number;
  readonly keyEnd: number;
}

/** The same order, of keys that are not made strings of. */
export function compareKeyBytes(a: KeySlice, b: KeySlice): number {
  const { bytes: bytesA, keyStart: startA } = a;
  const { bytes: bytesB, keyStart: startB } = b;
  const lengthA = a.keyEnd - startA;
  const lengthB = b.keyEnd - startB;
  const length = Math.min(lengthA, lengthB);
  for (let at = 0; at < length; at += 1) {
    const difference = bytesA[startA + at]! - bytesB[startB + at]!;
    if (difference !== 0) return difference;
  }
  return lengthA - lengthB;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
