/**
 * One file of the simulated disk: what the cache shows, what a power cut would leave, and which 4 KiB units differ
 * because nobody has synced them. Pages are never changed in place, so copies of a file share them.
 */
import { hash } from 'node:crypto';
import type { Random } from '../support/random.ts';

/** What a disk writes at once at most, and at least. A power cut may tear a unit, never a sector. */
export const UNIT_BYTES = 4096;
export const SECTOR_BYTES = 512;
export const SECTORS = UNIT_BYTES / SECTOR_BYTES;

/** What a power cut makes of a sector that was written and not synced. */
export type SectorFate = 'kept' | 'old' | 'zero' | 'garbage';

/** A page that was never written reads as zeros. */
type Page = Buffer | undefined;

interface Image {
  bytes: number;
  pages: Page[];
}

const ZEROS = Buffer.alloc(UNIT_BYTES);

export class SimulatedFile {
  readonly kind = 'file';
  readonly identity: string;
  /** As it was last called. */
  name: string;
  readonly #cache: Image = { bytes: 0, pages: [] };
  readonly #durable: Image = { bytes: 0, pages: [] };
  readonly #dirtyUnits = new Set<number>();
  /** The length is known to the disk apart from the data: either may get there first. */
  #isLengthDirty = false;
  #promisedBytes = 0;

  constructor(identity: string, name: string) {
    this.identity = identity;
    this.name = name;
  }

