/**
 * Node's files without their syncs, which take most of the time of a test. What a process writes is there for the next one
 * all the same, as long as only the process dies and the machine does not.
 */
import fs from 'node:fs';
import { promisify } from 'node:util';
import { nodeFileSystem } from '../../src/wal/node-platform.ts';
import type { AppendableFile, FileSystem, WritableFile } from '../../src/wal/platform.ts';

const open = promisify(fs.open);
const read = promisify(fs.read);
const write = promisify(fs.write);
const close = promisify(fs.close);

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
  // A plain descriptor: a test may crash a store and never close it, and a FileHandle would complain of that.
  const fd = await open(path, 'r+');
  return {
    read: async (into, position) => (await read(fd, into, 0, into.length, position)).bytesRead,
    stat: async () => (await nodeFileSystem.stat(path))!,
    async write(bytes, position) {
      for (let done = 0; done < bytes.length; )
        done += (await write(fd, bytes, done, bytes.length - done, position + done)).bytesWritten;
    },
    close: () => close(fd),
  };
}
