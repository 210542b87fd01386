/**
 * Judges puts that were sent at once and of which only the answers are seen: there must be an order that explains
 * them all. The seqs of those that were committed are that order; the others must have met some state on its way.
 */
import assert from 'node:assert/strict';
import type { Conflict, PutOperation } from '../../src/outcome.ts';
import { checkEnd, type SeenOutcome } from './check-outcome.ts';
import type { Specification } from './specification.ts';

export interface Answered {
  readonly operations: readonly PutOperation[];
  readonly outcome: SeenOutcome;
}

type Committed = Answered & { readonly outcome: Extract<SeenOutcome, { readonly code: 'COMMITTED' }> };
type Refused = Answered & { readonly outcome: { readonly code: string; readonly conflicts: readonly Conflict[] } };

export function checkGroup(specification: Specification, group: readonly Answered[]): void {
  const committed = group
    .filter((answered): answered is Committed => answered.outcome.code === 'COMMITTED')
    .toSorted((a, b) => a.outcome.seq - b.outcome.seq);
  const seen = new Versions(specification, group);
  for (const { operations, outcome } of committed) {
    const verdict = specification.begin(operations);
    assert.equal(verdict.code, 'LET_IN', 'a put was committed that its versions forbid');
    if (verdict.code === 'LET_IN') checkEnd(specification, verdict.ticket, outcome, 'sound');
    seen.note(specification);
  }
  for (const answered of group)
    if (answered.outcome.code !== 'COMMITTED') checkRefused(answered as Refused, committed, seen);
}

/** The versions that each key had in turn, from before the group to after it. */
class Versions {
  readonly #keys: readonly string[];
  readonly #versions = new Map<string, Set<number>>();

  constructor(specification: Specification, group: readonly Answered[]) {
    this.#keys = [...new Set(group.flatMap(({ operations }) => operations.map(({ key }) => key)))];
    for (const key of this.#keys) this.#versions.set(key, new Set());
    this.note(specification);
  }

  note(specification: Specification): void {
    for (const key of this.#keys) this.#versions.get(key)!.add(specification.currentVersion(key));
  }

  had(key: string, version: number): boolean {
    return this.#versions.get(key)!.has(version);
  }
}

function checkRefused({ operations, outcome }: Refused, committed: readonly Committed[], seen: Versions): void {
  const { code, conflicts } = outcome;
  assert(conflicts.length > 0, `${code} without a conflict`);
  const isStale = conflicts.some(({ reason }) => reason === 'stale');
  assert.equal(code, isStale ? 'STALE_VERSION' : 'KEY_IN_FLIGHT');
  const inRequestOrder = operations.filter(({ key }) => conflicts.some((conflict) => conflict.key === key));
  assert.deepStrictEqual(
    conflicts.map(({ key, expected }) => ({ key, version: expected })),
    inRequestOrder.map(({ key, version }) => ({ key, version })),
  );
  for (const { key, version } of operations)
    if (!conflicts.some((conflict) => conflict.key === key)) assert(seen.had(key, version), 'a stale key is not named');
  for (const conflict of conflicts) checkConflict(conflict, committed, seen);
}

function checkConflict(conflict: Conflict, committed: readonly Committed[], seen: Versions): void {
  const { key, expected, current } = conflict;
  assert(seen.had(key, current), `version ${current} is reported, which ${JSON.stringify(key)} never had`);
  if (conflict.reason === 'stale') {
    assert.notEqual(current, expected);
    return;
  }
  assert.equal(current, expected);
  // Whoever held the key and was not refused itself must have come through: the disk does not fail here.
  const holder = committed.find(({ outcome }) => outcome.id === conflict.holder);
  assert(
    holder?.operations.some((operation) => operation.key === key),
    'the holder writes no such key',
  );
}
