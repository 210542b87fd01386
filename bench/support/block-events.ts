/** The production platform, with the log's blocks counted and the syncs that they cost beside those of the puts. */
import { nodePlatform } from '../../src/wal/node-platform.ts';
import type { AppendableFile, FileSystem, Platform } from '../../src/wal/platform.ts';

export interface BlockEvents {
  /** Blocks that were begun. */
  readonly blocks: number;
  /** Syncs of files and directories, and durable writes of headers and footers; batches are not among them. */
  readonly syncs: number;
}

const HEADER = 'CNCVBLK1';
/** Headers and footers begin with it, batches do not. */
const MAGIC = HEADER.slice(0, 4);

export function blockEvents(): { readonly platform: Platform; readonly events: BlockEvents } {
  const events = { blocks: 0, syncs: 0 };
  const platform = nodePlatform();
  const files: FileSystem = {
    ...platform.files,
    openToAppend: async (path, mode) => counted(await platform.files.openToAppend(path, mode), events),
    syncDirectory(directory) {
      events.syncs += 1;
      return platform.files.syncDirectory(directory);
    },
  };
  return { platform: { ...platform, files }, events };
}

function counted(file: AppendableFile, events: { blocks: number; syncs: number }): AppendableFile {
  return {
    read: (into, position) => file.read(into, position),
    stat: () => file.stat(),
    close: () => file.close(),
    write: (bytes, position) => file.write(bytes, position),
    sync() {
      events.syncs += 1;
      return file.sync();
    },
    appendDurably(bytes, position) {
      const begin = Buffer.from(bytes.buffer, bytes.byteOffset, HEADER.length).toString('latin1');
      if (begin.startsWith(MAGIC)) events.syncs += 1;
      if (begin === HEADER) events.blocks += 1;
      return file.appendDurably(bytes, position);
    },
  };
}
