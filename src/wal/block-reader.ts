/**
 * Reads one block from its first byte to its end, checking everything that the block alone can show. What an unsealed end
 * means depends on the block's neighbours: recovery decides that.
 */
import { createHash, type Hash } from 'node:crypto';
import { decodeFrames } from './batch-codec.ts';
import { type BlockName, isLogBlock } from './block-name.ts';
import {
  BATCH_BYTES_MAX,
  BATCH_HEAD_BYTES,
  type BatchHead,
  type BlockFooter,
  type BlockHeader,
  batchExtent,
  blockSeed,
  decodeHeader,
  PAGE_BYTES,
  readBatchHead,
  readFooter,
} from './format.ts';
import { errnoOf, type FileSystem, type ReadableFile } from './platform.ts';
import { Damage, exitCodes, orDamage, type SeqRange, StartRefusal } from './refusal.ts';
import { type CompactedEntry, decodeEntries, decodeTx, type TxRecord } from './tx-codec.ts';

export interface ReadBatch {
  readonly kind: 'batch';
  readonly offset: number;
  readonly head: BatchHead;
  /** Views that live until the next call of `next`. */
  readonly payloads: readonly Buffer[];
}

/** Where the valid batches end. */
export type BlockEnd =
  | { readonly kind: 'sealed'; readonly offset: number; readonly footer: BlockFooter }
  /** `extent`: what the batch at `offset` says of its own length; `undefined` if it has no valid head. */
  | { readonly kind: 'unsealed'; readonly offset: number; readonly extent: number | undefined };

/** What lies behind an unsealed end. */
export interface Tail {
  /** First thing behind the batch at the end that proves that batch to have been durable. */
  readonly proof: { readonly offset: number; readonly what: string; readonly durableSeq: number } | undefined;
  /** Offset behind the last byte that is not zero; the end's own offset if there is none. */
  readonly end: number;
}

const READ_AHEAD_BYTES = 1024 * 1024;

export class BlockReader {
  readonly path: string;
  readonly header: BlockHeader;
  readonly fileBytes: number;
  /** Offset behind the last batch that was read. */
  offset = PAGE_BYTES;
  /** Seq of the last transaction read so far; one less than the block's first seq before any. */
  lastSeq: number;
  /** Frames read so far. */
  txCount = 0;

  readonly #file: ReadableFile;
  readonly #window: Window;
  readonly #seed: number;
  readonly #hash: Hash;

  private constructor(path: string, file: ReadableFile, window: Window, header: BlockHeader, headerPage: Buffer) {
    this.path = path;
    this.header = header;
    this.fileBytes = window.fileBytes;
    this.lastSeq = header.firstSeq - 1;
    this.#file = file;
    this.#window = window;
    this.#seed = blockSeed(header.uuid, header.name);
    this.#hash = createHash('sha256').update(headerPage);
  }

