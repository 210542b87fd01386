/** What the bytes behind the last valid batch of the newest block mean: nothing, a torn tail, or damage. */
import type { BlockEnd, Tail } from './block-reader.ts';
import { BATCH_BYTES_MAX } from './format.ts';

export type TailVerdict =
  | { readonly kind: 'clean' }
  /** What a crash left of the last batch, of which nobody was told: `bytes` of it. */
  | { readonly kind: 'torn'; readonly bytes: number }
  | { readonly kind: 'damage'; readonly what: string; readonly durableSeq: number | undefined };

/**
 * A batch is only begun when the one before is durable, so at most the last one can be torn, and nothing lies behind it.
 * Whatever else is found is damage to something that somebody may have been told of.
 */
export function tailVerdict(end: BlockEnd & { kind: 'unsealed' }, tail: Tail): TailVerdict {
  const { proof } = tail;
  if (proof) {
    const what = `a bad batch, and a valid ${proof.what} behind it at offset ${proof.offset} proves that it was durable`;
    return { kind: 'damage', what, durableSeq: proof.durableSeq };
  }
  const bytes = tail.end - end.offset;
  if (bytes === 0) return { kind: 'clean' };
  const bytesMax = end.extent ?? BATCH_BYTES_MAX;
  if (bytes > bytesMax) {
    const what = `a bad batch and ${bytes} bytes behind its start, more than the ${bytesMax} that it can have`;
    return { kind: 'damage', what, durableSeq: undefined };
  }
  return { kind: 'torn', bytes };
}
