/**
 * A data directory in memory, for tests that start a store so often that a disk would be too slow. It fails in no way of a
 * disk: what is written is there at once and for good.
 */
import { basename, dirname } from 'node:path';
import type { AppendableFile, FileStat, FileSystem } from '../../src/wal/platform.ts';

export class MemoryFiles implements FileSystem {
  /** By name: all paths lie in one directory. Never changed in place, so that snapshots can share them. */
  #contents: Map<string, Buffer>;
  #locks = new Set<string>();

  constructor(contents: ReadonlyMap<string, Buffer> = new Map()) {
    this.#contents = new Map(contents);
  }

  snapshot(): ReadonlyMap<string, Buffer> {
    return new Map(this.#contents);
  }

  async list(): Promise<string[]> {
    return [...this.#contents.keys()];
  }

  async stat(path: string): Promise<FileStat | undefined> {
    const content = this.#contents.get(basename(path));
    if (content) return { kind: 'file', bytes: content.length, identity: basename(path) };
    return path === dirname(path) ? undefined : { kind: 'directory', bytes: 0, identity: path };
  }

  async makeDirectory(): Promise<void> {}

  async freeBytes(): Promise<number> {
    return Number.MAX_SAFE_INTEGER;
  }

  async openToRead(path: string): Promise<AppendableFile> {
    return this.#open(path);
  }

  async openToAppend(path: string, mode: 'open' | 'create'): Promise<AppendableFile> {
    if (mode === 'create') return this.create(path);
    return this.#open(path);
  }

  async create(path: string): Promise<AppendableFile> {
    if (this.#contents.has(basename(path))) throw systemError('EEXIST', path);
    this.#contents.set(basename(path), Buffer.alloc(0));
    return this.#open(path);
  }

  async rename(from: string, to: string): Promise<void> {
    const content = this.#mustHave(from);
    this.#contents.delete(basename(from));
    this.#contents.set(basename(to), content);
    for (const file of this.#openFiles) if (file.name === basename(from)) file.name = basename(to);
  }

  async unlink(path: string): Promise<void> {
    this.#mustHave(path);
    this.#contents.delete(basename(path));
  }

  async syncDirectory(): Promise<void> {}

  async lock(path: string) {
    if (this.#locks.has(path)) return undefined;
    this.#locks.add(path);
    return { release: async () => void this.#locks.delete(path) };
  }

  readonly #openFiles = new Set<{ name: string }>();

  #open(path: string): AppendableFile {
    this.#mustHave(path);
    const file = { name: basename(path) };
    this.#openFiles.add(file);
    const content = () => this.#mustHave(file.name);
    const write = async (bytes: Uint8Array, position: number) => {
      const before = content();
      const after = Buffer.alloc(Math.max(before.length, position + bytes.length));
      before.copy(after);
      after.set(bytes, position);
      this.#contents.set(file.name, after);
    };
    return {
      read: async (into, position) => content().copy(into, 0, position, position + into.length),
      stat: async () => ({ kind: 'file', bytes: content().length, identity: file.name }),
      write,
      appendDurably: write,
      sync: async () => {},
      close: async () => void this.#openFiles.delete(file),
    };
  }

  #mustHave(path: string): Buffer {
    const content = this.#contents.get(basename(path));
    if (!content) throw systemError('ENOENT', path);
    return content;
  }
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: '${path}'`), { code });
}
