/** Makes the files of zeros, written and synced ahead of need, that become log blocks. */
import { PAGE_BYTES, pageCeil } from './format.ts';
import { type AppendableFile, type FileSystem, isNoRoom } from './platform.ts';

/** A file of zeros on stable storage, under a temporary name. */
export interface BlankBlock {
  readonly path: string;
  readonly file: AppendableFile;
  readonly blockBytes: number;
}

/** A block could not be made for want of space or descriptors. What was to be appended definitely was not. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom';
  constructor(cause: unknown) {
    super(`no room for the next log block: ${(cause as Error).message}`, { cause });
  }
}

const STEP_BYTES = 1024 * 1024;
/** So much is synced at once: a block of the default size takes one sync, and a larger one does not hold up the disk. */
const SYNC_BYTES = 4 * STEP_BYTES;

/** Makes a blank of at least `bytes`. Throws `NoRoom` where there is none; leaves nothing behind, whatever it throws. */
export async function makeBlank(files: FileSystem, path: string, bytes: number): Promise<BlankBlock> {
  const blockBytes = pageCeil(bytes);
  let file: AppendableFile | undefined;
  try {
    file = await files.openToAppend(path, 'create');
    await fillWithZeros(file, blockBytes);
    await file.sync();
    return { path, file, blockBytes };
  } catch (error) {
    if (file) await discardBlank(files, { path, file, blockBytes });
    throw isNoRoom(error) ? new NoRoom(error) : error;
  }
}

/** What cannot be removed now is removed at the next start, for its name says that it is temporary. */
export async function discardBlank(files: FileSystem, blank: BlankBlock): Promise<void> {
  await blank.file.close().catch(() => {});
  await files.unlink(blank.path).catch(() => {});
}

// In steps, so that a large file does not hold up the disk for everyone else.
async function fillWithZeros(file: AppendableFile, bytes: number): Promise<void> {
  const zeros = Buffer.alloc(Math.min(STEP_BYTES, Math.max(bytes, PAGE_BYTES)));
  for (let at = 0; at < bytes; at += zeros.length) {
    if (at > 0 && at % SYNC_BYTES === 0) await file.sync();
    await file.write(zeros.subarray(0, bytes - at), at);
  }
}
