/**
 * Merges a run of sealed blocks into one: for each key the highest version within the run, tombstones kept, in the order
 * of the keys. A version is never dropped because memory holds a newer one, for that one may not be durable.
 *
 * The result lies under a temporary name and nothing else has changed: `compaction-steps.ts` publishes it. So every step
 * here is safe to die after, and the next start deletes what is left.
 */
import path from 'node:path';
import { invariant } from '../invariant.ts';
import { type BlockName, blockFileName, isLogBlock, TEMPORARY_SUFFIX } from './block-name.ts';
import { BlockReader } from './block-reader.ts';
import { tiles } from './block-set.ts';
import type { SealedBlock } from './block-writer.ts';
import { COMPACTED_BATCH_BYTES, CompactedWriter, type WrittenBlock } from './compacted-writer.ts';
import type { EntrySlice } from './entry-slice.ts';
import { type BlockHeader, type ChainLink, sameLink } from './format.ts';
import { MergeFailure, toMergeFailure } from './merge-failure.ts';
import {
  CompactedSource,
  type EntrySource,
  LogSorter,
  MemorySource,
  mergeSorted,
  readingBack,
  SortedFileSource,
  type SortedLogBlocks,
} from './merge-source.ts';
import type { FileSystem } from './platform.ts';

/** Plain data: it crosses to the thread that merges. */
export interface MergeJob {
  readonly directory: string;
  readonly uuid: Uint8Array;
  /** At least two, oldest first, each the successor of the one before. */
  readonly inputs: readonly SealedBlock[];
  /** Free bytes that the merge leaves to the log. */
  readonly reserveBytes: number;
  /** Neighbouring log blocks of so many bytes together, without the zeros at their ends, are sorted in memory; a larger one alone. */
  readonly sortedBytesMax: number;
  /** Of a `Backlog`: what the pace of the merge goes by, where it has one. */
  readonly backlog: Int32Array;
}

/** A merged block, complete and on stable storage under its temporary name. */
export interface MergeResult {
  readonly name: BlockName;
  readonly temporaryPath: string;
  readonly bytes: number;
  /** Keys in it, deleted ones included. */
  readonly entries: number;
  /** All that was written for it, sorted copies included. */
  readonly bytesWritten: number;
}

/** Merges step by step, a batch or what stays in memory of a source at a time. Throws `MergeFailure`, and leaves no file then. */
export async function* merge(files: FileSystem, job: MergeJob): AsyncGenerator<void, MergeResult> {
  let result: MergeResult | undefined;
  try {
    await removeTemporaries(files, job); // of an earlier attempt that could not
    result = yield* mergeInto(files, job, mergedName(job));
    return result;
  } catch (error) {
    throw toMergeFailure(error);
  } finally {
    // Also where the caller gave up half-way and took no more steps.
    if (!result) await removeTemporaries(files, job);
  }
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Between two steps. */
  readonly rest?: () => Promise<void>;
}

/** Takes all steps of a merge. Throws the signal's reason, and leaves no file, once that is aborted. */
export async function runMerge(
  files: FileSystem,
  job: MergeJob,
  { signal, rest }: RunOptions = {},
): Promise<MergeResult> {
  const steps = merge(files, job);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const step = await steps.next();
      if (step.done) return step.value;
      await rest?.();
    }
  } finally {
    await steps.return(undefined as never);
  }
}

/** Deletes whatever the merge of this job may have left. What cannot be deleted now is deleted at the next start. */
export async function removeTemporaries(files: FileSystem, job: MergeJob): Promise<void> {
  const sorted = groupInputs(job).filter(isOfLog).map(sortedName);
  for (const name of [...sorted, mergedName(job)]) await files.unlink(temporaryPath(job, name)).catch(() => {});
}

async function* mergeInto(files: FileSystem, job: MergeJob, name: BlockName): AsyncGenerator<void, MergeResult> {
  invariant(job.inputs.length >= 2, 'a merge of fewer than two blocks');
  invariant(
    tiles(
      name,
      job.inputs.map((input) => input.name),
    ),
    'a merge of blocks that are no neighbours',
  );
  await leaveReserve(files, job, bytesOf(job.inputs));

  await using open = new AsyncDisposableStack();
  const inputs = yield* openInputs(files, job, open);
  const { firstSeq, previous } = inputs.first;
  const header: BlockHeader = { name, uuid: job.uuid, blockBytes: 0, firstSeq, previous, lastInput: inputs.end };
  const merged = yield* writeBlock(files, job, header, mergeSorted(inputs.sources));
  yield* checkWritten(files, job, header, merged);

  for (const sorted of inputs.sortedPaths) await files.unlink(sorted).catch(() => {});
  const { bytes, entries } = merged;
  const bytesWritten = inputs.bytesWritten + bytes;
  return { name, temporaryPath: temporaryPath(job, name), bytes, entries, bytesWritten };
}