  clone(): SimulatedFile {
    const copy = new SimulatedFile(this.identity, this.name);
    copyImage(this.#cache, copy.#cache);
    copyImage(this.#durable, copy.#durable);
    for (const unit of this.#dirtyUnits) copy.#dirtyUnits.add(unit);
    copy.#isLengthDirty = this.#isLengthDirty;
    copy.#promisedBytes = this.#promisedBytes;
    return copy;
  }

  get bytes(): number {
    return this.#cache.bytes;
  }

  /** Length when somebody was last told that it is synced. */
  get promisedBytes(): number {
    return this.#promisedBytes;
  }

  promise(): void {
    this.#promisedBytes = this.#cache.bytes;
  }

  read(into: Uint8Array, position: number): number {
    const count = Math.max(0, Math.min(into.length, this.#cache.bytes - position));
    eachPart(position, count, (unit, at, from, length) => {
      into.set((this.#cache.pages[unit] ?? ZEROS).subarray(at, at + length), from);
    });
    return count;
  }

  write(bytes: Uint8Array, position: number): void {
    eachPart(position, bytes.length, (unit, at, from, length) => {
      this.#cache.pages[unit] = pageWith(this.#cache.pages[unit], at, bytes.subarray(from, from + length));
      this.#dirtyUnits.add(unit);
    });
    if (position + bytes.length <= this.#cache.bytes) return;
    this.#cache.bytes = position + bytes.length;
    this.#isLengthDirty = true;
  }

  sync(): void {
    for (const unit of this.#dirtyUnits) this.#durable.pages[unit] = this.#cache.pages[unit];
    this.#dirtyUnits.clear();
    this.#durable.bytes = this.#cache.bytes;
    this.#isLengthDirty = false;
    this.promise();
  }

  /** As the sync of an `O_DSYNC` write: that range and nothing else. */
  syncRange(position: number, bytes: number): void {
    eachPart(position, bytes, (unit) => {
      this.#durable.pages[unit] = this.#cache.pages[unit];
      this.#dirtyUnits.delete(unit);
    });
  }

  /**
   * What Linux does after a failed writeback: the pages count as clean, the cache keeps them, the disk has some of
   * them.
   */
  failSync(reachedTheDisk: () => boolean): void {
    for (const unit of this.#dirtyUnits) if (reachedTheDisk()) this.#durable.pages[unit] = this.#cache.pages[unit];
    this.#dirtyUnits.clear();
    if (this.#isLengthDirty && reachedTheDisk()) this.#durable.bytes = this.#cache.bytes;
    this.#isLengthDirty = false;
  }

  /** The system drops a page that it believes clean, and the next read fetches what the disk has. */
  evict(): void {
    if (this.#isLengthDirty || this.#cache.bytes !== this.#durable.bytes) return;
    for (const [unit, page] of this.#durable.pages.entries())
      if (!this.#dirtyUnits.has(unit)) this.#cache.pages[unit] = page;
  }

  /** Units whose loss in a power cut would show. Zeros over zeros are none. */
  get unsyncedUnits(): number[] {
    return [...this.#dirtyUnits].filter((unit) => !same(this.#cache.pages[unit], this.#durable.pages[unit]));
  }

  get isLengthUnsynced(): boolean {
    return this.#isLengthDirty && this.#cache.bytes !== this.#durable.bytes;
  }

  /**
   * The power is cut: `fates` has what becomes of each unsynced unit (lost if it has nothing), and all else is as
   * synced.
   */
  loseUnsynced(fates: ReadonlyMap<number, readonly SectorFate[]>, isLengthKept: boolean, random: Random): void {
    if (isLengthKept) this.#durable.bytes = this.#cache.bytes;
    for (const [unit, sectors] of fates)
      this.#durable.pages[unit] = tornPage(this.#durable.pages[unit], this.#cache.pages[unit], sectors, random);
    cutBehind(this.#durable);
    copyImage(this.#durable, this.#cache);
    this.#dirtyUnits.clear();
    this.#isLengthDirty = false;
    this.promise();
  }

  /** Rot: a bit changes on disk, and the system has forgotten the page. Flipping it again heals it. */
  flipBit(offset: number, bit: number): void {
    const unit = Math.floor(offset / UNIT_BYTES);
    const at = offset % UNIT_BYTES;
    for (const image of [this.#durable, this.#cache]) {
      const page = Buffer.from(image.pages[unit] ?? ZEROS);
      page[at] = page[at]! ^ (1 << bit);
      image.pages[unit] = page;
    }
  }

  /** All that the cache shows. */
  get content(): Buffer {
    const content = Buffer.alloc(this.#cache.bytes);
    this.read(content, 0);
    return content;
  }

  /** Everything that tells two states of a file apart. */
  get description(): string {
    const dirty = [...this.#dirtyUnits].toSorted((a, b) => a - b);
    return `${describeImage(this.#cache)} ${describeImage(this.#durable)} ${dirty} ${this.#isLengthDirty}`;
  }
}

function eachPart(
  position: number,
  bytes: number,
  take: (unit: number, at: number, from: number, length: number) => void,
): void {
  for (let done = 0; done < bytes; ) {
    const at = (position + done) % UNIT_BYTES;
    const length = Math.min(UNIT_BYTES - at, bytes - done);
    take((position + done - at) / UNIT_BYTES, at, done, length);
    done += length;
  }
}

/** A new page, or the one page of zeros, which takes no memory and is quick to compare. */
function pageWith(page: Page, at: number, bytes: Uint8Array): Buffer {
  if (bytes.length === UNIT_BYTES && ZEROS.equals(bytes)) return ZEROS;
  const changed = Buffer.from(page ?? ZEROS);
  changed.set(bytes, at);
  return changed;
}

function tornPage(old: Page, written: Page, sectors: readonly SectorFate[], random: Random): Page {
  if (sectors.every((fate) => fate === 'kept')) return written;
  const page = Buffer.from(old ?? ZEROS);
  for (const [index, fate] of sectors.entries()) {
    const sector = page.subarray(index * SECTOR_BYTES, (index + 1) * SECTOR_BYTES);
    if (fate === 'kept') sector.set((written ?? ZEROS).subarray(index * SECTOR_BYTES, (index + 1) * SECTOR_BYTES));
    if (fate === 'zero') sector.fill(0);
    if (fate === 'garbage') for (let at = 0; at < SECTOR_BYTES; at += 1) sector[at] = random.integer(0, 255);
  }
  return page;
}

/** Nothing lies behind the end of a file, also when it grows again. */
function cutBehind(image: Image): void {
  image.pages.length = Math.min(image.pages.length, Math.ceil(image.bytes / UNIT_BYTES));
  const rest = image.bytes % UNIT_BYTES;
  const last = image.pages[(image.bytes - rest) / UNIT_BYTES];
  if (rest === 0 || !last) return;
  image.pages[image.pages.length - 1] = pageWith(undefined, 0, last.subarray(0, rest));
}

function copyImage(from: Image, to: Image): void {
  to.bytes = from.bytes;
  to.pages = from.pages.slice();
}

function describeImage({ bytes, pages }: Image): string {
  let description = `${bytes}`;
  for (let unit = 0; unit * UNIT_BYTES < bytes; unit += 1) description += `:${digestOf(pages[unit] ?? ZEROS)}`;
  return description;
}

/** Worked out once for each page: pages never change. */
function digestOf(page: Buffer): string {
  const known = digests.get(page);
  if (known !== undefined) return known;
  const digest = ZEROS.equals(page) ? '' : hash('sha256', page).slice(0, 32);
  digests.set(page, digest);
  return digest;
}

const digests = new WeakMap<Buffer, string>();

function same(a: Page, b: Page): boolean {
  return a === b || (a ?? ZEROS).equals(b ?? ZEROS);
}
