import { describe, expect, it } from 'vitest';
import { checkGoesOn, checkRestarts, checkSameState, checkVersions } from './check-restarts.ts';
import type { LogContents } from './read-log.ts';
import { acked, logOf, lost, put } from './small-history.ts';

/** What the offline reader would say of a log of these transactions, of which the first ones are compacted. */
function contents(transactions: readonly string[], compactedSeq = 0): LogContents {
  const log = logOf(...transactions);
  const state = new Map(
    log.flatMap(({ writes }) => writes).map(({ key, version, value }) => [key, { version, value }]),
  );
  return { state, transactions: log.slice(compactedSeq), compactedSeq, lastSeq: log.length };
}

const rulesOf = (violations: readonly { readonly rule: string }[]) => violations.map(({ rule }) => rule);

describe('from one start to the next', () => {
  const operations = [put(1, 2, 'a@0=x', acked(1)), lost(3, 'a@1=y'), put(5, 6, 'b@0=z', acked(2))];
  const history = { operations, restarts: [4, 7] };
  const check = (...logs: readonly LogContents[]) => rulesOf(checkRestarts(history, logs));

  it('the log goes on', () => {
    expect(check(contents(['a@1=x']), contents(['a@1=x', 'b@1=z']), contents(['a@1=x', 'b@1=z']))).toEqual([]);
    expect(check(contents(['a@1=x']), contents(['a@1=w', 'b@1=z']))).toEqual(['log-rewritten', 'state-differs']);
    expect(rulesOf(checkGoesOn(contents(['a@1=x', 'b@1=z']), contents(['a@1=x'])))).toEqual(['log-rewritten']);
  });

  it('a recovered log is a prefix of what was dispatched, so that it has no hole', () => {
    const dispatched = contents(['a@1=x', 'a@2=y', 'b@1=z']);
    expect(checkGoesOn(contents(['a@1=x', 'a@2=y']), dispatched)).toEqual([]);
    expect(rulesOf(checkGoesOn(contents(['a@1=x', 'b@1=z']), dispatched))).toEqual(['log-rewritten']);
  });

  it('transactions are compared as far as compaction left them', () => {
    const all = ['a@1=x', 'b@1=z', 'a@2=y'];
    expect(checkGoesOn(contents(all.slice(0, 2)), contents(all, 1))).toEqual([]);
    expect(checkGoesOn(contents(all, 2), contents(all))).toEqual([]);
    expect(rulesOf(checkGoesOn(contents(all), contents(['a@1=x', 'b@1=q', 'a@2=y'], 1)))).toEqual(['log-rewritten']);
  });

  it('every acknowledged put is there', () => {
    expect(check(contents([]))).toEqual(['lost-put']);
    expect(check(contents(['a@1=x']), contents(['a@1=x']))).toEqual(['lost-put']);
    const late = { operations: [put(1, 5, 'a@0=x', acked(1))], restarts: [2] };
    expect(rulesOf(checkRestarts(late, [contents([])]))).toEqual(['lost-put']);
  });

  it('a put that was not there after a restart does not come back', () => {
    const lateComer = contents(['a@1=x', 'b@1=z', 'a@2=y']);
    expect(check(contents(['a@1=x', 'a@2=y']), contents(['a@1=x', 'a@2=y', 'b@1=z']))).toEqual([]);
    expect(check(contents(['a@1=x']), lateComer)).toEqual(['late-put']);
  });
});

describe('states', () => {
  const state = contents(['a@1=x', 'a@2=y']).state;

  it('no version goes down, no key goes away', () => {
    expect(checkVersions(state, contents(['a@1=x', 'a@2=y', 'a@3=z']).state)).toEqual([]);
    expect(rulesOf(checkVersions(state, contents(['a@1=x']).state))).toEqual(['version-decreased']);
    expect(rulesOf(checkVersions(state, contents(['b@1=x']).state))).toEqual(['version-decreased']);
    expect(rulesOf(checkVersions(state, contents(['a@1=x', 'a@2=w']).state))).toEqual(['state-differs']);
  });

  it('two accounts are compared in both directions', () => {
    const more = contents(['a@1=x', 'a@2=y', 'b@1=z']).state;
    expect(checkSameState(state, state)).toEqual([]);
    expect(checkSameState(state, more).map(({ message }) => message)).toEqual([
      '"b" is missing in one account and version 1 = z in the other',
    ]);
    expect(rulesOf(checkSameState(more, state))).toEqual(['state-differs']);
    expect(rulesOf(checkSameState(state, contents(['a@1=x']).state))).toEqual(['state-differs']);
  });
});
