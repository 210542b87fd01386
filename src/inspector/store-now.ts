/** What is so at this moment in a running store: states of the standing actors, key locks, blocks. Read, never kept. */
import type { AnyActorRef, StateValue } from 'xstate';
import type { KeyLocksContext } from '../actors/key-locks.machine.ts';
import type { StoreInternals } from '../store.ts';
import { blockFileName, isLogBlock } from '../wal/block-name.ts';
import type { CompactorSnapshot } from './compaction-log.ts';
import type { Blocks, Frame, Locks, StateName } from './protocol.ts';
import type { Redaction } from './redaction.ts';

const LOCKS_SHOWN = 50;
const BLOCKS_SHOWN = 100;

/** Of all machines but the transactions, of which there are many. */
export function statesNow({ actors }: StoreInternals): Omit<Frame['states'], 'transaction'> {
  const { store, keyLocks, flusher, compactor } = actors;
  return {
    keyLocks: statesOf(keyLocks),
    flusher: statesOf(flusher),
    compactor: statesOf(compactor),
    store: statesOf(store),
  };
}

export function locksNow({ actors, transactions, clock }: StoreInternals, redaction: Redaction): Locks {
  const { table } = (actors.keyLocks.getSnapshot() as unknown as { context: KeyLocksContext }).context;
  const shown: [key: string, holder: string][] = [];
  // The longest held come first.
  for (const entry of table.entries()) if (shown.push(entry) >= LOCKS_SHOWN) break;
  const wanted = new Set(shown.map(([, holder]) => holder));
  const startedMs = new Map<string, number>();
  if (wanted.size > 0)
    for (const underWay of transactions.underWay()) {
      if (wanted.has(underWay.ref.id)) startedMs.set(underWay.ref.id, underWay.startedMs);
      if (startedMs.size === wanted.size) break;
    }
  const now = clock.now();
  return {
    held: table.size,
    shown: shown.map(([key, holder]) => {
      const since = startedMs.get(holder);
      return { key: redaction.key(key), holder, ...(since !== undefined && { ageMs: now - since }) };
    }),
  };
}

export function blocksNow({ actors }: StoreInternals): Blocks {
  const { context, value } = compactorSnapshot(actors.compactor);
  const { blocks, run } = context;
  const isMerging = value === 'merging' || value === 'publishing' || value === 'discarding';
  return {
    sealed: blocks.slice(-BLOCKS_SHOWN).map(({ name, bytes }) => {
      return { name: blockFileName(name), bytes, kind: isLogBlock(name) ? 'log' : 'compacted' };
    }),
    sealedCount: blocks.length,
    sealedBytes: blocks.reduce((sum, { bytes }) => sum + bytes, 0),
    merging: isMerging ? run.map(({ name }) => blockFileName(name)) : [],
  };
}

export function compactorSnapshot(compactor: AnyActorRef): CompactorSnapshot {
  return compactor.getSnapshot() as unknown as CompactorSnapshot;
}

function statesOf(actor: AnyActorRef): Record<StateName, number> {
  const { value } = actor.getSnapshot() as unknown as { value: StateValue };
  return Object.fromEntries(pathsOf(value).map((name) => [name, 1]));
}

/** `{ running: 'serving' }` is in `running` and in `running.serving`. */
function pathsOf(value: StateValue, parent = ''): StateName[] {
  if (typeof value === 'string') return [parent + value];
  return Object.entries(value).flatMap(([name, inner]) => [
    parent + name,
    ...(inner === undefined ? [] : pathsOf(inner, `${parent}${name}.`)),
  ]);
}
