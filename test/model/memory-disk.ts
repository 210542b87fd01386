/**
 * A disk in memory, for model runs that make thousands of stores. It forgets nothing when a process dies: what a disk
 * loses with its power is the simulator's subject.
 */
import { dirname, join } from 'node:path';
import type { AppendableFile, FileLock, FileStat, FileSystem } from '../../src/wal/platform.ts';

interface Inode {
  readonly identity: string;
  bytes: Buffer;
}

export class MemoryDisk implements FileSystem {
  readonly #directories = new Set(['/']);
  readonly #files = new Map<string, Inode>();
  readonly #locked = new Set<string>();
  #lastInode = 0;

  /** Names of the files that the directory holds. */
  names(directory: string): string[] {
    return [...this.#files.keys()]
      .filter((path) => dirname(path) === directory)
      .map((path) => path.slice(directory.length + 1));
  }

  /** Puts a file there as if it had been for long. */
  place(directory: string, name: string, bytes: Uint8Array): void {
    this.#directories.add(directory);
    this.#files.set(join(directory, name), this.#inode(bytes));
  }

  /** What the operating system does when the process that held them is gone. */
  freeLocks(): void {
    this.#locked.clear();
  }

  async list(directory: string): Promise<string[]> {
    return this.names(directory);
  }

  async stat(path: string): Promise<FileStat | undefined> {
    if (this.#directories.has(path)) return { kind: 'directory', bytes: 0, identity: path };
    const inode = this.#files.get(path);
    return inode && statOf(inode);
  }

  async makeDirectory(path: string): Promise<void> {
    if (this.#directories.has(path)) throw errno('EEXIST', path);
    this.#directories.add(path);
  }

  async freeBytes(): Promise<number> {
    return Number.MAX_SAFE_INTEGER;
  }

  async openToRead(path: string): Promise<AppendableFile> {
    return fileOf(this.#mustFind(path));
  }

  async openToAppend(path: string, mode: 'open' | 'create'): Promise<AppendableFile> {
    return mode === 'create' ? this.create(path) : fileOf(this.#mustFind(path));
  }

  async create(path: string): Promise<AppendableFile> {
    if (this.#files.has(path)) throw errno('EEXIST', path);
    const inode = this.#inode(new Uint8Array());
    this.#files.set(path, inode);
    return fileOf(inode);
  }

  async rename(from: string, to: string): Promise<void> {
    const inode = this.#mustFind(from);
    this.#files.delete(from);
    this.#files.set(to, inode);
  }

  async unlink(path: string): Promise<void> {
    this.#mustFind(path);
    this.#files.delete(path);
  }

  async syncDirectory(): Promise<void> {}

  async lock(path: string): Promise<FileLock | undefined> {
    if (this.#locked.has(path)) return undefined;
    this.#locked.add(path);
    return { release: async () => void this.#locked.delete(path) };
  }

  #mustFind(path: string): Inode {
    const inode = this.#files.get(path);
    if (!inode) throw errno('ENOENT', path);
    return inode;
  }

  #inode(bytes: Uint8Array): Inode {
    this.#lastInode += 1;
    return { identity: `memory:${this.#lastInode}`, bytes: Buffer.from(bytes) };
  }
}

/** An open file stays what it is when its name goes or changes. */
function fileOf(inode: Inode): AppendableFile {
  const write = async (bytes: Uint8Array, position: number): Promise<void> => {
    const end = position + bytes.length;
    if (end > inode.bytes.length) inode.bytes = Buffer.concat([inode.bytes], end);
    inode.bytes.set(bytes, position);
  };
  return {
    read: async (into, position) => inode.bytes.subarray(position).copy(into),
    stat: async () => statOf(inode),
    write,
    appendDurably: write,
    sync: async () => {},
    close: async () => {},
  };
}

function statOf({ bytes, identity }: Inode): FileStat {
  return { kind: 'file', bytes: bytes.length, identity };
}

function errno(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: '${path}'`), { code });
}