interface OpenInputs {
  /** Oldest first. */
  readonly sources: readonly EntrySource[];
  readonly first: BlockHeader;
  /** What the log block behind the last input says of it. */
  readonly end: ChainLink;
  readonly sortedPaths: readonly string[];
  /** Bytes of the sorted copies. */
  readonly bytesWritten: number;
}

/**
 * Checks that the inputs are one unbroken stretch of this log and makes of them sorted streams. A compacted block is one
 * already, and is verified while it streams: all of it has been when its end is reached, and nothing is published before.
 * Log blocks are sorted in groups, one after the other. Of each group a sorted copy is written but for the last, which stays
 * in memory. Where it is the only one, nothing is written but the result.
 */
async function* openInputs(
  files: FileSystem,
  job: MergeJob,
  open: AsyncDisposableStack,
): AsyncGenerator<void, OpenInputs> {
  const groups = groupInputs(job);
  const lastOfLog = groups.findLast(isOfLog);
  const sources: EntrySource[] = [];
  const sortedPaths: string[] = [];
  let bytesWritten = 0;
  let first: BlockHeader | undefined;
  let end: ChainLink | undefined;
  for (const group of groups) {
    const [{ name }] = group as [SealedBlock];
    if (!isLogBlock(name)) {
      const reader = await openBlock(files, job, pathOf(job, name), name, open);
      checkChain(reader, end);
      first ??= reader.header;
      end = reader.header.lastInput!;
      sources.push(new CompactedSource(reader));
      continue;
    }
    const sorted: SortedGroup = yield* sortGroup(files, job, group, end);
    first ??= sorted.header;
    end = sorted.link;
    if (group === lastOfLog) {
      sources.push(new MemorySource(sorted));
      continue;
    }
    const copy = yield* writeSortedCopy(files, job, sortedName(group), sorted);
    const reader = await readingBack(() => openBlock(files, job, copy.path, copy.name, open));
    sources.push(new SortedFileSource(sorted.pathOf, reader));
    sortedPaths.push(copy.path);
    bytesWritten += copy.bytes;
  }
  return { sources, first: first!, end: end!, sortedPaths, bytesWritten };
}

/** Neighbours that are sorted together, oldest first: one compacted block, or log blocks, as many as fit from the end on. */
function groupInputs({ inputs, sortedBytesMax }: MergeJob): readonly (readonly SealedBlock[])[] {
  const groups: SealedBlock[][] = [];
  let room = 0;
  for (const input of inputs.toReversed()) {
    const isLog = isLogBlock(input.name);
    if (isLog && input.bytes <= room) groups[0]!.unshift(input);
    else {
      groups.unshift([input]);
      room = isLog ? sortedBytesMax : 0;
    }
    room -= input.bytes;
  }
  return groups;
}

function isOfLog([first]: readonly SealedBlock[]): boolean {
  return isLogBlock(first!.name);
}

interface SortedGroup extends SortedLogBlocks {
  /** Of the first block. */
  readonly header: BlockHeader;
  /** What the block behind the last one must say of that. */
  readonly link: ChainLink;
}

async function* sortGroup(
  files: FileSystem,
  job: MergeJob,
  group: readonly SealedBlock[],
  previous: ChainLink | undefined,
): AsyncGenerator<void, SortedGroup> {
  const sorter = new LogSorter();
  let header: BlockHeader | undefined;
  let link = previous;
  for (const { name } of group) {
    // Let go of when it is sorted: what the reader holds of a block may be as large as the largest batch.
    await using open = new AsyncDisposableStack();
    const reader = await openBlock(files, job, pathOf(job, name), name, open);
    checkChain(reader, link);
    header ??= reader.header;
    link = yield* sorter.read(reader);
  }
  return { header: header!, link: link!, ...sorter.sorted() };
}

