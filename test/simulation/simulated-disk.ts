/**
 * A disk with directories that forgets what was not synced. A name is there at once for whoever asks, and on disk
 * only when its directory has been synced: until then a power cut keeps any of the pending changes and loses the
 * others.
 */
import { hash } from 'node:crypto';
import path from 'node:path';
import type { FileStat } from '../../src/wal/platform.ts';
import { SimulatedFile, UNIT_BYTES } from './simulated-file.ts';

export type Node = SimulatedFile | Directory;

export interface Directory {
  readonly kind: 'directory';
  readonly identity: string;
  /** Names as they are seen now. */
  readonly entries: Map<string, Node>;
  /** Names that would be there after a power cut. */
  durable: Map<string, Node>;
  /** What was done since the last sync, oldest first. */
  pending: DirectoryChange[];
}

/** One system call's worth, which is on disk whole or not at all. */
export interface DirectoryChange {
  readonly what: string;
  readonly removes: string | undefined;
  readonly adds: { readonly name: string; readonly node: Node } | undefined;
}

const ENDLESS = 2 ** 40;

export class SimulatedDisk {
  readonly root: Directory = newDirectory('root');
  /** How much the files may hold together. */
  #capacityBytes = ENDLESS;
  hasBeenFull = false;
  #made = 0;

  /** What is not synced is unsynced in the copy too. */
  clone(): SimulatedDisk {
    const copy = new SimulatedDisk();
    copy.#capacityBytes = this.#capacityBytes;
    copy.#made = this.#made;
    const copies = new Map<Node, Node>();
    copyDirectory(this.root, copy.root, copies);
    return copy;
  }

  find(filePath: string): Node | undefined {
    let node: Node | undefined = this.root;
    for (const name of filePath.split('/').filter((part) => part !== '')) {
      if (node?.kind !== 'directory') return undefined;
      node = node.entries.get(name);
    }
    return node;
  }

  stat(filePath: string): FileStat | undefined {
    const node = this.find(filePath);
    return node && statOf(node);
  }

  list(directory: string): string[] {
    return [...this.#mustBeDirectory(directory).entries.keys()];
  }

  makeDirectory(filePath: string): void {
    this.#add(filePath, newDirectory(this.#nextIdentity()));
  }

  openFile(filePath: string): SimulatedFile {
    const node = this.find(filePath);
    if (!node) throw diskError('ENOENT', filePath);
    if (node.kind === 'directory') throw diskError('EISDIR', filePath);
    return node;
  }

  createFile(filePath: string): SimulatedFile {
    const file = new SimulatedFile(this.#nextIdentity(), path.basename(filePath));
    this.#add(filePath, file);
    return file;
  }

  rename(from: string, to: string): void {
    const node = this.openFile(from);
    const directory = this.#mustBeDirectory(path.dirname(from));
    if (path.dirname(from) !== path.dirname(to)) throw diskError('EXDEV', from);
    const [oldName, name] = [path.basename(from), path.basename(to)];
    directory.entries.delete(oldName);
    directory.entries.set(name, node);
    node.name = name;
    directory.pending.push({ what: `rename ${oldName} to ${name}`, removes: oldName, adds: { name, node } });
  }

  unlink(filePath: string): void {
    this.openFile(filePath);
    const directory = this.#mustBeDirectory(path.dirname(filePath));
    const name = path.basename(filePath);
    directory.entries.delete(name);
    directory.pending.push({ what: `unlink ${name}`, removes: name, adds: undefined });
  }

  syncDirectory(filePath: string): void {
    const directory = this.#mustBeDirectory(filePath);
    directory.durable = new Map(directory.entries);
    directory.pending = [];
  }

  /** Somebody else fills the disk up to so many bytes. */
  leaveRoom(bytes: number): void {
    this.#capacityBytes = ENDLESS;
    this.#capacityBytes = ENDLESS - this.freeBytes + bytes;
    this.hasBeenFull = true;
  }

  makeRoom(): void {
    this.#capacityBytes = ENDLESS;
  }

  get freeBytes(): number {
    const used = this.files.reduce((sum, file) => sum + allocated(file.bytes), 0);
    return Math.max(0, this.#capacityBytes - used);
  }

  /** Bytes that a write may bring before the disk is full. What overwrites needs no room. */
  roomFor(file: SimulatedFile, bytes: number, position: number): number {
    const end = position + bytes;
    if (end <= allocated(file.bytes) || this.#capacityBytes === ENDLESS) return bytes;
    const room = allocated(file.bytes) + Math.floor(this.freeBytes / UNIT_BYTES) * UNIT_BYTES - position;
    return Math.max(0, Math.min(bytes, room));
  }

  /** Files that a name leads to now, or would after a power cut. */
  get files(): SimulatedFile[] {
    return this.#reachable().filter((node) => node.kind === 'file');
  }

  /** All directories that a name leads to now, or would after a power cut; parents first. */
  get directories(): Directory[] {
    return this.#reachable().filter((node) => node.kind === 'directory');
  }

  /** The files of one directory as they are seen now. */
  snapshot(directory: string): ReadonlyMap<string, Buffer> {
    const found = new Map<string, Buffer>();
    const node = this.find(directory);
    if (node?.kind !== 'directory') return found;
    for (const [name, entry] of node.entries) if (entry.kind === 'file') found.set(name, entry.content);
    return found;
  }

  /** The same for two disks exactly when nothing tells them apart, what is not synced included. */
  get hash(): string {
    return hash('sha256', describeDirectory(this.root)).slice(0, 32);
  }

  #reachable(): Node[] {
    const found = new Set<Node>([this.root]);
    for (const node of found) {
      if (node.kind !== 'directory') continue;
      for (const entry of node.entries.values()) found.add(entry);
      for (const entry of node.durable.values()) found.add(entry);
      for (const { adds } of node.pending) if (adds) found.add(adds.node);
    }
    return [...found];
  }

  #add(filePath: string, node: Node): void {
    const directory = this.#mustBeDirectory(path.dirname(filePath));
    const name = path.basename(filePath);
    if (directory.entries.has(name)) throw diskError('EEXIST', filePath);
    directory.entries.set(name, node);
    directory.pending.push({ what: `make ${name}`, removes: undefined, adds: { name, node } });
  }

  #mustBeDirectory(filePath: string): Directory {
    const node = this.find(filePath);
    if (!node) throw diskError('ENOENT', filePath);
    if (node.kind === 'file') throw diskError('ENOTDIR', filePath);
    return node;
  }

  #nextIdentity(): string {
    this.#made += 1;
    return `1:${this.#made}`;
  }
}

