import path from 'node:path';
import { type BlockName, blockFileName, isLogBlock, logBlockName, QUARANTINE_SUFFIX } from './block-name.ts';
import { type BlockEnd, BlockReader, type ReadBatch, seqsOf } from './block-reader.ts';
import { type Arrangement, arrange, describeOverlap, firstGap } from './block-set.ts';
import type { ActiveBlock, SealedBlock } from './block-writer.ts';
import type { DataDirectory } from './data-directory.ts';
import { blockSeed, CHAIN_START, type ChainLink, encodeFooter, PAGE_BYTES, sameLink } from './format.ts';
import { settleLeftovers } from './leftovers.ts';
import type { Clock, FileSystem } from './platform.ts';
import { Damage, exitCodes, missingBlock, missingSuccessor, StartRefusal } from './refusal.ts';
import { rewriteNewest } from './rewrite-newest.ts';
import { tailVerdict } from './tail-verdict.ts';
import type { TxWrite } from './tx-codec.ts';
import { readHeader, readToEnd } from './whole-block.ts';

/** What the log is replayed into. */
export interface ReplayTarget {
  /** Takes over what one write made of its key, and returns the version that the key had before: 0 for a new one. */
  replay(write: TxWrite): number;
}

/** Something that the person who started the store should know. */
export interface RecoveryNotice {
  readonly level: 'info' | 'warn';
  readonly event: 'left_over' | 'quarantined' | 'seal_finished' | 'torn_tail' | 'temporary_deleted' | 'unknown_file';
  readonly message: string;
}

export interface RecoveryProgress {
  readonly blocksDone: number;
  readonly blocks: number;
  readonly bytesDone: number;
  readonly bytes: number;
  /** Transactions that the state stands for so far, those that a compacted block replaced included. */
  readonly transactions: number;
}

export interface RecoveryOptions {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly directory: DataDirectory;
  /** Bytes of the block that replaces an unclean newest one. */
  readonly maxBlockSize: number;
  readonly target: ReplayTarget;
  readonly onNotice: (notice: RecoveryNotice) => void;
  /** Called about once a second. */
  readonly onProgress: (progress: RecoveryProgress) => void;
}

export interface Recovered {
  readonly active: ActiveBlock;
  /** Oldest first. */
  readonly sealed: readonly SealedBlock[];
  readonly progress: RecoveryProgress;
}

const PROGRESS_INTERVAL_MS = 1000;
/** A footer takes one page; more than that behind the last batch was no torn footer. */
const TORN_FOOTER_BYTES_MAX = PAGE_BYTES;

export async function recover(options: RecoveryOptions): Promise<Recovered> {
  const { files, directory, onNotice } = options;
  // A crash may have left a name that is not on disk yet, that of the newest block say. It is before anything is sealed,
  // deleted or acknowledged on the strength of it.
  await files.syncDirectory(directory.path);
  for (const name of directory.deletedTemporaries)
    onNotice({
      level: 'info',
      event: 'temporary_deleted',
      message: `deleted ${name}, unfinished when the last run ended`,
    });
  for (const name of directory.unknownFiles)
    onNotice({
      level: 'warn',
      event: 'unknown_file',
      message: name.endsWith(QUARANTINE_SUFFIX)
        ? `${name} was set aside as damaged by an earlier start; it is never read and can be deleted`
        : `${JSON.stringify(name)} is not a file of concave; left alone`,
    });

  const log = await settleLeftovers(options, arrangeOrRefuse(directory.path, directory.blocks));
  return new Replay(options, log).run();
}

function arrangeOrRefuse(directory: string, blocks: readonly BlockName[]): Arrangement {
  const arrangement = arrange(blocks);
  if (!arrangement.ok)
    throw new StartRefusal(exitCodes.damage, `in ${directory}, ${describeOverlap(arrangement.overlap)}`);
  const gap = firstGap(arrangement.value.log);
  if (gap) {
    const [first, last] = [gap.first, gap.last].map((number) => blockFileName(logBlockName(number)));
    const which =
      first === last
        ? `log block ${gap.first} (${first})`
        : `log blocks ${gap.first} to ${gap.last} (${first} to ${last})`;
    throw missingBlock(directory, which);
  }
  return arrangement.value;
}

