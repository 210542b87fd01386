/** Puts a compacted block into a store, laid out by hand from the log blocks that lie there. */
import { blockFileName, logBlockName } from '../../../src/wal/block-name.ts';
import { BlockReader, decodeLogBatch } from '../../../src/wal/block-reader.ts';
import { compareKeys } from '../../../src/wal/key-order.ts';
import { nodeFileSystem } from '../../../src/wal/node-platform.ts';
import { type CompactedEntry, encodeEntries } from '../../../src/wal/tx-codec.ts';
import type { StoreFixture } from '../../support/store-fixture.ts';
import { layOut, type RawBlock } from './raw-block.ts';

/** Writes the block that stands for log blocks `first` to `last`, and returns its file name. `change` may make it wrong. */
export async function compact(
  store: StoreFixture,
  first: number,
  last: number,
  generation: number,
  change: (block: RawBlock) => Partial<RawBlock> = () => ({}),
): Promise<string> {
  const latest = new Map<string, CompactedEntry>();
  for (let block = first; block <= last; block += 1) await readLogBlock(store, block, latest);
  const entries = [...latest.values()].toSorted((a, b) => compareKeys(a.key, b.key));
  const name = { first, last, generation };
  const { firstSeq, previous } = await headerOf(store, first);
  const { previous: lastInput } = await headerOf(store, last + 1);
  const batches = [{ payloads: entries.map((entry) => encodeEntries([entry])) }];
  const block = { name, uuid: store.opened.uuid, firstSeq, previous, lastInput, batches };
  store.write(blockFileName(name), layOut({ ...block, ...change(block) }).bytes);
  return blockFileName(name);
}

async function readLogBlock(store: StoreFixture, block: number, into: Map<string, CompactedEntry>): Promise<void> {
  const reader = await open(store, block);
  for (let batch = await reader.next(); batch.kind === 'batch'; batch = await reader.next())
    for (const { seq, writes } of decodeLogBatch(reader, batch))
      for (const write of writes) into.set(write.key, { seq, ...write });
  await reader.close();
}

async function headerOf(store: StoreFixture, block: number) {
  const reader = await open(store, block);
  await reader.close();
  return reader.header;
}

function open(store: StoreFixture, block: number): Promise<BlockReader> {
  return BlockReader.open(nodeFileSystem, store.path(block), logBlockName(block), store.opened.uuid);
}
