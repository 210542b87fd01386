/**
 * The byte layout of identity and block files. This file alone knows offsets and sizes.
 *
 * All integers are little-endian. Header, batches and footer start on 4,096-byte pages, so a page that holds
 * acknowledged data is never written again.
 *
 *     identity := magic "CNCVIDNT"  major:u16 minor:u16  uuid:16  crc:u32                             32 bytes
 *     block    := header batch* footer? zeros
 *     header   := magic "CNCVBLK1"  major:u16 minor:u16  incompatible:u32  uuid:16
 *                 first:u64 last:u64 generation:u32    the log blocks that it stands for; generation 0 is a log block
 *                 kind:u8 checksum:u8 0:u16            1 log, 2 compacted; 1 CRC-32
 *                 batchBytesMax:u32 0:u32
 *                 blockBytes:u64                       length of the file; 0 in a compacted block, which ends with its footer
 *                 firstSeq:u64                         the first transaction in it, or the next one if it is empty
 *                 prevBlock:u64 prevLastSeq:u64 prevDigest:32          the log block before `first`; zeros before block 1
 *                 lastSeq:u64 lastDigest:32            compacted only: last transaction and digest of log block `last`
 *                 zeros to 4092  crc:u32
 *     batch    := head tx* zeros to the next page
 *     head     := magic:u32 headCrc:u32 payloadBytes:u32 txCount:u32 firstSeq:u64 durableSeq:u64            32 bytes
 *     tx       := length:u32 crc:u32 payload:u8[length]               payload is one protobuf message of proto/log.proto
 *     footer   := magic "CNCVEND1" last:u64 lastSeq:u64 txCount:u64 byteLength:u64 nextBlock:u64 sha256:32
 *                 zeros to 4092  crc:u32               right after the last batch; sha256 of the byteLength bytes before it
 *
 * In a log block a tx payload is a `Tx`: one put, one frame. In a compacted block it is an `Entries` of several keys,
 * and firstSeq and durableSeq of a head are the first and last seq of the whole block.
 *
 * A *mark* is a batch without tx. Its durableSeq proves what came before it, and so does that of every other batch: only
 * one batch is ever in flight, so a batch that is there at all proves the one before durable.
 *
 * Every crc starts from a seed made of the store's UUID and the block's range and generation; that of a head is mixed
 * with its page number, that of a tx with its length. So bytes of another store, another block or another place never
 * validate. Zeros validate nowhere: they have no magic, and no tx has length 0.
 *
 * Edge case: a batch never shares a page with the next one. A batch of 4,065 payload bytes takes two pages, and its
 * 4,095 bytes of padding are neither checked by the batch nor ever read; the digest of a sealed block covers them.
 *
 * Example: two transactions of 10 payload bytes take 32 + 2 * (8 + 10) = 68 bytes, padded to 4,096. In block 3 behind
 * the header they lie at 4096: head 4096..4127, frames 4128..4145 and 4146..4163, zeros up to 8191, and the next batch,
 * mark or footer begins at 8192.
 */
import { crc32 } from 'node:zlib';
import { type BlockName, blockFileName, isLogBlock } from './block-name.ts';

export const PAGE_BYTES = 4096;
export const BATCH_HEAD_BYTES = 32;
export const FRAME_HEAD_BYTES = 8;
export const IDENTITY_BYTES = 32;
export const DIGEST_BYTES = 32;
export const UUID_BYTES = 16;
/** Bound on head and frames of one batch: a constant of the format, written into each header. */
export const BATCH_BYTES_MAX = 16 * 1024 * 1024;
/** A block holds at least header, one page of batch and footer. */
export const BLOCK_BYTES_MIN = 3 * PAGE_BYTES;
export const FORMAT_MAJOR = 1;
export const FORMAT_MINOR = 0;

const IDENTITY_MAGIC = Buffer.from('CNCVIDNT', 'latin1');
const HEADER_MAGIC = Buffer.from('CNCVBLK1', 'latin1');
const FOOTER_MAGIC = Buffer.from('CNCVEND1', 'latin1');
const BATCH_MAGIC = 0xba7c4d0c;
const PAGE_CRC_OFFSET = PAGE_BYTES - 4;
const KIND = { log: 1, compacted: 2 } as const;
const CHECKSUM_CRC32 = 1;

