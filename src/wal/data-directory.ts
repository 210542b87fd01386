/** Opens a data directory: makes it if need be, takes its lock, and tells whether it holds a store and which one. */
import path from 'node:path';
import { makeBlank } from './blank-block.ts';
import {
  type BlockName,
  blockFileName,
  IDENTITY_FILE,
  LOCK_FILE,
  LOST_AND_FOUND,
  logBlockName,
  parseBlockFileName,
  TEMPORARY_SUFFIX,
} from './block-name.ts';
import { refuseUnreadable } from './block-reader.ts';
import {
  BLOCK_BYTES_MIN,
  CHAIN_START,
  decodeHeader,
  decodeIdentity,
  encodeHeader,
  encodeIdentity,
  IDENTITY_BYTES,
  PAGE_BYTES,
  UUID_BYTES,
} from './format.ts';
import { errnoOf, type FileLock, type FileSystem, type Randomness } from './platform.ts';
import { exitCodes, missingBlock, StartRefusal } from './refusal.ts';

export interface DataDirectory {
  readonly path: string;
  readonly uuid: Uint8Array;
  /** The store was made just now. */
  readonly isNew: boolean;
  readonly blocks: readonly BlockName[];
  /** Unfinished files of the last run that were deleted. */
  readonly deletedTemporaries: readonly string[];
  /** Files that are not ours. They are never touched. */
  readonly unknownFiles: readonly string[];
}

export interface DirectoryOptions {
  readonly files: FileSystem;
  readonly random: Randomness;
  readonly directory: string;
  /** Bytes of the first block of a new store. */
  readonly maxBlockSize: number;
}

/** Makes the directory if it is not there, its parents included, and takes its lock. Refuses if somebody holds it. */
export async function lockDirectory(files: FileSystem, directory: string): Promise<FileLock> {
  await makeDirectories(files, directory);
  const lock = await files.lock(path.join(directory, LOCK_FILE));
  if (!lock)
    throw new StartRefusal(
      exitCodes.directoryInUse,
      `data directory ${directory} is in use by another concave server; stop that one, or give this one a directory of its own`,
    );
  return lock;
}

/** Reads what the locked directory holds, and makes a store in an empty one. */
export async function openDirectory(options: DirectoryOptions): Promise<DataDirectory> {
  const { files, directory } = options;
  const listing = sortOut(await files.list(directory));
  if (!listing.hasIdentity) {
    const uuid = await makeStore(options, listing);
    const blocks = [logBlockName(1)];
    const { temporaries: deletedTemporaries } = listing;
    return { path: directory, uuid, isNew: true, blocks, deletedTemporaries, unknownFiles: [] };
  }

  const uuid = await readIdentity(files, path.join(directory, IDENTITY_FILE));
  if (listing.blocks.length === 0) throw missingBlock(directory, 'the store has its IDENTITY and no block at all');
  for (const name of listing.temporaries) await files.unlink(path.join(directory, name));
  const { blocks, temporaries: deletedTemporaries, unknownFiles } = listing;
  return { path: directory, uuid, isNew: false, blocks, deletedTemporaries, unknownFiles };
}

interface Listing {
  readonly hasIdentity: boolean;
  readonly blocks: readonly BlockName[];
  readonly temporaries: readonly string[];
  readonly unknownFiles: readonly string[];
}

const EXPECTED_FILES: ReadonlySet<string> = new Set([IDENTITY_FILE, LOCK_FILE, LOST_AND_FOUND]);

function sortOut(names: readonly string[]): Listing {
  const blocks: BlockName[] = [];
  const temporaries: string[] = [];
  const unknownFiles: string[] = [];
  for (const name of names.toSorted()) {
    const block = parseBlockFileName(name);
    if (block) blocks.push(block);
    else if (name.endsWith(TEMPORARY_SUFFIX)) temporaries.push(name);
    else if (!EXPECTED_FILES.has(name)) unknownFiles.push(name);
  }
  return { hasIdentity: names.includes(IDENTITY_FILE), blocks, temporaries, unknownFiles };
}

/**
 * IDENTITY comes last: a directory without it never acknowledged anything. Nothing but the leftovers of such a start may
 * lie there, for anything else is either a store that lost its IDENTITY or no place for a store.
 */
async function makeStore(options: DirectoryOptions, listing: Listing): Promise<Uint8Array> {
  const { files, directory, random, maxBlockSize } = options;
  await refuseUnlessLeftovers(options, listing);
  await syncAncestors(files, directory);
  for (const name of listing.temporaries) await files.unlink(path.join(directory, name));
  for (const name of listing.blocks) await files.unlink(path.join(directory, blockFileName(name)));

  const uuid = random.bytes(UUID_BYTES);
  await makeFirstBlock(files, directory, uuid, maxBlockSize);
  const temporary = path.join(directory, `${IDENTITY_FILE}${TEMPORARY_SUFFIX}`);
  const file = await files.create(temporary);
  await file.write(encodeIdentity(uuid), 0);
  await file.sync();
  await file.close();
  await files.rename(temporary, path.join(directory, IDENTITY_FILE));
  await files.syncDirectory(directory);
  return uuid;
}