/** An error as the system's calls reject with. */
export function diskError(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: '${what}'`), { code });
}

export function statOf(node: Node): FileStat {
  return { kind: node.kind, bytes: node.kind === 'file' ? node.bytes : 0, identity: node.identity };
}

/** The power is cut: of the pending changes those are on disk that `isKept` says, each in its turn. */
export function loseUnsyncedNames(directory: Directory, isKept: (change: DirectoryChange) => boolean): void {
  for (const change of directory.pending) {
    if (!isKept(change)) continue;
    if (change.removes !== undefined) directory.durable.delete(change.removes);
    if (change.adds) directory.durable.set(change.adds.name, change.adds.node);
  }
  directory.pending = [];
  directory.entries.clear();
  for (const [name, node] of directory.durable) directory.entries.set(name, node);
}

function newDirectory(identity: string): Directory {
  return { kind: 'directory', identity, entries: new Map(), durable: new Map(), pending: [] };
}

function allocated(bytes: number): number {
  return Math.ceil(bytes / UNIT_BYTES) * UNIT_BYTES;
}

function copyDirectory(from: Directory, to: Directory, copies: Map<Node, Node>): void {
  const copyOf = (node: Node): Node => {
    const known = copies.get(node);
    if (known) return known;
    const copy = node.kind === 'file' ? node.clone() : newDirectory(node.identity);
    copies.set(node, copy);
    if (node.kind === 'directory' && copy.kind === 'directory') copyDirectory(node, copy, copies);
    return copy;
  };
  for (const [name, node] of from.entries) to.entries.set(name, copyOf(node));
  for (const [name, node] of from.durable) to.durable.set(name, copyOf(node));
  to.pending = from.pending.map(({ what, removes, adds }) => {
    return { what, removes, adds: adds && { name: adds.name, node: copyOf(adds.node) } };
  });
}

function describeDirectory(directory: Directory): string {
  const lines: string[] = [];
  for (const entries of [directory.entries, directory.durable])
    for (const [name, node] of [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      lines.push(`${name} ${describeNode(node)}`);
  for (const { what, adds } of directory.pending) lines.push(`${what} ${adds ? describeNode(adds.node) : ''}`);
  return `${directory.entries.size} names\n${lines.join('\n')}`;
}

function describeNode(node: Node): string {
  return node.kind === 'file' ? node.description : `(${describeDirectory(node)})`;
}
