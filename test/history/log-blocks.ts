/**
 * The bytes of IDENTITY and of one block, read as the comment at the top of `src/wal/format.ts` describes them. Written
 * separately from `src/wal`, so that a mistake would have to be made twice.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PAGE_BYTES = 4096;
const CRC_OFFSET = 4092;
const BATCH_BYTES_MAX = 2 ** 24;

/** Bytes that cannot be part of a sound log. */
export class BadLog extends Error {
  override readonly name = 'BadLog';
  readonly file: string;
  readonly offset: number;

  constructor(file: string, offset: number, what: string) {
    super(`${file} at offset ${offset}: ${what}`);
    this.file = file;
    this.offset = offset;
  }
}

/** A block file by its name: the log blocks `first` to `last`; generation 0 is a log block. */
export interface BlockFile {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly generation: number;
  readonly bytes: Buffer;
}

/** How a block names the log block before it. */
export interface Link {
  readonly block: number;
  readonly lastSeq: number;
  /** Hexadecimal SHA-256 of header and batches. */
  readonly digest: string;
}

export interface Frame {
  /** Of its batch. */
  readonly offset: number;
  readonly payload: Buffer;
}

export interface Block {
  readonly file: BlockFile;
  readonly firstSeq: number;
  readonly previous: Link;
  readonly frames: readonly Frame[];
  readonly isSealed: boolean;
  /** Behind the last valid batch. */
  readonly end: number;
  /** What the next block must say of this one. */
  readonly link: Link;
}

/** The store's UUID in hexadecimal. */
export function readIdentity(bytes: Buffer): string {
  const bad = (what: string) => new BadLog('IDENTITY', 0, what);
  if (bytes.length !== 32 || bytes.toString('latin1', 0, 8) !== 'CNCVIDNT') throw bad('no identity');
  if (bytes.readUInt32LE(28) !== crc32(bytes.subarray(0, 28))) throw bad('wrong checksum');
  if (bytes.readUInt16LE(8) !== 1) throw bad(`format ${bytes.readUInt16LE(8)}`);
  return bytes.toString('hex', 12, 28);
}

/** Reads header, valid batches, and the footer if they end with one. */
export function readBlock(file: BlockFile, uuid: string): Block {
  const { bytes } = file;
  const header = readHeader(file, uuid);
  const seed = crc32(bytes.subarray(16, 52));
  const frames: Frame[] = [];
  let end = PAGE_BYTES;
  let seq = header.firstSeq;
  for (let batch = readBatch(bytes, end, seed); batch; batch = readBatch(bytes, end, seed)) {
    const [first, durable] = file.generation === 0 ? [seq, seq - 1] : [header.firstSeq, header.lastInput.lastSeq];
    if (batch.payloads.length !== batch.txCount || batch.firstSeq !== first || batch.durableSeq !== durable)
      throw new BadLog(file.name, end, 'a batch whose head does not fit in here');
    for (const payload of batch.payloads) frames.push({ offset: end, payload });
    seq += batch.txCount;
    end += batch.extent;
  }
  const digest = createHash('sha256').update(bytes.subarray(0, end)).digest('hex');
  const ownLink = { block: file.last, lastSeq: seq - 1, digest };
  const link = file.generation === 0 ? ownLink : header.lastInput;
  const isSealed = checkFooter(file, end, seed, { lastSeq: link.lastSeq, txCount: frames.length, digest });
  return { file, firstSeq: header.firstSeq, previous: header.previous, frames, isSealed, end, link };
}

