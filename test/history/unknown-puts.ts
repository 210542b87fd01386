/**
 * Which of the unknown puts were applied. One whose value was seen was. A version that somebody built on or saw, and that no
 * other put made, was made by an unknown put that expected the version before. All others may be taken as never applied:
 * nobody saw anything of them.
 */
import type { Timeline } from './timeline.ts';
import { role, type VersionTable } from './version-table.ts';

const NOT_APPLIED = -1;
/** Applied whatever else is chosen. */
export const CERTAIN = 0;

export class Applied {
  /** For each slot, 1 + the reference of the write that made it; 0: nobody did. */
  readonly writerOf: Int32Array;
  /** For each operation, how many choices led to taking it as applied; `NOT_APPLIED` if it is not. Reads count as `CERTAIN`. */
  readonly levelOf: Int32Array;
  readonly #table: VersionTable;
  readonly #timeline: Timeline;
  /** For each key, the highest version that there must have been. */
  readonly #top: Int32Array;
  /** Slots up to the top that had no writer when the top was raised. The first ones are there whatever is chosen. */
  #holes: number[] = [];
  #certainHoles = 0;
  /** Applied because every other possibility was ruled out, by choices too. */
  readonly #isInferred = new Set<number>();
  /** For slots that unknown puts would have made: those puts. */
  readonly #candidates = new Map<number, number[]>();
  readonly #trail: (() => void)[] = [];

