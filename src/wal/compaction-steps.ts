/** What a merge does to the log itself: first the merged block gets its name, then its inputs are deleted. */
import path from 'node:path';
import { blockFileName } from './block-name.ts';
import type { SealedBlock } from './block-writer.ts';
import type { MergeResult } from './merge.ts';
import type { FileSystem } from './platform.ts';

/**
 * The merged block did not get its name, and its temporary file is deleted: the log is as it was. Every other failure of
 * these steps leaves it unknown what the disk holds, and then nothing may be deleted any more.
 */
export class NotPublished extends Error {
  override readonly name = 'NotPublished';
  constructor(cause: unknown) {
    super(`the merged block could not be named: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Names the merged block; it is part of the log once this resolves. Until its inputs are deleted both are there, and the
 * next start takes the merged block, which covers them and has a higher generation.
 */
export async function publish(
  files: FileSystem,
  directory: string,
  { name, temporaryPath }: MergeResult,
): Promise<void> {
  try {
    await files.rename(temporaryPath, path.join(directory, blockFileName(name)));
  } catch (error) {
    // Still under its old name: then it has no new one. A later merge of a longer run must never meet this one's name in
    // the directory, for the next start would take the two for contradictory and refuse.
    const old = await files.stat(temporaryPath).catch(() => undefined);
    if (!old) throw error;
    await files.unlink(temporaryPath).catch(() => {});
    throw new NotPublished(error);
  }
  // Before the inputs are touched. Without this the disk may do the unlinks first, and a power cut would take the inputs
  // and the merged block together. If it fails, the name may be on disk or not: the inputs stay, for good.
  await files.syncDirectory(directory);
}

/** Deletes the inputs of a published block. Any failure is harmless to the log: what is left is deleted at the next start. */
export async function discard(files: FileSystem, directory: string, inputs: readonly SealedBlock[]): Promise<void> {
  for (const { name } of inputs) await files.unlink(path.join(directory, blockFileName(name)));
  // So that the next start does not find inputs again and prove the merged block once more to delete them.
  await files.syncDirectory(directory);
}
