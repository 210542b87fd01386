/** Which of the blocks in a directory make up the log, and which are left over from a compaction that a crash cut short. */
import { type BlockName, blockFileName, covers } from './block-name.ts';

export interface Arrangement {
  /** The log, oldest first: no two of them stand for the same log block. */
  readonly log: readonly BlockName[];
  /** Blocks that a compacted block of the log stands for as well. */
  readonly leftovers: ReadonlyMap<BlockName, readonly BlockName[]>;
}

export type ArrangementResult =
  | { readonly ok: true; readonly value: Arrangement }
  /** Two blocks stand for the same log blocks and neither replaces the other. */
  | { readonly ok: false; readonly overlap: readonly [BlockName, BlockName] };

export function arrange(names: readonly BlockName[]): ArrangementResult {
  const log: BlockName[] = [];
  const leftovers = new Map<BlockName, BlockName[]>();
  for (const name of names.toSorted(byRange)) {
    const cover = log.at(-1);
    if (!cover || name.first > cover.last) {
      log.push(name);
    } else if (covers(cover, name) && name.generation < cover.generation) {
      leftovers.set(cover, [...(leftovers.get(cover) ?? []), name]);
    } else {
      return { ok: false, overlap: [cover, name] };
    }
  }
  return { ok: true, value: { log, leftovers } };
}

/** The first log block that no block of the log stands for, though an older or a newer one is there. */
export function firstGap(log: readonly BlockName[]): { readonly first: number; readonly last: number } | undefined {
  let expected = 1;
  for (const name of log) {
    if (name.first !== expected) return { first: expected, last: name.first - 1 };
    expected = name.last + 1;
  }
  return undefined;
}

/** Whether these blocks, oldest first, stand for exactly the log blocks that `whole` stands for. */
export function tiles(whole: BlockName, parts: readonly BlockName[]): boolean {
  let expected = whole.first;
  for (const part of parts) {
    if (part.first !== expected) return false;
    expected = part.last + 1;
  }
  return expected === whole.last + 1;
}

export function describeOverlap([a, b]: readonly [BlockName, BlockName]): string {
  return `${blockFileName(a)} and ${blockFileName(b)} stand for the same log blocks, and neither replaces the other`;
}

// Of two that begin together the longer one first, then the one of the higher generation: what can cover comes before
// what it covers.
function byRange(a: BlockName, b: BlockName): number {
  return a.first - b.first || b.last - a.last || b.generation - a.generation;
}
