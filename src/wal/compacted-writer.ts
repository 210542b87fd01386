/** Writes a compacted block under a temporary name: entries into frames, frames into batches, the footer at the end. */
import { createHash, type Hash } from 'node:crypto';
import { invariant } from '../invariant.ts';
import { encodeBatch, payloadBytesOf } from './batch-codec.ts';
import { type EntrySlice, entryBytes, writeEntry } from './entry-slice.ts';
import {
  BATCH_BYTES_MAX,
  BATCH_HEAD_BYTES,
  type BlockHeader,
  batchExtent,
  blockSeed,
  encodeFooter,
  encodeHeader,
  FRAME_HEAD_BYTES,
  PAGE_BYTES,
} from './format.ts';
import type { FileSystem, WritableFile } from './platform.ts';

/** What lies in a finished file. */
export interface WrittenBlock {
  readonly bytes: number;
  readonly entries: number;
  /** SHA-256 of header and batches. */
  readonly digest: Uint8Array;
}

/** Batches are kept small, for whoever merges the block again holds one of each input in memory. */
export const COMPACTED_BATCH_BYTES = 256 * 1024;
const BATCH_FRAMES = 4;
/** So that four full frames and the batch head fill a batch to the last byte. A larger entry has a frame of its own. */
const FRAME_BYTES_MAX = 64 * 1024 - 16;
/** A sync of more than this could make a put wait behind it. */
const UNSYNCED_BYTES_MAX = 1024 * 1024;

/** Entries must come in ascending order of their keys. One call at a time. */
export class CompactedWriter {
  readonly #file: WritableFile;
  readonly #header: BlockHeader;
  readonly #headerPage: Buffer;
  readonly #seed: number;
  readonly #hash: Hash;
  // The frame being filled.
  #frame = Buffer.alloc(FRAME_BYTES_MAX);
  #frameBytes = 0;
  // Frames that wait to be written.
  #payloads: Buffer[] = [];
  #payloadBytes = 0;
  #buffer = Buffer.alloc(COMPACTED_BATCH_BYTES);
  #offset = PAGE_BYTES;
  #unsyncedBytes = 0;
  #entries = 0;
  #frames = 0;

  private constructor(file: WritableFile, header: BlockHeader) {
    this.#file = file;
    this.#header = header;
    this.#headerPage = encodeHeader(header);
    this.#seed = blockSeed(header.uuid, header.name);
    this.#hash = createHash('sha256').update(this.#headerPage);
  }

  /** Makes the file at `path`; EEXIST if there is one. */
  static async create(files: FileSystem, path: string, header: BlockHeader): Promise<CompactedWriter> {
    return new CompactedWriter(await files.create(path), header);
  }

  add(entry: EntrySlice): void {
    const bytes = entryBytes(entry);
    if (this.#frameBytes + bytes > FRAME_BYTES_MAX) this.#closeFrame();
    if (bytes > this.#frame.length) this.#frame = Buffer.alloc(bytes);
    this.#frameBytes = writeEntry(this.#frame, this.#frameBytes, entry);
    this.#entries += 1;
  }

  /** Whether enough is gathered for a batch. */
  get isFull(): boolean {
    return this.#payloads.length >= BATCH_FRAMES || this.#payloadBytes >= COMPACTED_BATCH_BYTES;
  }

  /** Bytes of entries that are not written yet. */
  get gatheredBytes(): number {
    return this.#payloadBytes + this.#frameBytes;
  }

  /** Writes the frames that are full. */
  async flush(): Promise<void> {
    const payloads = this.#payloads;
    this.#payloads = [];
    this.#payloadBytes = 0;
    for (let done = 0; done < payloads.length; ) {
      const batch = payloads.slice(done, endOfBatch(payloads, done));
      await this.#writeBatch(batch);
      done += batch.length;
    }
  }

  /** Writes what is left, the header and the footer. All of it is on stable storage once this resolves. */
  async finish(): Promise<WrittenBlock> {
    this.#closeFrame();
    await this.flush();
    const { name, lastInput } = this.#header;
    const digest = this.#hash.digest();
    const byteLength = this.#offset;
    const seal = { lastSeq: lastInput!.lastSeq, txCount: this.#frames, byteLength, nextBlock: name.last + 1, digest };
    await this.#file.write(this.#headerPage, 0);
    await this.#file.write(encodeFooter(seal, name, this.#seed), byteLength);
    await this.#file.sync();
    return { bytes: byteLength + PAGE_BYTES, entries: this.#entries, digest };
  }

  /** Lets go of the file, finished or not. */
  async close(): Promise<void> {
    await this.#file.close();
  }

  #closeFrame(): void {
    if (this.#frameBytes === 0) return;
    this.#payloads.push(this.#frame.subarray(0, this.#frameBytes));
    this.#payloadBytes += this.#frameBytes;
    this.#frame = Buffer.alloc(FRAME_BYTES_MAX);
    this.#frameBytes = 0;
  }

  async #writeBatch(payloads: readonly Buffer[]): Promise<void> {
    const payloadBytes = payloadBytesOf(payloads);
    // An entry takes less than the put that it came from, which fitted into a batch together with its id.
    invariant(BATCH_HEAD_BYTES + payloadBytes <= BATCH_BYTES_MAX, () => `a batch of ${payloadBytes} bytes`);
    const extent = batchExtent(payloadBytes);
    if (this.#buffer.length < extent) this.#buffer = Buffer.alloc(extent);
    const seqs = { firstSeq: this.#header.firstSeq, durableSeq: this.#header.lastInput!.lastSeq };
    encodeBatch(this.#buffer, payloads, seqs, { seed: this.#seed, fileOffset: this.#offset });
    const batch = this.#buffer.subarray(0, extent);
    const written = this.#file.write(batch, this.#offset);
    this.#hash.update(batch); // while the system writes
    await written;
    this.#offset += extent;
    this.#frames += payloads.length;
    this.#unsyncedBytes += extent;
    if (this.#unsyncedBytes < UNSYNCED_BYTES_MAX) return;
    this.#unsyncedBytes = 0;
    await this.#file.sync();
  }
}

/** As many frames from `start` on as a batch should have; at least one, however large. */
function endOfBatch(payloads: readonly Buffer[], start: number): number {
  let bytes = BATCH_HEAD_BYTES;
  let end = start;
  while (end < payloads.length) {
    bytes += FRAME_HEAD_BYTES + payloads[end]!.length;
    if (end > start && bytes > COMPACTED_BATCH_BYTES) break;
    end += 1;
  }
  return end;
}
