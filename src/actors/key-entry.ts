/**
 * One key: what it holds, and who may write it. The index and the key locks are two views of these entries, so that a put
 * looks for its keys when it asks for them and not at every step (see `docs/decisions/one-entry-a-key.md`). Plain data.
 *
 * Only the index writes `value` and `version`, only the lock table writes `hold`.
 */
import type { Value } from '../wal/value.ts';

export class KeyEntry {
  /** `undefined`: deleted or never written. */
  value: Value | undefined = undefined;
  /** The last that the key ever had, deleted or not; 0: never written, there because somebody holds it. */
  version = 0;
  hold: Hold | undefined = undefined;
}

/** The keys that one put may write, from the moment it is granted them to the moment it gives them back. */
export interface Hold {
  readonly holder: string;
  readonly keys: readonly string[];
  /** One for each key, in the same order. */
  readonly entries: readonly KeyEntry[];
}

/** The version that a put must expect: 0 for a key that does not exist, be it deleted or never made. */
export function currentVersion({ value, version }: KeyEntry): number {
  return value === undefined ? 0 : version;
}