async function openBlock(
  files: FileSystem,
  { uuid }: MergeJob,
  file: string,
  name: BlockName,
  open: AsyncDisposableStack,
): Promise<BlockReader> {
  const reader = await BlockReader.open(files, file, name, uuid, COMPACTED_BATCH_BYTES);
  open.defer(() => reader.close().catch(() => {}));
  return reader;
}

function checkChain(reader: BlockReader, previous: ChainLink | undefined): void {
  const { header } = reader;
  if (!previous) return;
  if (sameLink(header.previous, previous) && header.firstSeq === previous.lastSeq + 1) return;
  throw reader.damage(`its header names another predecessor than block ${previous.number} as it is here`, 0);
}

/** The copy has the format of a compacted block, so that it is written and read like any other. */
async function* writeSortedCopy(
  files: FileSystem,
  job: MergeJob,
  name: BlockName,
  { header: { uuid, firstSeq, previous }, entries, link }: SortedGroup,
): AsyncGenerator<void, { readonly name: BlockName; readonly path: string; readonly bytes: number }> {
  const header = { name, uuid, blockBytes: 0, firstSeq, previous, lastInput: link };
  const { bytes } = yield* writeBlock(files, job, header, [entries]);
  return { name, path: temporaryPath(job, name), bytes };
}

async function* writeBlock(
  files: FileSystem,
  job: MergeJob,
  header: BlockHeader,
  entries: AsyncIterable<readonly EntrySlice[]> | Iterable<readonly EntrySlice[]>,
): AsyncGenerator<void, WrittenBlock> {
  const writer = await CompactedWriter.create(files, temporaryPath(job, header.name), header);
  await using open = new AsyncDisposableStack();
  open.defer(() => writer.close().catch(() => {}));
  for await (const some of entries) {
    for (const entry of some) {
      writer.add(entry);
      if (!writer.isFull) continue;
      await leaveReserve(files, job, writer.gatheredBytes);
      await writer.flush();
      yield;
    }
    yield;
  }
  await leaveReserve(files, job, writer.gatheredBytes);
  return writer.finish();
}

/**
 * Reads the merged block as the next merge will, a batch a step, and holds it against what was written. Values are not decoded
 * again: the digest says that they are those that were checked.
 */
async function* checkWritten(
  files: FileSystem,
  job: MergeJob,
  { name }: BlockHeader,
  { entries, digest }: WrittenBlock,
): AsyncGenerator<void, void> {
  await using open = new AsyncDisposableStack();
  const reader = await readingBack(() => openBlock(files, job, temporaryPath(job, name), name, open));
  const source = new SortedFileSource(() => reader.path, reader);
  let found = 0;
  for (let some = await source.next(); some; some = await source.next()) {
    found += some.length;
    yield;
  }
  await readingBack(async () => {
    if (found !== entries) throw reader.damage(`${found} entries of ${entries}`);
    // It covers the header too, and so where the block begins and ends.
    if (Buffer.compare(reader.digest(), digest) !== 0)
      throw reader.damage('another digest than that of what was written');
  });
}

/** Free space is looked at before every batch: what the log needs is never taken, whoever else fills the disk. */
async function leaveReserve(files: FileSystem, { directory, reserveBytes }: MergeJob, bytes: number): Promise<void> {
  const freeBytes = await files.freeBytes(directory);
  if (freeBytes >= bytes + reserveBytes) return;
  const message = `no room to merge blocks in ${directory}: ${bytes} bytes and ${reserveBytes} in reserve for the log, and ${freeBytes} are free`;
  throw new MergeFailure('noRoom', message);
}

function mergedName({ inputs }: MergeJob): BlockName {
  const generation = 1 + Math.max(...inputs.map(({ name }) => name.generation));
  return { first: inputs[0]!.name.first, last: inputs.at(-1)!.name.last, generation };
}

/** Only ever a temporary one. */
function sortedName(group: readonly SealedBlock[]): BlockName {
  return { first: group[0]!.name.first, last: group.at(-1)!.name.last, generation: 1 };
}

function pathOf({ directory }: MergeJob, name: BlockName): string {
  return path.join(directory, blockFileName(name));
}

function temporaryPath({ directory }: MergeJob, name: BlockName): string {
  return path.join(directory, `${blockFileName(name)}${TEMPORARY_SUFFIX}`);
}

function bytesOf(blocks: readonly SealedBlock[]): number {
  return blocks.reduce((sum, { bytes }) => sum + bytes, 0);
}
