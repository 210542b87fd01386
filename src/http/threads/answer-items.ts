/**
 * What the store answers, as items, each behind the slot of its request:
 *     stored    := 0 | version value                                0: the key does not exist
 *     many      := count stored[count]
 *     readiness := null | reason                                    null: ready
 *     outcome   := seq id count version[count]                      a number comes first: committed
 *               | STALE_VERSION or KEY_IN_FLIGHT id count conflict[count]
 *               | OUTCOME_UNKNOWN cause error
 *               | any other code, error
 *     conflict  := key expected current holder                      holder is null where the key is stale
 */
import { invariant } from '../../invariant.ts';
import type { Conflict, PutOutcome, Readiness, StoredValue } from '../../outcome.ts';
import type { Item, ItemReader } from './items.ts';
import { readValue, writeValue } from './value-items.ts';

export function writeStored(items: Item[], stored: StoredValue | undefined): void {
  if (stored === undefined) {
    items.push(0);
    return;
  }
  items.push(stored.version);
  writeValue(items, stored.value);
}

export function readStored(reader: ItemReader): StoredValue | undefined {
  const version = reader.number();
  return version === 0 ? undefined : { value: readValue(reader), version };
}

export function writeManyStored(items: Item[], all: readonly (StoredValue | undefined)[]): void {
  items.push(all.length);
  for (const stored of all) writeStored(items, stored);
}

export function readManyStored(reader: ItemReader): readonly (StoredValue | undefined)[] {
  const count = reader.number();
  const all: (StoredValue | undefined)[] = [];
  while (all.length < count) all.push(readStored(reader));
  return all;
}

export function writeReadiness(items: Item[], readiness: Readiness): void {
  items.push(readiness.ready ? null : readiness.reason);
}

export function readReadiness(reader: ItemReader): Readiness {
  const reason = reader.next();
  if (reason === null) return { ready: true };
  invariant(typeof reason === 'string', 'a reason is text');
  return { ready: false, reason };
}

export function writeOutcome(items: Item[], outcome: PutOutcome): void {
  switch (outcome.code) {
    case 'COMMITTED':
      items.push(outcome.seq, outcome.id, outcome.versions.length);
      for (const version of outcome.versions) items.push(version);
      return;
    case 'STALE_VERSION':
    case 'KEY_IN_FLIGHT':
      items.push(outcome.code, outcome.id, outcome.conflicts.length);
      for (const conflict of outcome.conflicts) writeConflict(items, conflict);
      return;
    case 'OUTCOME_UNKNOWN':
      items.push(outcome.code, outcome.cause, outcome.error);
      return;
    default:
      items.push(outcome.code, outcome.error);
  }
}

export function readOutcome(reader: ItemReader): PutOutcome {
  const first = reader.next();
  if (typeof first === 'number') return readCommitted(reader, first);
  // Only `writeOutcome` writes here, and its types are those of `PutOutcome`.
  const code = first as Exclude<PutOutcome['code'], 'COMMITTED'>;
  switch (code) {
    case 'STALE_VERSION':
    case 'KEY_IN_FLIGHT':
      return { code, id: reader.string(), conflicts: readConflicts(reader) };
    case 'OUTCOME_UNKNOWN':
      return { code, cause: reader.string() as 'timeout' | 'sync_failed', error: reader.string() };
    default:
      return { code, error: reader.string() };
  }
}

function readCommitted(reader: ItemReader, seq: number): PutOutcome {
  const id = reader.string();
  const count = reader.number();
  const versions: number[] = [];
  while (versions.length < count) versions.push(reader.number());
  return { code: 'COMMITTED', id, seq, versions };
}

function writeConflict(items: Item[], conflict: Conflict): void {
  const { key, expected, current } = conflict;
  items.push(key, expected, current, conflict.reason === 'in_flight' ? conflict.holder : null);
}

function readConflicts(reader: ItemReader): readonly Conflict[] {
  const count = reader.number();
  const conflicts: Conflict[] = [];
  while (conflicts.length < count) {
    const [key, expected, current, holder] = [reader.string(), reader.number(), reader.number(), reader.next()];
    if (holder === null) conflicts.push({ key, reason: 'stale', expected, current });
    else conflicts.push({ key, reason: 'in_flight', expected, current, holder: holder as string });
  }
  return conflicts;
}
