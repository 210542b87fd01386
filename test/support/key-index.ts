/** Writes and locks an index without the actors of a put. */
import type { KeyEntry } from '../../src/actors/key-entry.ts';
import type { KeyIndex } from '../../src/actors/key-index.ts';
import { LockTable } from '../../src/actors/lock-table.ts';
import type { Granted } from '../../src/actors/messages.ts';
import type { TxWrite } from '../../src/wal/tx-codec.ts';

/** As a durable put of these writes does. */
export function applyTo(index: KeyIndex, ...writes: readonly TxWrite[]): void {
  const entries = entriesOf(index, writes);
  index.apply(entries, writes, index.growthOf(entries, writes));
}

/** Of new keys too, as if they were held. */
export function entriesOf(index: KeyIndex, writes: readonly { readonly key: string }[]): readonly KeyEntry[] {
  return writes.map(({ key }) => index.enter(key));
}

/** What the key locks answer where the keys are free. */
export function granted(index: KeyIndex, keys: readonly string[], holder: string): Granted {
  const table = new LockTable(index);
  table.hold(keys, holder);
  return { type: 'granted', hold: table.newest! };
}
