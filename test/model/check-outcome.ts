/** Compares what a put was answered with what the specification says of it. */
import assert from 'node:assert/strict';
import type { Conflict, PutOutcome } from '../../src/outcome.ts';
import type { ExpectedConflict, Specification, Ticket, Verdict } from './specification.ts';

export type SeenOutcome = PutOutcome | { readonly code: 'DUPLICATE_KEY' };

/** The put was refused when it came: the answer says so, and every word of it is right. */
export function checkRefusal(verdict: Exclude<Verdict, { readonly code: 'LET_IN' }>, outcome: SeenOutcome): void {
  assert.equal(outcome.code, verdict.code);
  if (!('conflicts' in verdict)) return;
  const { conflicts } = outcome as { readonly conflicts: readonly Conflict[] };
  assert.deepStrictEqual(
    conflicts.map((conflict) => ({ ...conflict, holder: 'holder' in conflict })),
    verdict.conflicts.map((conflict) => ({ ...conflict, holder: 'holder' in conflict })),
  );
  conflicts.forEach((conflict, index) => {
    const expected = verdict.conflicts[index] as ExpectedConflict;
    if (conflict.reason === 'in_flight' && expected.reason === 'in_flight') checkId(expected.holder, conflict.holder);
  });
}

/** What the disk does to the puts. */
export type DiskState = 'sound' | 'full' | 'broken';

/** The put was let in: it ends `COMMITTED` where the disk is sound, else perhaps otherwise. */
export function checkEnd(specification: Specification, ticket: Ticket, outcome: SeenOutcome, disk: DiskState): void {
  const { code } = outcome;
  if ((code === 'DISK_FULL' && disk === 'full') || (code === 'HALTED' && disk === 'broken')) {
    specification.rollBack(ticket);
    return;
  }
  // Nobody knows: the put stays in flight.
  if (code === 'OUTCOME_UNKNOWN' && disk === 'broken') return;
  assert.equal(outcome.code, 'COMMITTED');
  const { id, seq, versions } = outcome as Extract<PutOutcome, { code: 'COMMITTED' }>;
  checkId(ticket, id);
  assert.deepStrictEqual({ seq, versions }, specification.commit(ticket));
}

/** All that is said of one put names it alike. */
export function checkId(ticket: Ticket, id: string): void {
  assert.match(id, /^[0-9a-f]{32}$/);
  ticket.id ??= id;
  assert.equal(id, ticket.id, 'another id than before for the same put');
}