/** What a block says of the log block before its first one. Block 1 has `{ number: 0, lastSeq: 0, digest: zeros }`. */
export interface ChainLink {
  readonly number: number;
  readonly lastSeq: number;
  /** SHA-256 of header and batches. */
  readonly digest: Uint8Array;
}

export interface BlockHeader {
  readonly name: BlockName;
  readonly uuid: Uint8Array;
  /** Length of the file; 0 in a compacted block. */
  readonly blockBytes: number;
  readonly firstSeq: number;
  readonly previous: ChainLink;
  /** Compacted blocks only: what the next log block says of the last one among those it stands for. */
  readonly lastInput: ChainLink | undefined;
}

export interface BatchHead {
  readonly payloadBytes: number;
  readonly txCount: number;
  readonly firstSeq: number;
  readonly durableSeq: number;
}

export interface BlockFooter {
  readonly lastSeq: number;
  readonly txCount: number;
  /** Bytes of header and batches: the footer's own offset. */
  readonly byteLength: number;
  readonly nextBlock: number;
  readonly digest: Uint8Array;
}

export const CHAIN_START: ChainLink = { number: 0, lastSeq: 0, digest: new Uint8Array(DIGEST_BYTES) };

/** A value, or in plain words why the bytes are not one. */
export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly what: string };

/** Length of a batch on disk: its head and frames up to the next page. */
export function batchExtent(payloadBytes: number): number {
  return pageCeil(BATCH_HEAD_BYTES + payloadBytes);
}

export function pageCeil(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
}

/** Where every checksum of a block starts: a checksum of UUID and range as they lie in its header. */
export function blockSeed(uuid: Uint8Array, name: BlockName): number {
  const bytes = Buffer.alloc(UUID_BYTES + 20);
  bytes.set(uuid, 0);
  writeU64(bytes, name.first, UUID_BYTES);
  writeU64(bytes, name.last, UUID_BYTES + 8);
  bytes.writeUInt32LE(name.generation, UUID_BYTES + 16);
  return crc32(bytes);
}

export function encodeIdentity(uuid: Uint8Array): Buffer {
  const bytes = Buffer.alloc(IDENTITY_BYTES);
  IDENTITY_MAGIC.copy(bytes, 0);
  bytes.writeUInt16LE(FORMAT_MAJOR, 8);
  bytes.writeUInt16LE(FORMAT_MINOR, 10);
  bytes.set(uuid, 12);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28);
  return bytes;
}

/** The store's UUID. */
export function decodeIdentity(bytes: Buffer): Decoded<Uint8Array> {
  if (bytes.length !== IDENTITY_BYTES) return bad(`it has ${bytes.length} bytes instead of ${IDENTITY_BYTES}`);
  if (!hasMagic(bytes, IDENTITY_MAGIC)) return bad('it does not begin with CNCVIDNT');
  if (bytes.readUInt32LE(28) !== crc32(bytes.subarray(0, 28))) return bad('its checksum is wrong');
  const major = bytes.readUInt16LE(8);
  if (major !== FORMAT_MAJOR) return bad(`its format is ${major}, and this concave reads format ${FORMAT_MAJOR}`);
  return good(Uint8Array.from(bytes.subarray(12, 12 + UUID_BYTES)));
}

export function encodeHeader(header: BlockHeader): Buffer {
  const { name, uuid, previous, lastInput } = header;
  const page = Buffer.alloc(PAGE_BYTES);
  HEADER_MAGIC.copy(page, 0);
  page.writeUInt16LE(FORMAT_MAJOR, 8);
  page.writeUInt16LE(FORMAT_MINOR, 10);
  page.writeUInt32LE(0, 12);
  page.set(uuid, 16);
  writeU64(page, name.first, 32);
  writeU64(page, name.last, 40);
  page.writeUInt32LE(name.generation, 48);
  page.writeUInt8(isLogBlock(name) ? KIND.log : KIND.compacted, 52);
  page.writeUInt8(CHECKSUM_CRC32, 53);
  page.writeUInt32LE(BATCH_BYTES_MAX, 56);
  writeU64(page, header.blockBytes, 64);
  writeU64(page, header.firstSeq, 72);
  writeLink(page, previous, 80);
  if (lastInput) {
    writeU64(page, lastInput.lastSeq, 128);
    page.set(lastInput.digest, 136);
  }
  page.writeUInt32LE(crc32(page.subarray(0, PAGE_CRC_OFFSET), blockSeed(uuid, name)), PAGE_CRC_OFFSET);
  return page;
}

