/**
 * Owns the active block: appends batches to it, seals it when it is full and goes on in the next one, which was made ahead
 * of need. One call at a time.
 *
 * Two kinds of failure, and the difference is the point. While a block is being *made* nothing of a batch is written yet:
 * `NoRoom` says that the batch definitely did not happen, and the writer can be used again. Any other failure is final:
 * nobody knows what reached the disk, and every later call throws.
 */
import { createHash, type Hash } from 'node:crypto';
import path from 'node:path';
import { invariant } from '../invariant.ts';
import { encodeBatch, payloadBytesOf } from './batch-codec.ts';
import { type BlankBlock, discardBlank, makeBlank, NoRoom } from './blank-block.ts';
import { type BlockName, blockFileName, logBlockName, TEMPORARY_SUFFIX } from './block-name.ts';
import {
  BATCH_BYTES_MAX,
  BATCH_HEAD_BYTES,
  BLOCK_BYTES_MIN,
  batchExtent,
  blockSeed,
  type ChainLink,
  encodeFooter,
  encodeHeader,
  PAGE_BYTES,
} from './format.ts';
import { type AppendableFile, type FileSystem, isNoRoom } from './platform.ts';
import { setSeq } from './tx-codec.ts';

/** The block that is being appended to. */
export interface ActiveBlock {
  readonly number: number;
  readonly file: AppendableFile;
  readonly blockBytes: number;
  readonly firstSeq: number;
  /** Where the next batch goes. */
  offset: number;
  /** Seq of the last durable transaction, in this block or before it. */
  lastSeq: number;
  txCount: number;
  /** SHA-256 over header and batches. */
  readonly hash: Hash;
}

export interface SealedBlock {
  readonly name: BlockName;
  /** Header, batches and footer. */
  readonly bytes: number;
}

export interface BlockWriterOptions {
  readonly files: FileSystem;
  readonly directory: string;
  readonly uuid: Uint8Array;
  readonly active: ActiveBlock;
  readonly maxBlockSize: number;
  readonly onSealed: (block: SealedBlock) => void;
}

export class BlockWriter {
  readonly #options: BlockWriterOptions;
  #active: ActiveBlock;
  #seed: number;
  #spare: Promise<BlankBlock> | undefined;
  /** Of the next block, from when it is to have its name until it is the active one. */
  #nextFile: AppendableFile | undefined;
  #blanksMade = 0;
  #broken: unknown;
  #underWay: Promise<unknown> | undefined;
  #buffer = Buffer.alloc(BLOCK_BYTES_MIN);

  constructor(options: BlockWriterOptions) {
    this.#options = options;
    this.#active = options.active;
    this.#seed = blockSeed(options.uuid, logBlockName(options.active.number));
  }

  /** Seq of the last durable transaction. */
  get lastSeq(): number {
    return this.#active.lastSeq;
  }

  /** Whether anything was appended since the active block was begun. */
  get isEmpty(): boolean {
    return this.#active.offset === PAGE_BYTES;
  }

