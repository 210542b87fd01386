import { expect, test } from 'vitest';
import { BATCH_BYTES_MAX } from '../../src/wal/format.ts';
import { tailVerdict } from '../../src/wal/tail-verdict.ts';

/** The verdict on an end at 8192 whose batch says that it takes `extent`, with bytes that are not zero up to `tailEnd`. */
function verdict(extent: number | undefined, tailEnd: number, proof?: { offset: number; what: string; seq: number }) {
  const tailProof = proof && { offset: proof.offset, what: proof.what, durableSeq: proof.seq };
  return tailVerdict({ kind: 'unsealed', offset: 8192, extent }, { proof: tailProof, end: tailEnd });
}

test('nothing but zeros behind the last batch is a clean end', () => {
  expect(verdict(undefined, 8192)).toEqual({ kind: 'clean' });
});

test('bytes inside what the bad batch says of its length are a torn tail', () => {
  expect(verdict(4096, 8193)).toEqual({ kind: 'torn', bytes: 1 });
  expect(verdict(4096, 8192 + 4096)).toEqual({ kind: 'torn', bytes: 4096 });
});

test('one byte more is damage', () => {
  expect(verdict(4096, 8192 + 4097)).toEqual({
    kind: 'damage',
    what: 'a bad batch and 4097 bytes behind its start, more than the 4096 that it can have',
    durableSeq: undefined,
  });
});

test('without a head, bytes up to the largest batch are a torn tail, and one more is damage', () => {
  expect(verdict(undefined, 8192 + BATCH_BYTES_MAX)).toEqual({ kind: 'torn', bytes: 16 * 1024 * 1024 });
  expect(verdict(undefined, 8192 + BATCH_BYTES_MAX + 1)).toMatchObject({ kind: 'damage', durableSeq: undefined });
});

test.each(['batch', 'mark', 'footer'])(
  'a valid %s behind a bad batch proves it durable, however few its bytes',
  (what) => {
    expect(verdict(4096, 12289, { offset: 12288, what, seq: 9 })).toEqual({
      kind: 'damage',
      what: `a bad batch, and a valid ${what} behind it at offset 12288 proves that it was durable`,
      durableSeq: 9,
    });
  },
);
