/** Makes true on disk what was replayed from the newest block. */
import { createHash } from 'node:crypto';
import { encodeBatch } from './batch-codec.ts';
import { makeBlank } from './blank-block.ts';
import { type BlockName, TEMPORARY_SUFFIX } from './block-name.ts';
import { BlockReader } from './block-reader.ts';
import type { ActiveBlock } from './block-writer.ts';
import { blockSeed, encodeHeader, PAGE_BYTES } from './format.ts';
import type { RecoveryOptions } from './recovery.ts';
import { exitCodes, StartRefusal } from './refusal.ts';
import { readToEnd } from './whole-block.ts';

type RewriteOptions = Pick<RecoveryOptions, 'files' | 'directory' | 'maxBlockSize'>;

/**
 * Copies the valid batches of the newest block into a fresh file that takes its place, with a mark behind them. After a
 * failed sync the page cache may show bytes that the disk does not have, and no second sync would write them: only writing
 * them anew makes true what was just replayed.
 */
export async function rewriteNewest(options: RewriteOptions, reader: BlockReader): Promise<ActiveBlock> {
  const { files, directory, maxBlockSize } = options;
  const { name, uuid, firstSeq, previous } = reader.header;
  const { lastSeq, txCount, offset: contentEnd } = reader;
  const isEmpty = contentEnd === PAGE_BYTES;
  const blank = await makeBlank(
    files,
    `${reader.path}${TEMPORARY_SUFFIX}`,
    Math.max(maxBlockSize, contentEnd + 2 * PAGE_BYTES),
  );
  const { file, blockBytes } = blank;
  const written = createHash('sha256');
  const write = async (bytes: Buffer, position: number) => {
    written.update(bytes);
    await file.write(bytes, position);
  };
  await write(encodeHeader({ name, uuid, blockBytes, firstSeq, previous, lastInput: undefined }), 0);
  await reader.copyBatches(write);
  if (!isEmpty) {
    const mark = Buffer.alloc(PAGE_BYTES);
    const place = { seed: blockSeed(uuid, name), fileOffset: contentEnd };
    encodeBatch(mark, [], { firstSeq: lastSeq + 1, durableSeq: lastSeq }, place);
    await write(mark, contentEnd);
  }
  await file.sync();

  const copy = await readBack(options, blank.path, name);
  if (copy.lastSeq !== lastSeq || Buffer.compare(copy.digest(), written.digest()) !== 0)
    throw new StartRefusal(exitCodes.inputOutput, `${blank.path} reads back other than it was written`);
  await files.rename(blank.path, reader.path);
  await files.syncDirectory(directory.path);
  return { number: name.first, file, blockBytes, firstSeq, lastSeq, txCount, offset: copy.offset, hash: copy.hash };
}

async function readBack(options: RewriteOptions, file: string, name: BlockName): Promise<BlockReader> {
  const reader = await BlockReader.open(options.files, file, name, options.directory.uuid);
  try {
    await readToEnd(reader, () => {});
    return reader;
  } finally {
    await reader.close();
  }
}