  /**
   * Opens a block and checks its header. Throws `Damage`, or a refusal where it cannot be read. It is read
   * `readAheadBytes` at a time; larger batches whole.
   */
  static async open(
    files: FileSystem,
    path: string,
    name: BlockName,
    uuid: Uint8Array,
    readAheadBytes = READ_AHEAD_BYTES,
  ): Promise<BlockReader> {
    const file = await files.openToRead(path).catch((error) => refuseUnreadable(path, 0, error));
    try {
      const { bytes } = await file.stat().catch((error) => refuseUnreadable(path, 0, error));
      const window = new Window(file, path, bytes, readAheadBytes);
      const page = Buffer.from(await window.view(0, Math.min(bytes, PAGE_BYTES)));
      const damage = (what: string) => new Damage({ file: path, offset: 0, seqs: { first: 1, last: undefined }, what });
      const header = decodeHeader(page, uuid, name);
      if (!header.ok) throw damage(header.what);
      if (isLogBlock(name) && header.value.blockBytes !== bytes)
        throw damage(`the file has ${bytes} bytes and its header says ${header.value.blockBytes}`);
      return new BlockReader(path, file, window, header.value, page);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The next valid batch, or where they end. Throws `Damage` where a checksum is good and its content is not. */
  async next(): Promise<ReadBatch | BlockEnd> {
    const { offset } = this;
    if (offset + PAGE_BYTES > this.fileBytes) return { kind: 'unsealed', offset, extent: undefined };
    let view = await this.#window.view(offset, PAGE_BYTES);
    const footer = readFooter(view, 0, this.header.name, this.#seed);
    if (footer) return this.#sealed(footer);
    const head = readBatchHead(view, 0, this.#seed, offset);
    if (!head) return { kind: 'unsealed', offset, extent: undefined };

    const extent = batchExtent(head.payloadBytes);
    this.#checkHead(head, extent);
    view = await this.#window.view(offset, extent);
    const payloads = decodeFrames(view, 0, head, this.#seed);
    if (!payloads) return { kind: 'unsealed', offset, extent };
    if (payloads.length !== head.txCount)
      throw this.damage(`a batch of ${payloads.length} frames whose head says ${head.txCount}`);
    this.#hash.update(view);
    this.offset += extent;
    this.txCount += head.txCount;
    if (isLogBlock(this.header.name)) this.lastSeq += head.txCount;
    else this.lastSeq = head.durableSeq;
    return { kind: 'batch', offset, head, payloads };
  }

  /** SHA-256 over the header and the batches read so far, ready to go on. */
  get hash(): Hash {
    return this.#hash.copy();
  }

  digest(): Uint8Array {
    return this.hash.digest();
  }

  /** Hands over the bytes of all batches read so far, in order, each with its position in the block. */
  async copyBatches(write: (bytes: Buffer, position: number) => Promise<void>): Promise<void> {
    for (let at = PAGE_BYTES; at < this.offset; at += READ_AHEAD_BYTES) {
      const bytes = await this.#window.view(at, Math.min(READ_AHEAD_BYTES, this.offset - at));
      await write(bytes, at);
    }
  }

  /** Looks at everything behind an unsealed end. */
  async inspectTail(end: BlockEnd & { kind: 'unsealed' }): Promise<Tail> {
    const { name } = this.header;
    const { fileBytes } = this;
    // Inside the extent of a valid head lies what callers wrote: no place to look for heads.
    const searchFrom = end.offset + (end.extent ?? PAGE_BYTES);
    let proof: Tail['proof'];
    let tailEnd = end.offset;
    for (let offset = end.offset; offset < fileBytes; offset += PAGE_BYTES) {
      const page = await this.#window.view(offset, Math.min(PAGE_BYTES, fileBytes - offset));
      const used = usedBytes(page);
      if (used === 0) continue;
      tailEnd = offset + used;
      if (proof || offset < searchFrom || page.length < PAGE_BYTES) continue;
      const head = readBatchHead(page, 0, this.#seed, offset);
      const footer = head ? undefined : readFooter(page, 0, name, this.#seed);
      if (head) proof = { offset, what: head.txCount === 0 ? 'mark' : 'batch', durableSeq: head.durableSeq };
      if (footer) proof = { offset, what: 'footer', durableSeq: footer.lastSeq };
    }
    return { proof, end: tailEnd };
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** `seqs` defaults to everything behind what was read; the entries of a compacted block may be any of its transactions. */
  damage(what: string, offset = this.offset, seqs?: SeqRange): Damage {
    const { firstSeq, lastInput } = this.header;
    const rest = lastInput
      ? { first: firstSeq, last: lastInput.lastSeq }
      : { first: this.lastSeq + 1, last: undefined };
    return new Damage({ file: this.path, offset, seqs: seqs ?? rest, what });
  }

  #sealed(footer: BlockFooter): BlockEnd {
    const { offset } = this;
    const { name, firstSeq, lastInput } = this.header;
    const lastSeq = lastInput ? lastInput.lastSeq : this.lastSeq;
    const all = { first: firstSeq, last: Math.max(lastSeq, footer.lastSeq) };
    if (footer.byteLength !== offset || footer.txCount !== this.txCount || footer.lastSeq !== lastSeq)
      throw this.damage('its footer speaks of other content than lies before it', offset, all);
    if (lastInput && this.fileBytes !== offset + PAGE_BYTES)
      throw this.damage('bytes behind the footer of a compacted block', offset + PAGE_BYTES);
    if (footer.nextBlock !== name.last + 1)
      throw this.damage(`its footer names block ${footer.nextBlock} as its successor`, offset, all);
    if (Buffer.compare(footer.digest, this.digest()) !== 0)
      throw this.damage('its content fails the digest in its footer', 0, all);
    return { kind: 'sealed', offset, footer };
  }

  #checkHead(head: BatchHead, extent: number): void {
    const { offset } = this;
    const { lastInput, firstSeq } = this.header;
    if (BATCH_HEAD_BYTES + head.payloadBytes > BATCH_BYTES_MAX || offset + extent > this.fileBytes)
      throw this.damage(`a batch of ${head.payloadBytes} bytes, more than can lie here`);
    const first = lastInput ? firstSeq : this.lastSeq + 1;
    const durable = lastInput ? lastInput.lastSeq : this.lastSeq;
    if (head.firstSeq !== first)
      throw this.damage(`a batch from transaction ${head.firstSeq} on where ${first} should follow`);
    if (head.durableSeq !== durable)
      throw this.damage(`a batch that calls transaction ${head.durableSeq} durable where ${durable} is the last one`);
  }
}

/** The transactions of a batch of a log block. Throws `Damage` where one is malformed or out of order. */
export function decodeLogBatch(reader: BlockReader, batch: ReadBatch): TxRecord[] {
  return batch.payloads.map((payload, index) => {
    const tx = decoded(reader, batch, () => decodeTx(payload));
    const expected = batch.head.firstSeq + index;
    if (tx.seq !== expected)
      throw reader.damage(`transaction ${tx.seq} in the place of ${expected}`, batch.offset, seqsOf(reader, batch));
    return tx;
  });
}

/** The entries of a batch of a compacted block. Their order is checked by whoever reads the whole block. */
export function decodeCompactedBatch(reader: BlockReader, batch: ReadBatch): CompactedEntry[] {
  const { firstSeq, lastInput } = reader.header;
  const entries = batch.payloads.flatMap((payload) => decoded(reader, batch, () => decodeEntries(payload)));
  for (const { seq } of entries)
    if (seq < firstSeq || seq > (lastInput?.lastSeq ?? 0))
      throw reader.damage(`an entry of transaction ${seq}, which is not of this block`, batch.offset);
  return entries;
}

/** A call of the file system failed while starting: refuse, and say where. */
export function refuseUnreadable(path: string, offset: number, error: unknown): never {
  const reason = errnoOf(error) ?? (error as Error).message;
  throw new StartRefusal(exitCodes.inputOutput, `cannot read ${path} at offset ${offset}: ${reason}`, { cause: error });
}

function decoded<T>(reader: BlockReader, batch: ReadBatch, decode: () => T): T {
  return orDamage(decode, (what) => reader.damage(what, batch.offset, seqsOf(reader, batch)));
}

/** Transactions that a batch may speak of. */
export function seqsOf(reader: BlockReader, { head }: ReadBatch): SeqRange {
  const last = isLogBlock(reader.header.name) ? head.firstSeq + head.txCount - 1 : head.durableSeq;
  return { first: head.firstSeq, last };
}

/** Bytes up to the last one that is not zero. */
function usedBytes(page: Buffer): number {
  if (page.equals(ZERO_PAGE.subarray(0, page.length))) return 0;
  let used = page.length;
  while (page[used - 1] === 0) used -= 1;
  return used;
}

const ZERO_PAGE = Buffer.alloc(PAGE_BYTES);

/** A stretch of a file in memory, read ahead in large steps; grows to the largest batch. */
class Window {
  readonly #file: ReadableFile;
  readonly #path: string;
  readonly fileBytes: number;
  readonly #readAheadBytes: number;
  #buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  constructor(file: ReadableFile, path: string, fileBytes: number, readAheadBytes: number) {
    this.#file = file;
    this.#path = path;
    this.fileBytes = fileBytes;
    this.#readAheadBytes = readAheadBytes;
  }

  /** `length` bytes from `offset`, valid until the next call. They must lie inside the file. */
  async view(offset: number, length: number): Promise<Buffer> {
    if (offset < this.#start || offset + length > this.#end) await this.#fill(offset, length);
    return this.#buffer.subarray(offset - this.#start, offset - this.#start + length);
  }

  async #fill(offset: number, length: number): Promise<void> {
    const wanted = Math.min(Math.max(length, this.#readAheadBytes), this.fileBytes - offset);
    if (this.#buffer.length < wanted) this.#buffer = Buffer.alloc(wanted);
    this.#start = offset;
    this.#end = offset;
    const into = this.#buffer.subarray(0, wanted);
    const count = await this.#file.read(into, offset).catch((error) => refuseUnreadable(this.#path, offset, error));
    if (count < length)
      throw new StartRefusal(
        exitCodes.inputOutput,
        `cannot read ${this.#path} at offset ${offset}: it ended after ${count} of ${length} bytes`,
      );
    this.#end = offset + count;
  }
}
