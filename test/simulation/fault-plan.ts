/** Which calls of the file system fail, and how. */
import type { Call, CallKind } from '../support/faulty-files.ts';
import type { Random } from '../support/random.ts';

export interface InjectedFault {
  /** Without one the call only takes long. */
  readonly errno?: string;
  /** Share of the bytes of a write that get into the file before it fails. */
  readonly share?: number;
  /** It says that it failed, and has happened all the same. */
  readonly happened?: boolean;
  /** A read ends half-way, as at the end of a file. */
  readonly readsShort?: boolean;
  /** The call says that all is well and has synced nothing. */
  readonly isLie?: boolean;
  /** How long the call hangs first. */
  readonly hangMs?: number;
}

/** Asked once for each call. */
export type FaultPlan = (call: Call) => InjectedFault | undefined;

export const noFaults: FaultPlan = () => undefined;

/** What each kind of call can come to on a real system; `close` is left out, for there it is too late to matter. */
export const ERRORS: Readonly<Partial<Record<CallKind, readonly string[]>>> = {
  list: ['EIO', 'EMFILE'],
  stat: ['EIO'],
  freeBytes: ['EIO'],
  openToRead: ['EIO', 'EMFILE'],
  read: ['EIO'],
  fstat: ['EIO'],
  makeDirectory: ['EIO', 'ENOSPC'],
  openToAppend: ['EIO', 'ENOSPC', 'EMFILE'],
  create: ['EIO', 'ENOSPC', 'EMFILE'],
  write: ['EIO', 'ENOSPC', 'EDQUOT', 'EFBIG'],
  sync: ['EIO', 'ENOSPC'],
  appendDurably: ['EIO', 'ENOSPC'],
  rename: ['EIO', 'ENOSPC'],
  unlink: ['EIO'],
  syncDirectory: ['EIO', 'EMFILE'],
  lock: ['EIO', 'EMFILE'],
};

/** Kinds of trouble that a run may have, besides being ended. */
export const TROUBLES = ['EIO', 'ENOSPC', 'EMFILE', 'hang', 'full', 'rot', 'evict', 'jump'] as const;
export type Trouble = (typeof TROUBLES)[number];

const HANG_MS_MAX = 30_000;

/** Fails one call in `oneIn` or so, in the ways of `troubles`. */
export function randomFaults(random: Random, troubles: ReadonlySet<Trouble>, oneIn: number): FaultPlan {
  return ({ kind }) => {
    if (!random.chance(1 / oneIn)) return undefined;
    if (troubles.has('hang') && random.chance(0.5)) return { hangMs: random.integer(1, HANG_MS_MAX) };
    const possible = (ERRORS[kind] ?? []).filter((errno) => troubles.has(troubleOf(errno)));
    if (possible.length === 0) return undefined;
    return { errno: random.pick(possible), share: random.next(), happened: kind === 'rename' && random.chance(0.3) };
  };
}

function troubleOf(errno: string): Trouble {
  return errno === 'EDQUOT' || errno === 'EFBIG' ? 'ENOSPC' : (errno as Trouble);
}