async function makeFirstBlock(files: FileSystem, directory: string, uuid: Uint8Array, bytes: number): Promise<void> {
  const name = logBlockName(1);
  const target = path.join(directory, blockFileName(name));
  const blank = await makeBlank(files, `${target}${TEMPORARY_SUFFIX}`, Math.max(bytes, BLOCK_BYTES_MIN));
  const { blockBytes } = blank;
  const header = { name, uuid, blockBytes, firstSeq: 1, previous: CHAIN_START, lastInput: undefined };
  await blank.file.appendDurably(encodeHeader(header), 0);
  await blank.file.close();
  await files.rename(blank.path, target);
  await files.syncDirectory(directory);
}

async function refuseUnlessLeftovers({ files, directory }: DirectoryOptions, listing: Listing): Promise<void> {
  const { blocks, temporaries, unknownFiles } = listing;
  const refuse = (found: string): never => {
    throw new StartRefusal(
      exitCodes.damage,
      `${directory} holds ${found} and no ${IDENTITY_FILE} file: neither a store nor an empty directory; restore ${IDENTITY_FILE} from a copy, or choose another directory`,
    );
  };
  const foreign = unknownFiles[0] ?? temporaries.find((name) => !isOurTemporary(name));
  if (foreign !== undefined) refuse(JSON.stringify(foreign));
  for (const name of blocks)
    if (!(await isEmptyBlock(files, path.join(directory, blockFileName(name))))) refuse(blockFileName(name));
}

// No `*.tmp` of somebody else is deleted because a directory was mistaken for ours.
function isOurTemporary(name: string): boolean {
  return /^(?:IDENTITY|[0-9a-f]{16}\.log|blank-[0-9]+)\.tmp$/.test(name);
}

/** Whether it is a first block, of whatever store, and nothing but zeros follows its header. */
async function isEmptyBlock(files: FileSystem, file: string): Promise<boolean> {
  const opened = await files.openToRead(file).catch((error) => refuseUnreadable(file, 0, error));
  try {
    const { bytes } = await opened.stat();
    const page = Buffer.alloc(PAGE_BYTES);
    for (let offset = 0; offset < bytes; offset += PAGE_BYTES) {
      const count = await opened.read(page, offset).catch((error) => refuseUnreadable(file, offset, error));
      const content = page.subarray(0, count);
      if (offset === 0 && !decodeHeader(content, undefined, logBlockName(1)).ok) return false;
      if (offset > 0 && content.some((byte) => byte !== 0)) return false;
    }
    return bytes > 0;
  } finally {
    await opened.close();
  }
}

async function readIdentity(files: FileSystem, file: string): Promise<Uint8Array> {
  const opened = await files.openToRead(file).catch((error) => refuseUnreadable(file, 0, error));
  try {
    const bytes = Buffer.alloc(IDENTITY_BYTES + 1);
    const count = await opened.read(bytes, 0).catch((error) => refuseUnreadable(file, 0, error));
    const identity = decodeIdentity(bytes.subarray(0, count));
    if (!identity.ok)
      throw new StartRefusal(exitCodes.damage, `${file} is damaged: ${identity.what}; restore this file from a copy`);
    return identity.value;
  } finally {
    await opened.close();
  }
}

async function makeDirectories(files: FileSystem, directory: string): Promise<void> {
  const found = await files.stat(directory);
  if (found?.kind === 'directory') return;
  if (found) throw new StartRefusal(exitCodes.inputOutput, `data directory ${directory} is not a directory`);
  const parent = path.dirname(path.resolve(directory));
  await makeDirectories(files, parent);
  try {
    await files.makeDirectory(directory);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error; // another server that starts this moment made it
  }
  await files.syncDirectory(parent);
}

/** From directories that we could not have made anything in, and that some file systems do not sync at all. */
const NOT_OURS_TO_SYNC: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EROFS', 'EINVAL', 'ENOTSUP']);

/**
 * An earlier start may have made the directory, or one above it, and died before its sync of the parent. What is not ours
 * to open was not made by us.
 */
async function syncAncestors(files: FileSystem, directory: string): Promise<void> {
  const parent = path.dirname(path.resolve(directory));
  if (parent === path.resolve(directory)) return;
  await files.syncDirectory(parent).catch((error) => {
    if (!NOT_OURS_TO_SYNC.has(errnoOf(error))) throw error;
  });
  await syncAncestors(files, parent);
}