/**
 * Decodes the header of the block of that name in the store of that UUID (`undefined`: of any store); a header that says
 * otherwise is refused.
 */
export function decodeHeader(page: Buffer, uuid: Uint8Array | undefined, name: BlockName): Decoded<BlockHeader> {
  if (page.length !== PAGE_BYTES) return bad('it is shorter than a block header');
  if (!hasMagic(page, HEADER_MAGIC)) return bad('it does not begin with CNCVBLK1');
  const major = page.readUInt16LE(8);
  if (major !== FORMAT_MAJOR) return bad(`its format is ${major}, and this concave reads format ${FORMAT_MAJOR}`);
  // Seeded with what the header itself says, so that one that was moved here is told apart from one that is damaged.
  const seed = crc32(page.subarray(16, 52));
  if (page.readUInt32LE(PAGE_CRC_OFFSET) !== crc32(page.subarray(0, PAGE_CRC_OFFSET), seed))
    return bad('its header fails its checksum');
  const saysUuid = Uint8Array.from(page.subarray(16, 16 + UUID_BYTES));
  if (uuid && Buffer.compare(saysUuid, uuid) !== 0) return bad('it belongs to another store');
  const says = { first: readU64(page, 32), last: readU64(page, 40), generation: page.readUInt32LE(48) };
  if (says.first !== name.first || says.last !== name.last || says.generation !== name.generation)
    return bad(`its header says that it is ${blockFileName(says)}`);
  const incompatible = page.readUInt32LE(12);
  if (incompatible !== 0)
    return bad(`it uses features that this concave does not know (bits 0x${incompatible.toString(16)})`);
  const kind = isLogBlock(name) ? KIND.log : KIND.compacted;
  if (page.readUInt8(52) !== kind || page.readUInt8(53) !== CHECKSUM_CRC32 || page.readUInt32LE(56) !== BATCH_BYTES_MAX)
    return bad('its header contradicts its name or this format');
  return good({
    name,
    uuid: saysUuid,
    blockBytes: readU64(page, 64),
    firstSeq: readU64(page, 72),
    previous: readLink(page, 80),
    lastInput: isLogBlock(name)
      ? undefined
      : { number: name.last, lastSeq: readU64(page, 128), digest: copyDigest(page, 136) },
  });
}

/** Writes the head of a batch whose frames already lie behind it, at `at` in `into`, for page-aligned `fileOffset`. */
export function writeBatchHead(into: Buffer, at: number, head: BatchHead, seed: number, fileOffset: number): void {
  into.writeUInt32LE(BATCH_MAGIC, at);
  into.writeUInt32LE(head.payloadBytes, at + 8);
  into.writeUInt32LE(head.txCount, at + 12);
  writeU64(into, head.firstSeq, at + 16);
  writeU64(into, head.durableSeq, at + 24);
  into.writeUInt32LE(headCrc(into, at, seed, fileOffset), at + 4);
}

/** `undefined` if no valid head lies at `at`. */
export function readBatchHead(from: Buffer, at: number, seed: number, fileOffset: number): BatchHead | undefined {
  if (from.readUInt32LE(at) !== BATCH_MAGIC) return undefined;
  if (from.readUInt32LE(at + 4) !== headCrc(from, at, seed, fileOffset)) return undefined;
  return {
    payloadBytes: from.readUInt32LE(at + 8),
    txCount: from.readUInt32LE(at + 12),
    firstSeq: readU64(from, at + 16),
    durableSeq: readU64(from, at + 24),
  };
}

/** Writes length and checksum of the frame whose payload already lies at `at + FRAME_HEAD_BYTES`. */
export function writeFrameHead(into: Buffer, at: number, length: number, seed: number): void {
  into.writeUInt32LE(length, at);
  into.writeUInt32LE(frameCrc(into, at, length, seed), at + 4);
}

