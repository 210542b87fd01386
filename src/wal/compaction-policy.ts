/** Which sealed blocks to merge next, decided on their sizes alone. */

/**
 * Inputs of one merge. Each takes a file descriptor and a window of memory, and after a long merge, or a long time without
 * room, hundreds of log blocks may wait.
 */
export const MERGE_INPUTS_MAX = 32;

/**
 * The run of neighbours to merge, oldest first, or none while there are no more than `maxBlocks`. It begins with the two
 * newest and takes in each next older one while that is no larger than what is gathered so far: like is merged with like,
 * and a large old block is only written anew when what lies behind it has grown as large. `bytes` may be in any unit.
 *
 * Each merge leaves fewer blocks, so doing this again and again comes to rest at `maxBlocks`. For a fixed number of blocks
 * the cost cannot stay logarithmic for ever; with 10 it is below log2(n) + 1 up to n = 10,000 log blocks of live data.
 */
export function chooseRun<Block extends { readonly bytes: number }>(
  sealed: readonly Block[],
  maxBlocks: number,
): readonly Block[] {
  if (sealed.length <= maxBlocks || sealed.length < 2) return [];
  let start = sealed.length - 2;
  let gathered = sealed[start]!.bytes + sealed[start + 1]!.bytes;
  while (start > 0 && sealed[start - 1]!.bytes <= gathered) {
    start -= 1;
    gathered += sealed[start]!.bytes;
  }
  return cheapestPart(sealed.slice(start));
}

/**
 * Of a run that is too long for one merge, the neighbours that cost least; of equal ones the oldest. So a backlog is merged
 * in groups, then the groups with each other, and not one block over and over with the next few.
 */
function cheapestPart<Block extends { readonly bytes: number }>(run: readonly Block[]): readonly Block[] {
  if (run.length <= MERGE_INPUTS_MAX) return run;
  let bytes = 0;
  for (let at = 0; at < MERGE_INPUTS_MAX; at += 1) bytes += run[at]!.bytes;
  let cheapest = { start: 0, bytes };
  for (let start = 1; start + MERGE_INPUTS_MAX <= run.length; start += 1) {
    bytes += run[start + MERGE_INPUTS_MAX - 1]!.bytes - run[start - 1]!.bytes;
    if (bytes < cheapest.bytes) cheapest = { start, bytes };
  }
  return run.slice(cheapest.start, cheapest.start + MERGE_INPUTS_MAX);
}
