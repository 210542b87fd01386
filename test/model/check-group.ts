/**
 * Judges puts that were sent at once and of which only the answers are seen: there must be an order that explains
 * them all. The seqs of those that were committed are that order; the others must have met some state on its way. A put
 * that found no room was let in and held its keys for a while, but its answer does not say by which id others were told of it.
 */
import assert from 'node:assert/strict';
import type { Conflict, PutOperation } from '../../src/outcome.ts';
import { checkEnd, type DiskState, type SeenOutcome } from './check-outcome.ts';
import type { Specification } from './specification.ts';

export interface Answered {
  readonly operations: readonly PutOperation[];
  readonly outcome: SeenOutcome;
}

type Committed = Answered & { readonly outcome: Extract<SeenOutcome, { readonly code: 'COMMITTED' }> };
type Refused = Answered & { readonly outcome: { readonly code: string; readonly conflicts: readonly Conflict[] } };

export function checkGroup(specification: Specification, group: readonly Answered[], disk: DiskState): void {
  const committed = group
    .filter((answered): answered is Committed => answered.outcome.code === 'COMMITTED')
    .toSorted((a, b) => a.outcome.seq - b.outcome.seq);
  const seen = new Versions(specification, group);
  for (const { operations, outcome } of committed) {
    const verdict = specification.begin(operations);
    assert.equal(verdict.code, 'LET_IN', 'a put was committed that its versions forbid');
    if (verdict.code === 'LET_IN') checkEnd(specification, verdict.ticket, outcome, disk);
    seen.note(specification);
  }
  const withoutRoom = group.filter(({ outcome }) => disk === 'full' && outcome.code === 'DISK_FULL');
  for (const { operations } of withoutRoom) checkExpected(operations, seen);
  const refused = group.filter(
    (answered): answered is Refused => answered.outcome.code !== 'COMMITTED' && !withoutRoom.includes(answered),
  );
  for (const answered of refused) checkRefused(answered, seen);
  checkHolders(refused, committed, withoutRoom);
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

function checkRefused({ operations, outcome }: Refused, seen: Versions): void {
  const { code, conflicts } = outcome;
  assert(conflicts.length > 0, `${code} without a conflict`);
  const isStale = conflicts.some(({ reason }) => reason === 'stale');
  assert.equal(code, isStale ? 'STALE_VERSION' : 'KEY_IN_FLIGHT');
  const inRequestOrder = operations.filter(({ key }) => conflicts.some((conflict) => conflict.key === key));
  assert.deepStrictEqual(
    conflicts.map(({ key, expected }) => ({ key, version: expected })),
    inRequestOrder.map(({ key, version }) => ({ key, version })),
  );
  const unnamed = operations.filter(({ key }) => !conflicts.some((conflict) => conflict.key === key));
  checkExpected(unnamed, seen);
  for (const { key, reason, expected, current } of conflicts) {
    assert(seen.had(key, current), `version ${current} is reported, which ${JSON.stringify(key)} never had`);
    if (reason === 'stale') assert.notEqual(current, expected);
    else assert.equal(current, expected);
  }
}

/** Nothing was said against these. */
function checkExpected(operations: readonly PutOperation[], seen: Versions): void {
  for (const { key, version } of operations) assert(seen.had(key, version), 'a stale key is not named');
}

/** Whoever held a key was not refused itself: it came through, or found no room. One id is one put. */
function checkHolders(
  refused: readonly Refused[],
  committed: readonly Committed[],
  withoutRoom: readonly Answered[],
): void {
  const keysById = new Map<string, Set<string>>();
  for (const conflict of refused.flatMap(({ outcome }) => outcome.conflicts)) {
    if (conflict.reason === 'stale') continue;
    const { key, holder } = conflict;
    keysById.set(holder, (keysById.get(holder) ?? new Set()).add(key));
  }
  for (const [id, keys] of keysById) {
    const known = committed.filter(({ outcome }) => outcome.id === id);
    const suspects = known.length > 0 ? known : withoutRoom;
    assert(
      suspects.some(({ operations }) => keys.isSubsetOf(new Set(operations.map(({ key }) => key)))),
      'the holder writes no such key',
    );
  }
}
