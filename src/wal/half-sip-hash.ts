/**
 * HalfSipHash-1-3 with an output of 32 bits: a hash for tables whose keys are sent by strangers. Whoever does not know the two
 * secret words `key0` and `key1` (32 bits each) cannot find keys that meet in the table. It is SipHash on words of 32 bits,
 * which are what JavaScript has. After J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF" (2012), and
 * `halfsiphash.c` at github.com/veorq/SipHash; one round a word and three at the end are what Linux takes for its tables.
 */
export function halfSipHash(key0: number, key1: number, bytes: Uint8Array, start: number, end: number): number {
  let v0 = key0;
  let v1 = key1;
  let v2 = 0x6c796765 ^ key0;
  let v3 = 0x74656462 ^ key1;
  const wordsEnd = start + ((end - start) & ~3);
  for (let at = start; at < wordsEnd; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    v3 ^= word;
    // The round stands here twice: with one loop for both, the hash takes twice as long.
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  let last = (end - start) << 24;
  for (let at = wordsEnd; at < end; at += 1) last |= bytes[at]! << (8 * (at - wordsEnd));
  v3 ^= last;
  for (let round = 0; round < 4; round += 1) {
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    if (round > 0) continue;
    v0 ^= last;
    v2 ^= 0xff;
  }
  return v1 ^ v3;
}