  /** Begins to make the next block. Failures show when it is needed. */
  prepareSpare(): void {
    if (this.#spare) return;
    this.#spare = this.#makeBlank(this.#options.maxBlockSize);
    this.#spare.catch(() => {}); // whoever takes it sees the failure
  }

  /** Resolves once there is a spare, tried anew if need be. Throws `NoRoom` if there still is no room for one. */
  makeRoom(): Promise<void> {
    return this.#exclusively(async () => {
      const ready = await this.#readySpare();
      if (ready) return;
      this.prepareSpare();
      await this.#spare;
    });
  }

  /**
   * Gives the records the next seqs, and resolves with the first of them once all are on stable storage. Throws `NoRoom`
   * if nothing was written; any other error is final.
   */
  append(records: readonly Buffer[]): Promise<number> {
    return this.#exclusively(async () => {
      const firstSeq = this.#active.lastSeq + 1;
      records.forEach((record, index) => {
        setSeq(record, 0, firstSeq + index);
      });
      await this.#write(records);
      return firstSeq;
    });
  }

  /** Makes the last batch provably durable, so that rot in it cannot pass for a torn tail. */
  mark(): Promise<void> {
    return this.#exclusively(() => this.#write([]));
  }

  /**
   * Seals the active block, unless it is empty or there is no room for its successor, and lets go of all files. The next
   * start finds nothing to recover. What is under way, a mark say, is waited for.
   */
  async close(): Promise<void> {
    await this.#underWay?.catch(() => {});
    if (this.#broken === undefined && !this.isEmpty) {
      await this.#exclusively(() => this.#rotate(0)).catch((error) => {
        if (!(error instanceof NoRoom)) throw error;
      });
    }
    this.#broken ??= new Error('the log is closed');
    await this.#active.file.close();
    await this.#nextFile?.close();
    const spare = await this.#spare?.catch(() => undefined);
    this.#spare = undefined;
    if (spare) await discardBlank(this.#options.files, spare);
  }

  async #write(payloads: readonly Buffer[]): Promise<void> {
    const payloadBytes = payloadBytesOf(payloads);
    invariant(BATCH_HEAD_BYTES + payloadBytes <= BATCH_BYTES_MAX, () => `a batch of ${payloadBytes} bytes`);
    const extent = batchExtent(payloadBytes);
    if (this.#active.offset + extent + PAGE_BYTES > this.#active.blockBytes) {
      await this.#rotate(extent);
      this.prepareSpare();
      // The new header and the old footer prove all that a mark would.
      if (payloads.length === 0) return;
    }

    const active = this.#active;
    if (this.#buffer.length < extent) this.#buffer = Buffer.alloc(extent);
    const seqs = { firstSeq: active.lastSeq + 1, durableSeq: active.lastSeq };
    encodeBatch(this.#buffer, payloads, seqs, { seed: this.#seed, fileOffset: active.offset });
    const batch = this.#buffer.subarray(0, extent);
    const appended = active.file.appendDurably(batch, active.offset);
    active.hash.update(batch); // while the disk works
    await appended;
    active.offset += extent;
    active.lastSeq += payloads.length;
    active.txCount += payloads.length;
  }

  /**
   * Every step is safe to die after. Before the directory sync the new block may or may not be there, and recovery deletes
   * or uses it, empty as it is. After it, a block without footer has a successor that vouches for its content, and recovery
   * finishes the seal. No batch goes into the new block before that footer is on disk.
   */
  async #rotate(extent: number): Promise<void> {
    const { files, directory, uuid, onSealed } = this.#options;
    const old = this.#active;
    const previous: ChainLink = { number: old.number, lastSeq: old.lastSeq, digest: old.hash.copy().digest() };
    const blank = await this.#takeBlank(PAGE_BYTES + extent + PAGE_BYTES);
    const next = await this.#nameBlank(blank, previous);
    await files.syncDirectory(directory);

    const footer = {
      lastSeq: old.lastSeq,
      txCount: old.txCount,
      byteLength: old.offset,
      nextBlock: next.number,
      digest: previous.digest,
    };
    await old.file.appendDurably(encodeFooter(footer, logBlockName(old.number), this.#seed), old.offset);
    await old.file.close();
    this.#active = next;
    this.#nextFile = undefined;
    this.#seed = blockSeed(uuid, logBlockName(next.number));
    onSealed({ name: logBlockName(old.number), bytes: old.offset + PAGE_BYTES });
  }

  /** Makes a blank the log block behind `previous`: its header first, then its name. */
  async #nameBlank(blank: BlankBlock, previous: ChainLink): Promise<ActiveBlock> {
    const { files, directory, uuid } = this.#options;
    const name = logBlockName(previous.number + 1);
    const firstSeq = previous.lastSeq + 1;
    const { file, blockBytes } = blank;
    const header = encodeHeader({ name, uuid, blockBytes, firstSeq, previous, lastInput: undefined });
    const target = path.join(directory, blockFileName(name));
    this.#nextFile = file;
    try {
      await file.appendDurably(header, 0);
      await files.rename(blank.path, target);
    } catch (error) {
      // Were the name there all the same, it would vouch for what its predecessor held now, and that one would be appended to.
      if (!isNoRoom(error) || (await files.stat(target)) !== undefined) throw error;
      this.#nextFile = undefined;
      await discardBlank(files, blank);
      throw new NoRoom(error);
    }
    const hash = createHash('sha256').update(header);
    return {
      number: name.first,
      file,
      blockBytes,
      firstSeq,
      offset: PAGE_BYTES,
      lastSeq: previous.lastSeq,
      txCount: 0,
      hash,
    };
  }

  /** The spare if it is large enough, else a block made now. */
  async #takeBlank(bytes: number): Promise<BlankBlock> {
    const spare = await this.#readySpare();
    if (!spare || spare.blockBytes < bytes) return this.#makeBlank(Math.max(bytes, this.#options.maxBlockSize));
    this.#spare = undefined;
    return spare;
  }

  /** The spare, or `undefined` if there is none: it failed some time ago, and there may be room by now. */
  async #readySpare(): Promise<BlankBlock | undefined> {
    try {
      return await this.#spare;
    } catch (error) {
      if (!(error instanceof NoRoom)) throw error;
      this.#spare = undefined;
      return undefined;
    }
  }

  #makeBlank(bytes: number): Promise<BlankBlock> {
    const { files, directory } = this.#options;
    this.#blanksMade += 1;
    return makeBlank(files, path.join(directory, `blank-${this.#blanksMade}${TEMPORARY_SUFFIX}`), bytes);
  }

  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    invariant(this.#underWay === undefined, 'two calls of the block writer at once');
    if (this.#broken !== undefined) throw this.#broken;
    const call = work();
    this.#underWay = call;
    try {
      return await call;
    } catch (error) {
      if (!(error instanceof NoRoom)) this.#broken = error;
      throw error;
    } finally {
      this.#underWay = undefined;
    }
  }
}
