/** Frames into batches and batches into frames. A batch is void as a whole: one bad frame and none of it counts. */
import {
  BATCH_HEAD_BYTES,
  type BatchHead,
  batchExtent,
  FRAME_HEAD_BYTES,
  readFrameLength,
  writeBatchHead,
  writeFrameHead,
} from './format.ts';

/** Bytes that these payloads take behind the batch head. */
export function payloadBytesOf(payloads: readonly Buffer[]): number {
  let bytes = 0;
  for (const payload of payloads) bytes += FRAME_HEAD_BYTES + payload.length;
  return bytes;
}

export interface BatchPlace {
  readonly seed: number;
  /** Where in its block the batch will lie. */
  readonly fileOffset: number;
}

/**
 * Lays out a batch at the start of `into`, which must have room for its extent, and returns the extent. Every byte up to
 * there is written, so nothing that `into` held before reaches the disk.
 */
export function encodeBatch(
  into: Buffer,
  payloads: readonly Buffer[],
  seqs: Pick<BatchHead, 'firstSeq' | 'durableSeq'>,
  { seed, fileOffset }: BatchPlace,
): number {
  let at = BATCH_HEAD_BYTES;
  for (const payload of payloads) {
    payload.copy(into, at + FRAME_HEAD_BYTES);
    writeFrameHead(into, at, payload.length, seed);
    at += FRAME_HEAD_BYTES + payload.length;
  }
  const payloadBytes = at - BATCH_HEAD_BYTES;
  writeBatchHead(into, 0, { payloadBytes, txCount: payloads.length, ...seqs }, seed, fileOffset);
  const extent = batchExtent(payloadBytes);
  into.fill(0, at, extent);
  return extent;
}

/**
 * The payloads of the batch whose valid head lies at `at`, as views into `from`; `undefined` if any frame is bad. Whether
 * there are as many as the head says is for the caller to check: no torn write explains good frames of another number.
 */
export function decodeFrames(from: Buffer, at: number, head: BatchHead, seed: number): Buffer[] | undefined {
  const end = at + BATCH_HEAD_BYTES + head.payloadBytes;
  const payloads: Buffer[] = [];
  let frame = at + BATCH_HEAD_BYTES;
  while (frame < end) {
    const length = readFrameLength(from, frame, end, seed);
    if (length === 0) return undefined;
    payloads.push(from.subarray(frame + FRAME_HEAD_BYTES, frame + FRAME_HEAD_BYTES + length));
    frame += FRAME_HEAD_BYTES + length;
  }
  return payloads;
}
