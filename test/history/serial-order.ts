/**
 * The linear graph test. Once it is known who made every version, the store was strictly serialisable exactly if no
 * operation has to come before itself: versions, what readers saw, and real time leave only these edges,
 *
 *     writer of version i → writer of i + 1        writer of i → readers of i → writer of i + 1
 *     what had ended → what began after it
 *
 * and Kahn's algorithm takes the operations off in a possible serial order until none is left, or a cycle. The edges of real
 * time are never laid out: the operations are kept in the order of their ends, and a place in it says what has to be over.
 */
import type { Timeline } from './timeline.ts';
import type { Applied } from './unknown-puts.ts';
import { role, type VersionTable } from './version-table.ts';

/** Operations of which each has to come before the next, and the last before the first. `undefined`: there is an order. */
export function findCycle(table: VersionTable, timeline: Timeline, applied: Applied): readonly number[] | undefined {
  return new SerialOrder(table, timeline, applied).findCycle();
}

class SerialOrder {
  readonly #table: VersionTable;
  readonly #timeline: Timeline;
  readonly #applied: Applied;
  readonly #writerOf: Int32Array;
  /** For each operation, how many must still come before it; one stands for real time. */
  readonly #waitsFor: Int32Array;
  readonly #isPlaced: Uint8Array;
  readonly #ready: Int32Array;
  #readyCount = 0;
  /** All of `byEnd` before this are placed. */
  #over = 0;
  /** All of `byInvocation` before this wait for real time no longer. */
  #released = 0;

  constructor(table: VersionTable, timeline: Timeline, applied: Applied) {
    const count = table.operations.length;
    this.#table = table;
    this.#timeline = timeline;
    this.#applied = applied;
    this.#writerOf = applied.writerOf;
    this.#waitsFor = new Int32Array(count);
    this.#isPlaced = new Uint8Array(count);
    this.#ready = new Int32Array(count);
  }

  findCycle(): readonly number[] | undefined {
    const count = this.#waitsFor.length;
    let left = 0;
    for (let operation = 0; operation < count; operation += 1) {
      if (this.#applied.isApplied(operation)) {
        this.#waitsFor[operation] = 1 + this.#countBefore(operation);
        left += 1;
      } else this.#isPlaced[operation] = 1; // never applied: in nobody's way
    }
    this.#passTime();
    while (this.#readyCount > 0) {
      this.#readyCount -= 1;
      this.#place(this.#ready[this.#readyCount]!);
      left -= 1;
    }
    return left === 0 ? undefined : this.#cycle();
  }

  #countBefore(operation: number): number {
    const { firstReference, slotOf, firstReader, roles } = this.#table;
    let before = 0;
    for (let reference = firstReference[operation]!; reference < firstReference[operation + 1]!; reference += 1) {
      const slot = slotOf[reference]!;
      if (roles[operation] === role.read) before += this.#writerOf[slot] === 0 ? 0 : 1;
      else before += firstReader[slot]! - firstReader[slot - 1]! + (this.#writerOf[slot - 1] === 0 ? 0 : 1);
    }
    return before;
  }

  #place(operation: number): void {
    const { firstReference, slotOf, firstReader, readers, roles } = this.#table;
    this.#isPlaced[operation] = 1;
    const isRead = roles[operation] === role.read;
    for (let reference = firstReference[operation]!; reference < firstReference[operation + 1]!; reference += 1) {
      const slot = slotOf[reference]!;
      this.#releaseWriter(slot + 1);
      if (isRead) continue;
      for (let index = firstReader[slot]!; index < firstReader[slot + 1]!; index += 1) this.#release(readers[index]!);
    }
    this.#passTime();
  }

  #passTime(): void {
    const { byEnd, byInvocation, endedBefore } = this.#timeline;
    while (this.#over < byEnd.length && this.#isPlaced[byEnd[this.#over]!] === 1) this.#over += 1;
    while (this.#released < byInvocation.length) {
      const operation = byInvocation[this.#released]!;
      if (endedBefore[operation]! > this.#over) return;
      this.#released += 1;
      if (this.#applied.isApplied(operation)) this.#release(operation);
    }
  }

  #releaseWriter(slot: number): void {
    const writer = this.#writerOf[slot]!;
    if (writer !== 0) this.#release(this.#table.operationOf[writer - 1]!);
  }

  #release(operation: number): void {
    this.#waitsFor[operation]! -= 1;
    if (this.#waitsFor[operation] !== 0) return;
    this.#ready[this.#readyCount] = operation;
    this.#readyCount += 1;
  }

  /** Whatever is not placed waits for something that is not placed either: going back ends in a cycle. */
  #cycle(): readonly number[] {
    const path: number[] = [];
    const seen = new Map<number, number>();
    let operation = this.#isPlaced.indexOf(0);
    while (!seen.has(operation)) {
      seen.set(operation, path.length);
      path.push(operation);
      operation = this.#unplacedBefore(operation);
    }
    return path.slice(seen.get(operation)!).reverse();
  }

  #unplacedBefore(operation: number): number {
    const { firstReference, slotOf, firstReader, readers, roles, operationOf } = this.#table;
    const candidates: number[] = [];
    for (let reference = firstReference[operation]!; reference < firstReference[operation + 1]!; reference += 1) {
      const slot = slotOf[reference]!;
      const writer = this.#writerOf[roles[operation] === role.read ? slot : slot - 1]!;
      if (writer !== 0) candidates.push(operationOf[writer - 1]!);
      if (roles[operation] !== role.read)
        candidates.push(...readers.subarray(firstReader[slot - 1], firstReader[slot]));
    }
    const unplaced = candidates.find((before) => this.#isPlaced[before] === 0);
    return unplaced ?? this.#timeline.byEnd[this.#over]!;
  }
}
