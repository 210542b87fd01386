/**
 * Node's files without their syncs, which take most of the time of a test. What a process writes is there for the next one
 * all the same, as long as only the process dies and the machine does not.
 */
import { open } from 'node:fs/promises';
import { nodeFileSystem } from '../../src/wal/node-platform.ts';
import type { AppendableFile, FileSystem, WritableFile } from '../../src/wal/platform.ts';

export const unsyncedFiles: FileSystem = {
  ...nodeFileSystem,
  create: async (path) => withoutSync(await nodeFileSystem.create(path)),
  openToAppend: async (path, mode) =>
    withoutSync(mode === 'create' ? await nodeFileSystem.create(path) : await openToWrite(path)),
  syncDirectory: async () => {},
};

function withoutSync(file: Omit<WritableFile, 'sync'>): AppendableFile {
  return {
    read: (into, position) => file.read(into, position),
    stat: () => file.stat(),
    write: (bytes, position) => file.write(bytes, position),
    appendDurably: (bytes, position) => file.write(bytes, position),
    sync: async () => {},
    close: () => file.close(),
  };
}

/** The contract has no call that opens an existing file to be written without syncing. */
async function openToWrite(path: string): Promise<Omit<WritableFile, 'sync'>> {
  const handle = await open(path, 'r+');
  return {
    read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
    stat: async () => (await nodeFileSystem.stat(path))!,
    async write(bytes, position) {
      for (let done = 0; done < bytes.length; ) {
        done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
      }
    },
    close: () => handle.close(),
  };
}