function readHeader(file: BlockFile, uuid: string) {
  const { bytes, first, last, generation } = file;
  const must = (holds: boolean, what: string) => {
    if (!holds) throw new BadLog(file.name, 0, what);
  };
  must(bytes.length >= PAGE_BYTES && bytes.toString('latin1', 0, 8) === 'CNCVBLK1', 'no block header');
  must(
    bytes.readUInt32LE(CRC_OFFSET) === crc32(bytes.subarray(0, CRC_OFFSET), crc32(bytes.subarray(16, 52))),
    'checksum',
  );
  must(bytes.readUInt16LE(8) === 1 && bytes.readUInt32LE(12) === 0, 'another format, or unknown features');
  must(bytes.toString('hex', 16, 32) === uuid, 'a block of another store');
  const named = u64(bytes, 32) === first && u64(bytes, 40) === last && bytes.readUInt32LE(48) === generation;
  must(named, 'the header of another block');
  must(bytes[52] === (generation === 0 ? 1 : 2) && bytes[53] === 1, 'kind or checksum algorithm');
  must(bytes.readUInt32LE(56) === BATCH_BYTES_MAX, 'another bound on batches');
  must(u64(bytes, 64) === (generation === 0 ? bytes.length : 0), `a file of ${bytes.length} bytes`);
  return {
    firstSeq: u64(bytes, 72),
    previous: { block: u64(bytes, 80), lastSeq: u64(bytes, 88), digest: bytes.toString('hex', 96, 128) },
    lastInput: { block: last, lastSeq: u64(bytes, 128), digest: bytes.toString('hex', 136, 168) },
  };
}

/** The batch at `offset`; `undefined` if none that is valid as a whole lies there. */
function readBatch(bytes: Buffer, offset: number, seed: number) {
  if (offset + PAGE_BYTES > bytes.length || bytes.readUInt32LE(offset) !== 0xba7c4d0c) return undefined;
  const headCrc = crc32(bytes.subarray(offset + 8, offset + 32), (seed ^ (offset / PAGE_BYTES)) >>> 0);
  if (bytes.readUInt32LE(offset + 4) !== headCrc) return undefined;
  const end = offset + 32 + bytes.readUInt32LE(offset + 8);
  const extent = Math.ceil((end - offset) / PAGE_BYTES) * PAGE_BYTES;
  if (end - offset > BATCH_BYTES_MAX || offset + extent > bytes.length) return undefined;
  const payloads: Buffer[] = [];
  for (let at = offset + 32; at < end; ) {
    const length = at + 8 <= end ? bytes.readUInt32LE(at) : 0;
    if (length === 0 || at + 8 + length > end) return undefined;
    const payload = bytes.subarray(at + 8, at + 8 + length);
    if (bytes.readUInt32LE(at + 4) !== crc32(payload, (seed ^ length) >>> 0)) return undefined;
    payloads.push(payload);
    at += 8 + length;
  }
  const [firstSeq, durableSeq] = [u64(bytes, offset + 16), u64(bytes, offset + 24)];
  return { payloads, extent, txCount: bytes.readUInt32LE(offset + 12), firstSeq, durableSeq };
}

/** Whether a footer lies at `end`. One whose checksum is good must say what lies before it. */
function checkFooter(
  { name, bytes, last, generation }: BlockFile,
  end: number,
  seed: number,
  found: { readonly lastSeq: number; readonly txCount: number; readonly digest: string },
): boolean {
  const page = bytes.subarray(end, end + PAGE_BYTES);
  if (page.length < PAGE_BYTES || page.toString('latin1', 0, 8) !== 'CNCVEND1') return false;
  if (page.readUInt32LE(CRC_OFFSET) !== crc32(page.subarray(0, CRC_OFFSET), seed)) return false;
  const says = [...[8, 16, 24, 32, 40].map((at) => u64(page, at)), page.toString('hex', 48, 80)];
  const is = [last, found.lastSeq, found.txCount, end, last + 1, found.digest];
  if (says.join() !== is.join())
    throw new BadLog(name, end, `a footer of other content: it says ${says}, there is ${is}`);
  if (generation > 0 && bytes.length !== end + PAGE_BYTES) throw new BadLog(name, end, 'bytes behind the footer');
  return true;
}

function u64(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}
