/** Reads blocks from their first batch to their end, with every check that a block alone allows. */
import path from 'node:path';
import { type BlockName, blockFileName, isLogBlock } from './block-name.ts';
import { type BlockEnd, BlockReader, decodeCompactedBatch, decodeLogBatch, type ReadBatch } from './block-reader.ts';
import type { DataDirectory } from './data-directory.ts';
import type { BlockHeader } from './format.ts';
import { compareKeys } from './key-order.ts';
import type { FileSystem } from './platform.ts';
import { Damage } from './refusal.ts';
import type { TxWrite } from './tx-codec.ts';

/** Reads every batch, checks what the block alone can show, and hands over each write. */
export async function readToEnd(
  reader: BlockReader,
  onWrite: (write: TxWrite, batch: ReadBatch) => void,
  afterBatch: () => void = () => {},
): Promise<BlockEnd> {
  let lastKey: string | undefined;
  for (;;) {
    const batch = await reader.next();
    if (batch.kind !== 'batch') return batch;
    if (isLogBlock(reader.header.name)) {
      for (const tx of decodeLogBatch(reader, batch)) for (const write of tx.writes) onWrite(write, batch);
    } else {
      for (const entry of decodeCompactedBatch(reader, batch)) {
        if (lastKey !== undefined && compareKeys(lastKey, entry.key) >= 0)
          throw reader.damage('entries out of order', batch.offset);
        lastKey = entry.key;
        onWrite(entry, batch);
      }
    }
    afterBatch();
  }
}

/** What is wrong with a sealed block; `undefined` if it is whole. */
export async function findDamage(
  files: FileSystem,
  directory: DataDirectory,
  name: BlockName,
): Promise<Damage | undefined> {
  try {
    const reader = await BlockReader.open(files, path.join(directory.path, blockFileName(name)), name, directory.uuid);
    try {
      const end = await readToEnd(reader, () => {});
      return end.kind === 'sealed' ? undefined : reader.damage('the block ends without a footer');
    } finally {
      await reader.close();
    }
  } catch (error) {
    if (error instanceof Damage) return error;
    throw error;
  }
}

/** The header of a block, checked. Throws `Damage`. */
export async function readHeader(files: FileSystem, directory: DataDirectory, name: BlockName): Promise<BlockHeader> {
  const reader = await BlockReader.open(files, path.join(directory.path, blockFileName(name)), name, directory.uuid);
  await reader.close();
  return reader.header;
}
