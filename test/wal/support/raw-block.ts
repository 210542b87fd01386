/** Block files laid out by hand, for what the block writer would never write. Every checksum in them is good. */
import { createHash } from 'node:crypto';
import { encodeBatch } from '../../../src/wal/batch-codec.ts';
import { type BlockName, isLogBlock } from '../../../src/wal/block-name.ts';
import {
  type BatchHead,
  type BlockFooter,
  blockSeed,
  CHAIN_START,
  type ChainLink,
  encodeFooter,
  encodeHeader,
  PAGE_BYTES,
  readBatchHead,
  writeBatchHead,
} from '../../../src/wal/format.ts';
import { encodeTx, setSeq, type TxWrite } from '../../../src/wal/tx-codec.ts';

export interface RawBatch {
  readonly payloads: readonly Buffer[];
  /** What the head says, where that is not what follows from the batches before it. */
  readonly head?: Partial<BatchHead>;
}

export interface RawBlock {
  readonly name: BlockName;
  readonly uuid: Uint8Array;
  readonly batches: readonly RawBatch[];
  readonly firstSeq?: number;
  readonly previous?: ChainLink;
  readonly lastInput?: ChainLink;
  readonly blockBytes?: number;
  /** `false`: the block has none. Else what it says, where that is not the truth. */
  readonly footer?: Partial<BlockFooter> | false;
}

export interface LaidOut {
  readonly bytes: Buffer;
  /** What the next block should say of it. */
  readonly link: ChainLink;
}

export function layOut(block: RawBlock): LaidOut {
  const { name, uuid, batches, firstSeq = 1, previous = CHAIN_START, lastInput, blockBytes = 16 * 1024 } = block;
  const seed = blockSeed(uuid, name);
  const isLog = isLogBlock(name);
  const header = { name, uuid, blockBytes: isLog ? blockBytes : 0, firstSeq, previous, lastInput };
  const parts = [encodeHeader(header)];
  let offset = PAGE_BYTES;
  let lastSeq = firstSeq - 1;
  let txCount = 0;
  for (const { payloads, head } of batches) {
    const seqs = isLog ? { firstSeq: lastSeq + 1, durableSeq: lastSeq } : { firstSeq, durableSeq: lastInput!.lastSeq };
    const batch = Buffer.alloc(1024 * 1024);
    const extent = encodeBatch(batch, payloads, seqs, { seed, fileOffset: offset });
    const honest = readBatchHead(batch, 0, seed, offset)!;
    writeBatchHead(batch, 0, { ...honest, ...head }, seed, offset);
    parts.push(batch.subarray(0, extent));
    offset += extent;
    lastSeq += payloads.length;
    txCount += payloads.length;
  }
  const digest = createHash('sha256').update(Buffer.concat(parts)).digest();
  if (lastInput) lastSeq = lastInput.lastSeq;
  if (block.footer !== false) {
    const honest = { lastSeq, txCount, byteLength: offset, nextBlock: name.last + 1, digest };
    parts.push(encodeFooter({ ...honest, ...block.footer }, name, seed));
  }
  const bytes = Buffer.concat(parts);
  const padding = Buffer.alloc(isLog ? Math.max(0, blockBytes - bytes.length) : 0);
  return { bytes: Buffer.concat([bytes, padding]), link: { number: name.last, lastSeq, digest } };
}

/** The record of one put. */
export function record(seq: number, ...writes: readonly TxWrite[]): Buffer {
  const bytes = encodeTx(new Uint8Array(16).fill(0xab), writes);
  setSeq(bytes, 0, seq);
  return bytes;
}
