/** Takes a data directory, recovers what it holds, and hands over a log that can be appended to. */

import { NoRoom } from '../wal/blank-block.ts';
import { BlockWriter, type SealedBlock } from '../wal/block-writer.ts';
import { lockDirectory, openDirectory } from '../wal/data-directory.ts';
import { errnoOf, type FileLock, isNoRoom, type Platform } from '../wal/platform.ts';
import { type Recovered, type RecoveryNotice, type RecoveryProgress, recover } from '../wal/recovery.ts';
import { exitCodes, StartRefusal } from '../wal/refusal.ts';
import { type IndexLimits, KeyIndex } from './key-index.ts';

export interface OpenLogInput {
  readonly platform: Platform;
  readonly dataDir: string;
  readonly maxBlockSize: number;
  readonly limits: IndexLimits;
  readonly onNotice: (notice: RecoveryNotice) => void;
  readonly onProgress: (progress: RecoveryProgress) => void;
  readonly onSealed: (block: SealedBlock) => void;
}

export interface OpenLog {
  readonly lock: FileLock;
  readonly uuid: Uint8Array;
  readonly isNew: boolean;
  readonly index: KeyIndex;
  readonly writer: BlockWriter;
  readonly sealed: readonly SealedBlock[];
  readonly progress: RecoveryProgress;
  readonly tookMs: number;
}

/** Rejects with a `StartRefusal` where the store must not start; anything else is a bug. */
export async function openLog(input: OpenLogInput): Promise<OpenLog> {
  const { platform, dataDir } = input;
  try {
    const lock = await lockDirectory(platform.files, dataDir);
    try {
      return await openLocked(input, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    throw refusalFor(dataDir, error);
  }
}

async function openLocked(input: OpenLogInput, lock: FileLock): Promise<OpenLog> {
  const { platform, dataDir, maxBlockSize, onNotice, onProgress, onSealed } = input;
  const { files, random, clock } = platform;
  const startedMs = clock.now();
  const directory = await openDirectory({ files, random, directory: dataDir, maxBlockSize });
  const index = new KeyIndex(input.limits);
  const options = { files, clock, directory, maxBlockSize, target: index, onNotice, onProgress };
  const { active, sealed, progress }: Recovered = await recover(options);
  const { uuid, isNew } = directory;
  const writer = new BlockWriter({ files, directory: dataDir, uuid, active, maxBlockSize, onSealed });
  writer.prepareSpare();
  return { lock, uuid, isNew, index, writer, sealed, progress, tookMs: clock.now() - startedMs };
}

function refusalFor(dataDir: string, error: unknown): unknown {
  if (error instanceof StartRefusal) return error;
  if (error instanceof NoRoom || isNoRoom(error))
    return refuse(`no room in data directory ${dataDir} for the log block that a start needs`, error);
  if (errnoOf(error) !== undefined) return refuse(`cannot use data directory ${dataDir}`, error);
  return error;
}

function refuse(what: string, cause: unknown): StartRefusal {
  return new StartRefusal(exitCodes.inputOutput, `${what}: ${(cause as Error).message}`, { cause });
}