  constructor(table: VersionTable, timeline: Timeline) {
    this.#table = table;
    this.#timeline = timeline;
    this.writerOf = new Int32Array(table.slotCount);
    this.levelOf = new Int32Array(table.operations.length).fill(NOT_APPLIED);
    this.#top = new Int32Array(table.zeroSlotOf.length);
    for (let operation = 0; operation < table.roles.length; operation += 1) {
      if (table.roles[operation] === role.read) this.levelOf[operation] = CERTAIN;
      else if (table.roles[operation] === role.unknown)
        for (const slot of this.#slotsOf(operation)) this.#addCandidate(slot, operation);
    }
  }

  isApplied(operation: number): boolean {
    return this.levelOf[operation] !== NOT_APPLIED;
  }

  candidates(slot: number): readonly number[] {
    return this.#candidates.get(slot) ?? [];
  }

  /** A slot of the put that another one made, or that cannot be: it cannot have been applied as a whole. */
  obstacle(operation: number): { readonly slot: number } | undefined {
    const { firstReference, slotOf } = this.#table;
    for (let reference = firstReference[operation]!; reference < firstReference[operation + 1]!; reference += 1) {
      const slot = slotOf[reference]!;
      if (slot === 0 || this.writerOf[slot] !== 0) return { slot };
    }
    return undefined;
  }

  /** Takes the put as applied; nothing must stand against that. */
  apply(operation: number, level: number): void {
    const { firstReference, slotOf } = this.#table;
    const end = firstReference[operation + 1]!;
    this.levelOf[operation] = level;
    if (level > CERTAIN) this.#trail.push(() => this.#unapply(operation));
    for (let reference = firstReference[operation]!; reference < end; reference += 1)
      this.writerOf[slotOf[reference]!] = reference + 1;
    for (let reference = firstReference[operation]!; reference < end; reference += 1)
      this.mustExist(slotOf[reference]!, level);
  }

  /** There was this version, hence all before it. */
  mustExist(slot: number, level: number): void {
    const key = this.#table.keyOf[slot]!;
    const zeroSlot = this.#table.zeroSlotOf[key]!;
    const top = this.#top[key]!;
    if (slot - zeroSlot <= top) return;
    for (let hole = zeroSlot + top + 1; hole <= slot; hole += 1) if (this.writerOf[hole] === 0) this.#holes.push(hole);
    this.#top[key] = slot - zeroSlot;
    if (level > CERTAIN) this.#trail.push(() => (this.#top[key] = top));
  }

  /** Fills every hole that only one put can fill. Returns a hole that none can fill, or 0. */
  fillHoles(level: number): number {
    for (let isChanged = true; isChanged; ) {
      isChanged = false;
      // Filling one may add others behind it.
      for (let index = 0; index < this.#holes.length; index += 1) {
        const hole = this.#holes[index]!;
        if (this.writerOf[hole] !== 0) continue;
        const [only, ...others] = this.#possibleWriters(hole);
        if (only === undefined) return hole;
        if (others.length > 0) continue;
        this.apply(only, level);
        if (level > CERTAIN) this.#isInferred.add(only);
        isChanged = true;
      }
    }
    if (level > CERTAIN) return 0;
    this.#holes = this.#holes.filter((hole) => this.writerOf[hole] === 0);
    this.#certainHoles = this.#holes.length;
    return 0;
  }

  /**
   * A hole that several puts can fill, and those puts, the likeliest first. It depends on other choices if it is there only
   * because of one, or if one rules out another writer.
   */
  choice():
    | { readonly hole: number; readonly writers: readonly number[]; readonly dependsOnOthers: boolean }
    | undefined {
    const index = this.#holes.findIndex((slot) => this.writerOf[slot] === 0);
    if (index === -1) return undefined;
    const hole = this.#holes[index]!;
    const obstacles = this.candidates(hole).map((operation) => this.obstacle(operation)?.slot ?? 0);
    const dependsOnOthers = index >= this.#certainHoles || obstacles.some((slot) => this.#isChosen(slot));
    return { hole, writers: this.#possibleWriters(hole), dependsOnOthers };
  }

  /** The choices without which these operations might not all be applied. */
  choicesBehind(operations: readonly number[]): ReadonlySet<number> {
    const levels = new Set<number>();
    for (const operation of operations) {
      const level = this.levelOf[operation]!;
      const lowest = this.#isInferred.has(operation) ? CERTAIN + 1 : level;
      for (let one = Math.max(lowest, CERTAIN + 1); one <= level; one += 1) levels.add(one);
    }
    return levels;
  }

  /** To be given to `undoTo`. */
  get mark(): { readonly trail: number; readonly holes: readonly number[] } {
    return { trail: this.#trail.length, holes: [...this.#holes] };
  }

  undoTo({ trail, holes }: Applied['mark']): void {
    while (this.#trail.length > trail) this.#trail.pop()!();
    this.#holes = [...holes];
  }

  /** Without those that another can always stand in for. */
  #possibleWriters(hole: number): number[] {
    const possible = this.candidates(hole).filter((operation) => this.obstacle(operation) === undefined);
    if (possible.length < 2) return possible;
    const kept = possible.filter((one) => !possible.some((other) => this.#canStandInFor(other, one)));
    return kept.toSorted((a, b) => this.#slotsBeyondTop(a) - this.#slotsBeyondTop(b) || this.#order(a, b));
  }

  /** It makes the same versions, and it may have happened at any time at which the other may. */
  #canStandInFor(other: number, one: number): boolean {
    if (other === one) return false;
    const { endedBefore, invokedBeforeEnd } = this.#timeline;
    const [start, otherStart] = [endedBefore[one]!, endedBefore[other]!];
    const [end, otherEnd] = [invokedBeforeEnd[one]!, invokedBeforeEnd[other]!];
    if (otherStart > start || otherEnd < end) return false;
    if (otherStart === start && otherEnd === end && other > one) return false;
    return this.#slotsOf(one).toSorted().join() === this.#slotsOf(other).toSorted().join();
  }

  #slotsBeyondTop(operation: number): number {
    const { keyOf, zeroSlotOf } = this.#table;
    const isBeyond = (slot: number) => slot - zeroSlotOf[keyOf[slot]!]! > this.#top[keyOf[slot]!]!;
    return this.#slotsOf(operation).filter(isBeyond).length;
  }

  #order(a: number, b: number): number {
    return this.#timeline.endedBefore[a]! - this.#timeline.endedBefore[b]!;
  }

  #slotsOf(operation: number): Int32Array {
    const { slotOf, firstReference } = this.#table;
    return slotOf.subarray(firstReference[operation], firstReference[operation + 1]);
  }

  #addCandidate(slot: number, operation: number): void {
    const others = this.#candidates.get(slot);
    if (others) others.push(operation);
    else this.#candidates.set(slot, [operation]);
  }

  #isChosen(slot: number): boolean {
    const writer = this.writerOf[slot]!;
    return writer !== 0 && this.levelOf[this.#table.operationOf[writer - 1]!]! > CERTAIN;
  }

  #unapply(operation: number): void {
    this.levelOf[operation] = NOT_APPLIED;
    this.#isInferred.delete(operation);
    for (const slot of this.#slotsOf(operation)) this.writerOf[slot] = 0;
  }
}