/** Replays the blocks of one log, oldest first. */
class Replay {
  readonly #options: RecoveryOptions;
  readonly #log: readonly BlockName[];
  readonly #sealed: SealedBlock[] = [];
  #previous: ChainLink = CHAIN_START;
  #previousFirstSeq = 1;
  #active: ActiveBlock | undefined;
  #bytesBefore = 0;
  #bytes = 0;
  #lastReportMs: number;

  constructor(options: RecoveryOptions, log: readonly BlockName[]) {
    this.#options = options;
    this.#log = log;
    this.#lastReportMs = options.clock.now();
  }

  async run(): Promise<Recovered> {
    const { files, directory } = this.#options;
    for (const name of this.#log) {
      const found = await files.stat(path.join(directory.path, blockFileName(name)));
      this.#bytes += found?.bytes ?? 0;
    }
    for (const index of this.#log.keys()) {
      const reader = await this.#open(index, this.#previous.lastSeq);
      try {
        await this.#replayBlock(reader, index);
        this.#bytesBefore += reader.fileBytes;
      } finally {
        await reader.close();
      }
    }
    if (!this.#active) throw missingSuccessor(directory.path, blockFileName(this.#log.at(-1)!));
    return {
      active: this.#active,
      sealed: this.#sealed,
      progress: this.#progress(this.#log.length, 0, this.#active.lastSeq),
    };
  }

  /**
   * Opens a block that should go on after transaction `lastSeq`. A header that fails its checks does not tell which ones lie
   * behind it: the blocks around it do.
   */
  async #open(index: number, lastSeq: number): Promise<BlockReader> {
    const { files, directory } = this.#options;
    const name = this.#log[index]!;
    try {
      return await BlockReader.open(files, path.join(directory.path, blockFileName(name)), name, directory.uuid);
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      const successor = this.#log[index + 1];
      const next = successor && (await readHeader(files, directory, successor).catch(() => undefined));
      throw new Damage({ ...error.report, seqs: { first: lastSeq + 1, last: next?.previous.lastSeq } });
    }
  }

  async #replayBlock(reader: BlockReader, index: number): Promise<void> {
    const { header } = reader;
    this.#checkChain(reader);
    const end = await readToEnd(
      reader,
      (write, batch) => this.#replayWrite(reader, write, batch),
      () => this.#reportProgress(index, reader),
    );
    if (end.kind === 'sealed') await this.#takeSealed(reader, end);
    else if (index < this.#log.length - 1) await this.#finishSeal(reader, end, index + 1);
    else if (isLogBlock(header.name)) this.#active = await this.#takeNewest(reader, end);
    else throw reader.damage('the block ends without a footer', end.offset);
    this.#previousFirstSeq = header.firstSeq;
  }

