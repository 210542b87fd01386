/**
 * Somebody else who stores files on the file system of a server, takes its room and gives it back. The files are made from
 * here, through the view that `/proc` gives of the mounts of a process.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const MiB = 1024 * 1024;

export class Tenant {
  readonly #path: string;

  /** `pid` is any process that sees the file system. */
  constructor(pid: number, mountPoint: string) {
    this.#path = join(`/proc/${pid}/root`, mountPoint, 'ballast');
  }

  /** Adds to what it has until nothing fits any more, but for `bytesLeft`. */
  takeAll(bytesLeft = 0): void {
    const file = openSync(this.#path, 'a');
    const zeros = Buffer.alloc(MiB);
    try {
      for (;;) writeSync(file, zeros);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      ftruncateSync(file, fstatSync(file).size - bytesLeft);
    } finally {
      closeSync(file);
    }
  }

  /** All that it took, if anything. */
  giveBack(): void {
    rmSync(this.#path, { force: true });
  }
}
