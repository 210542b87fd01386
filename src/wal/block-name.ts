/** Names of the files in a data directory, and what each name says about its block. */

/**
 * The log blocks that a file stands for: one (`first` = `last`, generation 0) or, compacted, a run of them. A compacted
 * block's generation is one more than the highest among its inputs.
 */
export interface BlockName {
  readonly first: number;
  readonly last: number;
  readonly generation: number;
}

export const IDENTITY_FILE = 'IDENTITY';
export const LOCK_FILE = 'LOCK';
/** What file systems put into the root of a volume by themselves: it says nothing about whose directory it is. */
export const LOST_AND_FOUND = 'lost+found';
export const TEMPORARY_SUFFIX = '.tmp';
/** Given to a compacted block that failed its checks while its inputs were still there. Never read, never deleted. */
export const QUARANTINE_SUFFIX = '.quarantined';

export function logBlockName(number: number): BlockName {
  return { first: number, last: number, generation: 0 };
}

export function isLogBlock(name: BlockName): boolean {
  return name.generation === 0;
}

export function blockFileName(name: BlockName): string {
  const first = hex(name.first, 16);
  return isLogBlock(name) ? `${first}.log` : `${first}-${hex(name.last, 16)}.${hex(name.generation, 8)}.cmp`;
}

/** `undefined` if the name is not one that `blockFileName` makes. */
export function parseBlockFileName(fileName: string): BlockName | undefined {
  const match = /^([0-9a-f]{16})(?:\.log|-([0-9a-f]{16})\.([0-9a-f]{8})\.cmp)$/.exec(fileName);
  if (!match) return undefined;
  const [, firstHex, lastHex = firstHex, generationHex = '0'] = match as unknown as [string, string, string?, string?];
  const first = Number.parseInt(firstHex, 16);
  const last = Number.parseInt(lastHex, 16);
  const generation = Number.parseInt(generationHex, 16);
  const compacted = match[3] !== undefined;
  const plausible = first >= 1 && Number.isSafeInteger(last) && (compacted ? last > first && generation >= 1 : true);
  return plausible ? { first, last, generation } : undefined;
}

/** Whether `inner` stands for no log block that `outer` does not stand for as well. */
export function covers(outer: BlockName, inner: BlockName): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}
