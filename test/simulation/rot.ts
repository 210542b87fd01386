/** A bit that changes by itself in something that is finished and was synced long ago. */
import { IDENTITY_FILE, parseBlockFileName } from '../../src/wal/block-name.ts';
import type { Random } from '../support/random.ts';
import type { SimulatedDisk } from './simulated-disk.ts';
import { type SimulatedFile, UNIT_BYTES } from './simulated-file.ts';

export class Rot {
  readonly #disk: SimulatedDisk;
  readonly #directory: string;
  readonly #random: Random;
  #flipped: { readonly file: SimulatedFile; readonly offset: number; readonly bit: number } | undefined;

  constructor(disk: SimulatedDisk, directory: string, random: Random) {
    this.#disk = disk;
    this.#directory = directory;
    this.#random = random;
  }

  get isThere(): boolean {
    return this.#flipped !== undefined;
  }

  /**
   * One bit at a time, and none in the newest block: rot in a last batch that nothing follows cannot be told from a
   * batch that a crash tore.
   */
  flipSomewhere(): void {
    if (this.#flipped) return;
    const names = [...this.#disk.snapshot(this.#directory).keys()].toSorted();
    const newest = names.findLast((name) => name.endsWith('.log'));
    const finished = names.filter((name) => (parseBlockFileName(name) && name !== newest) || name === IDENTITY_FILE);
    if (finished.length === 0) return;
    const file = this.#disk.openFile(`${this.#directory}/${this.#random.pick(finished)}`);
    // Half of a small block is zeros that nobody reads.
    const offset = this.#random.integer(0, Math.min(file.bytes, this.#random.pick([UNIT_BYTES, file.bytes])) - 1);
    this.#flipped = { file, offset, bit: this.#random.integer(0, 7) };
    file.flipBit(offset, this.#flipped.bit);
  }

  /** The file is restored from a copy. */
  heal(): void {
    if (this.#flipped) this.#flipped.file.flipBit(this.#flipped.offset, this.#flipped.bit);
    this.#flipped = undefined;
  }
}
