/** The production platform with every byte that is written to the data directory counted, by what it is for. */

import { type CompactionPlace, compactionPorts } from '../../src/wal/compaction-ports.ts';
import { BATCH_HEAD_BYTES, PAGE_BYTES } from '../../src/wal/format.ts';
import { runMerge } from '../../src/wal/merge.ts';
import { nodePlatform } from '../../src/wal/node-platform.ts';
import type { AppendableFile, FileSystem, Platform, WritableFile } from '../../src/wal/platform.ts';

/** Bytes written, by purpose. */
export interface CountedBytes {
  /** Records, their frames and the heads of batches. */
  log: number;
  /** Zeros between the end of a batch and the next page. */
  padding: number;
  /** Headers and footers of blocks. */
  'headers and footers': number;
  /** Zeros that prepare blocks. */
  'zero-fill': number;
  /** Merged blocks, and the sorted copies of log blocks that they are made from. */
  compaction: number;
}

export interface CountingPlatform {
  readonly platform: Platform;
  readonly counted: CountedBytes;
  /** Merges in this process, where its bytes are counted. */
  readonly compaction: (place: CompactionPlace) => ReturnType<typeof compactionPorts>;
}

export function countingPlatform(): CountingPlatform {
  const counted: CountedBytes = { log: 0, padding: 0, 'headers and footers': 0, 'zero-fill': 0, compaction: 0 };
  const platform = nodePlatform();
  const files: FileSystem = {
    ...platform.files,
    async openToAppend(path, mode) {
      return countAppends(await platform.files.openToAppend(path, mode), counted);
    },
    async create(path) {
      return countWrites(await platform.files.create(path), counted);
    },
  };
  return {
    platform: { ...platform, files },
    counted,
    compaction: (place) => compactionPorts(place, (job, signal) => runMerge(place.files, job, { signal })),
  };
}

function countAppends(file: AppendableFile, counted: CountedBytes): AppendableFile {
  return {
    ...passThrough(file),
    write(bytes, position) {
      counted['zero-fill'] += bytes.length;
      return file.write(bytes, position);
    },
    appendDurably(bytes, position) {
      const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const isBatch = view.toString('latin1', 0, 4) !== 'CNCV';
      if (isBatch) {
        const used = BATCH_HEAD_BYTES + view.readUInt32LE(8);
        counted.log += used;
        counted.padding += view.length - used;
      } else counted['headers and footers'] += PAGE_BYTES;
      return file.appendDurably(bytes, position);
    },
  };
}

function countWrites(file: WritableFile, counted: CountedBytes): WritableFile {
  return {
    ...passThrough(file),
    write(bytes, position) {
      counted.compaction += bytes.length;
      return file.write(bytes, position);
    },
  };
}

function passThrough(file: WritableFile): WritableFile {
  return {
    read: (into, position) => file.read(into, position),
    stat: () => file.stat(),
    close: () => file.close(),
    write: (bytes, position) => file.write(bytes, position),
    sync: () => file.sync(),
  };
}