/** Length of the payload of the valid frame at `at` that ends at or before `end`; 0 if there is none. */
export function readFrameLength(from: Buffer, at: number, end: number, seed: number): number {
  if (at + FRAME_HEAD_BYTES > end) return 0;
  const length = from.readUInt32LE(at);
  if (length === 0 || at + FRAME_HEAD_BYTES + length > end) return 0;
  return from.readUInt32LE(at + 4) === frameCrc(from, at, length, seed) ? length : 0;
}

export function encodeFooter(footer: BlockFooter, name: BlockName, seed: number): Buffer {
  const page = Buffer.alloc(PAGE_BYTES);
  FOOTER_MAGIC.copy(page, 0);
  writeU64(page, name.last, 8);
  writeU64(page, footer.lastSeq, 16);
  writeU64(page, footer.txCount, 24);
  writeU64(page, footer.byteLength, 32);
  writeU64(page, footer.nextBlock, 40);
  page.set(footer.digest, 48);
  page.writeUInt32LE(crc32(page.subarray(0, PAGE_CRC_OFFSET), seed), PAGE_CRC_OFFSET);
  return page;
}

/** `undefined` if the page at `at` is not a valid footer of this block. */
export function readFooter(from: Buffer, at: number, name: BlockName, seed: number): BlockFooter | undefined {
  const page = from.subarray(at, at + PAGE_BYTES);
  if (page.length !== PAGE_BYTES || !hasMagic(page, FOOTER_MAGIC)) return undefined;
  if (page.readUInt32LE(PAGE_CRC_OFFSET) !== crc32(page.subarray(0, PAGE_CRC_OFFSET), seed)) return undefined;
  if (readU64(page, 8) !== name.last) return undefined;
  return {
    lastSeq: readU64(page, 16),
    txCount: readU64(page, 24),
    byteLength: readU64(page, 32),
    nextBlock: readU64(page, 40),
    digest: copyDigest(page, 48),
  };
}

/** Whether two links name the same block with the same content. */
export function sameLink(a: ChainLink, b: ChainLink): boolean {
  return a.number === b.number && a.lastSeq === b.lastSeq && Buffer.compare(a.digest, b.digest) === 0;
}

function headCrc(bytes: Buffer, at: number, seed: number, fileOffset: number): number {
  return crc32(bytes.subarray(at + 8, at + BATCH_HEAD_BYTES), (seed ^ (fileOffset / PAGE_BYTES)) >>> 0);
}

function frameCrc(bytes: Buffer, at: number, length: number, seed: number): number {
  return crc32(bytes.subarray(at + FRAME_HEAD_BYTES, at + FRAME_HEAD_BYTES + length), (seed ^ length) >>> 0);
}

/** Numbers on disk are u64; in memory they are safe integers, which 2^53 transactions or blocks will not exhaust. */
function writeU64(into: Buffer, value: number, at: number): void {
  into.writeUInt32LE(value % 2 ** 32, at);
  into.writeUInt32LE(Math.floor(value / 2 ** 32), at + 4);
}

function readU64(from: Buffer, at: number): number {
  return from.readUInt32LE(at) + from.readUInt32LE(at + 4) * 2 ** 32;
}

function writeLink(page: Buffer, link: ChainLink, at: number): void {
  writeU64(page, link.number, at);
  writeU64(page, link.lastSeq, at + 8);
  page.set(link.digest, at + 16);
}

function readLink(page: Buffer, at: number): ChainLink {
  return { number: readU64(page, at), lastSeq: readU64(page, at + 8), digest: copyDigest(page, at + 16) };
}

function copyDigest(page: Buffer, at: number): Uint8Array {
  return Uint8Array.from(page.subarray(at, at + DIGEST_BYTES));
}

function hasMagic(bytes: Buffer, magic: Buffer): boolean {
  return bytes.length >= magic.length && bytes.compare(magic, 0, magic.length, 0, magic.length) === 0;
}

function good<T>(value: T): Decoded<T> {
  return { ok: true, value };
}

function bad<T>(what: string): Decoded<T> {
  return { ok: false, what };
}
