/**
 * What all HTTP threads have in use together, counted in memory that they share: so a limit holds for the whole server,
 * however unevenly connections fall to the threads, and a thread learns without a message that it is reached.
 */
import type { Budget } from '../budget.ts';

/** A thread has a cache line to itself: it writes there with every put, and others only look. */
const CELLS_PER_THREAD = 16;
const cellOf = { connections: 0, bodies: 1, puts: 2, putBytes: 3 } as const;
/** Bytes are counted in portions of so many, so that 32 bits are enough. */
const PORTION_BYTES = 64;

export type Counted = keyof typeof cellOf;

/**
 * Invariant: only a thread itself changes its cells while it lives. So nothing is lost when it dies at whatever instruction:
 * its cells are emptied then.
 */
export class SharedCounts {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Int32Array;

  /** Of so many threads; or those that another thread has made. */
  constructor(threads: number | SharedArrayBuffer) {
    const bytes = (count: number) => count * CELLS_PER_THREAD * Int32Array.BYTES_PER_ELEMENT;
    this.buffer = typeof threads === 'number' ? new SharedArrayBuffer(bytes(threads)) : threads;
    this.#cells = new Int32Array(this.buffer);
  }

  set(thread: number, counted: Counted, count: number): void {
    Atomics.store(this.#cells, thread * CELLS_PER_THREAD + cellOf[counted], count);
  }

  of(thread: number, counted: Counted): number {
    return Atomics.load(this.#cells, thread * CELLS_PER_THREAD + cellOf[counted]);
  }

  /** Of all threads. */
  total(counted: Counted): number {
    const threads = this.#cells.length / CELLS_PER_THREAD;
    let total = 0;
    for (let thread = 0; thread < threads; thread++) total += this.of(thread, counted);
    return total;
  }

  /** The thread is gone, and all that it had with it. */
  forget(thread: number): void {
    for (const counted of Object.keys(cellOf) as Counted[]) this.set(thread, counted, 0);
  }
}

export interface SharedBudgetOptions {
  readonly counts: SharedCounts;
  /** The one that takes. */
  readonly thread: number;
  readonly counted: Counted;
  readonly max: number;
}

/** One thread's way to what all of them have together. */
export class SharedBudget implements Budget {
  readonly #options: SharedBudgetOptions;
  readonly #unit: number;
  readonly #unitsMax: number;
  /** Exact; in the cell it is rounded up to whole units. */
  #own = 0;

  constructor(options: SharedBudgetOptions) {
    this.#options = options;
    this.#unit = isOfBytes(options.counted) ? PORTION_BYTES : 1;
    this.#unitsMax = Math.ceil(options.max / this.#unit);
  }

  get isFull(): boolean {
    const { counts, counted } = this.#options;
    return counts.total(counted) >= this.#unitsMax;
  }

  /**
   * What is taken is shown to the others before it is compared: of two threads that take the last room at one time both may
   * be refused, but never are both let in.
   */
  take(amount: number): boolean {
    const { counts, counted } = this.#options;
    const units = this.#show(amount);
    const total = counts.total(counted);
    // What is alone is let in, however large: else it would be refused for ever.
    if (total <= this.#unitsMax || (total === units && this.#own === amount)) return true;
    this.#show(-amount);
    return false;
  }

  release(amount: number): void {
    this.#show(-amount);
  }

  #show(change: number): number {
    const { counts, thread, counted } = this.#options;
    this.#own += change;
    const units = Math.ceil(this.#own / this.#unit);
    counts.set(thread, counted, units);
    return units;
  }
}

function isOfBytes(counted: Counted): boolean {
  return counted === 'bodies' || counted === 'putBytes';
}