  /** Each header says what the block before it was when it was sealed. */
  #checkChain(reader: BlockReader): void {
    const { previous: said, firstSeq } = reader.header;
    const here = this.#previous;
    if (!sameLink(said, here)) {
      const sameSeq = said.lastSeq === here.lastSeq;
      const was = sameSeq ? 'has other content' : `ends with transaction ${here.lastSeq}`;
      const what = `its header follows block ${said.number} up to transaction ${said.lastSeq}, and block ${here.number} here ${was}: one of the two files is an older copy or of another log`;
      const first = sameSeq ? this.#previousFirstSeq : Math.min(said.lastSeq, here.lastSeq) + 1;
      throw reader.damage(what, 0, { first, last: Math.max(said.lastSeq, here.lastSeq) });
    }
    if (firstSeq !== here.lastSeq + 1) {
      const seqs = { first: here.lastSeq + 1, last: Math.max(here.lastSeq + 1, firstSeq - 1) };
      throw reader.damage(`it begins with transaction ${firstSeq} where ${here.lastSeq + 1} should follow`, 0, seqs);
    }
  }

  #replayWrite(reader: BlockReader, write: TxWrite, batch: ReadBatch): void {
    const before = this.#options.target.replay(write);
    const follows = isLogBlock(reader.header.name) ? write.version === before + 1 : write.version > before;
    if (!follows)
      throw reader.damage(
        `version ${write.version} of key ${JSON.stringify(write.key)} follows version ${before}`,
        batch.offset,
        seqsOf(reader, batch),
      );
  }

  async #takeSealed(reader: BlockReader, end: BlockEnd): Promise<void> {
    const { name, lastInput } = reader.header;
    this.#sealed.push({ name, bytes: end.offset + PAGE_BYTES });
    this.#previous = lastInput ?? { number: name.last, lastSeq: reader.lastSeq, digest: reader.digest() };
  }

  /** An older block without footer: a crash came after its successor was named. The successor vouches for the content. */
  async #finishSeal(reader: BlockReader, end: BlockEnd & { kind: 'unsealed' }, successorAt: number): Promise<void> {
    const { files, onNotice } = this.#options;
    const { name, uuid, firstSeq } = reader.header;
    if (!isLogBlock(name)) throw reader.damage('a bad batch or footer', end.offset);
    const successor = await this.#open(successorAt, reader.lastSeq);
    await successor.close();
    const { previous: said } = successor.header;
    const successorFile = blockFileName(successor.header.name);
    const link: ChainLink = { number: name.last, lastSeq: reader.lastSeq, digest: reader.digest() };
    const { proof, end: tailEnd } = await reader.inspectTail(end);
    if (reader.lastSeq < said.lastSeq) {
      const by = proof ? `a valid ${proof.what} behind it at offset ${proof.offset}` : successorFile;
      const seqs = { first: reader.lastSeq + 1, last: proof?.durableSeq ?? said.lastSeq };
      throw reader.damage(`a bad batch, and ${by} proves that it was durable`, end.offset, seqs);
    }
    if (!sameLink(said, link)) {
      const seqs = { first: firstSeq, last: reader.lastSeq };
      throw reader.damage(`its content fails the digest in ${successorFile}`, 0, seqs);
    }
    if (tailEnd - end.offset > TORN_FOOTER_BYTES_MAX) {
      const what = `${tailEnd - end.offset} bytes behind its last batch, where only a footer can lie`;
      throw reader.damage(what, end.offset, { first: reader.lastSeq + 1, last: reader.lastSeq });
    }
    const { lastSeq, txCount } = reader;
    const footer = { lastSeq, txCount, byteLength: end.offset, nextBlock: name.last + 1, digest: link.digest };
    const file = await files.openToAppend(reader.path, 'open');
    await file.appendDurably(encodeFooter(footer, name, blockSeed(uuid, name)), end.offset).finally(() => file.close());
    const message = `${blockFileName(name)} was not sealed when the last run ended: sealed now, nothing is missing`;
    onNotice({ level: 'warn', event: 'seal_finished', message });
    this.#sealed.push({ name, bytes: end.offset + PAGE_BYTES });
    this.#previous = link;
  }

  async #takeNewest(reader: BlockReader, end: BlockEnd & { kind: 'unsealed' }): Promise<ActiveBlock> {
    const { files, onNotice } = this.#options;
    const verdict = tailVerdict(end, await reader.inspectTail(end));
    if (verdict.kind === 'damage')
      throw reader.damage(verdict.what, end.offset, { first: reader.lastSeq + 1, last: verdict.durableSeq });
    const { name, blockBytes, firstSeq } = reader.header;
    if (verdict.kind === 'torn') {
      const message = `${blockFileName(name)}: cut ${verdict.bytes} bytes of a batch that was being written when the last run ended, at offset ${end.offset}; nobody was told that it succeeded`;
      onNotice({ level: 'warn', event: 'torn_tail', message });
    } else if (end.offset === PAGE_BYTES) {
      const file = await files.openToAppend(reader.path, 'open');
      const { lastSeq, txCount, hash } = reader;
      return { number: name.first, file, blockBytes, firstSeq, offset: end.offset, lastSeq, txCount, hash };
    }
    return rewriteNewest(this.#options, reader);
  }

  #reportProgress(blocksDone: number, reader: BlockReader): void {
    const { clock, onProgress } = this.#options;
    const now = clock.now();
    if (now - this.#lastReportMs < PROGRESS_INTERVAL_MS) return;
    this.#lastReportMs = now;
    onProgress(this.#progress(blocksDone, reader.offset, reader.lastSeq));
  }

  #progress(blocksDone: number, bytesInBlock: number, transactions: number): RecoveryProgress {
    return {
      blocksDone,
      blocks: this.#log.length,
      bytesDone: this.#bytesBefore + bytesInBlock,
      bytes: this.#bytes,
      transactions,
    };
  }
}
