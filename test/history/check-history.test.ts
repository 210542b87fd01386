import { describe, expect, it } from 'vitest';
import { checkHistory } from './check-history.ts';
import type { Operation } from './history.ts';
import { longHistory } from './long-history.ts';
import { acked, get, lost, put, refused, stale, unknown } from './small-history.ts';

const check = (...operations: readonly Operation[]) => checkHistory({ operations });
const rules = (...operations: readonly Operation[]) => check(...operations).map(({ rule }) => rule);

describe('what an answer says by itself', () => {
  it('an ack tells versions that are one more than the expected ones', () => {
    const right = put(1, 2, 'a@0=x b@0=y', acked(1));
    const wrong = { ...right, outcome: { kind: 'committed', seq: 1, versions: [1, 2] } } as const;
    expect(rules(right)).toEqual([]);
    expect(check(wrong)).toEqual([
      {
        rule: 'wrong-versions',
        message: 'the put of "a"@0, "b"@0 by client 1 (1 to 2, committed) makes versions 1, 1, and was told 1, 2',
        operations: [wrong],
        keys: [],
      },
    ]);
    expect(rules({ ...right, outcome: { kind: 'committed', seq: 1, versions: [1] } })).toEqual(['wrong-versions']);
  });

  it('a refusal as stale lists keys of the put, each once, that were not as expected', () => {
    const first = put(1, 2, 'a@0=x', acked(1));
    expect(rules(first, put(3, 4, 'a@0=y b@0=z', stale('a@1')))).toEqual([]);
    for (const wrong of ['', 'b@1', 'a@0', 'a@1 a@1'])
      expect(rules(first, put(3, 4, 'a@0=y', stale(wrong)))).toEqual(['wrong-conflict']);
  });
});

describe('who made which version', () => {
  it('two puts are never acknowledged for the same version', () => {
    const both = [put(1, 3, 'a@0=x', acked(1)), put(2, 4, 'a@0=y', acked(2))];
    const [violation, ...others] = check(...both);
    expect(others).toEqual([]);
    expect(violation).toMatchObject({ rule: 'two-writers', keys: ['a'] });
    expect(violation!.operations).toEqual([both[1], both[0]]);
    expect(violation!.message).toContain('made version 1 of "a", which the put of "a"@0 by client 1');
  });

  it('a put that was seen is whole', () => {
    const half = [lost(1, 'a@0=x b@0=y'), put(2, 3, 'b@0=z', acked(1))];
    expect(rules(...half, get(4, 5, 'a@0'))).toEqual([]);
    expect(rules(...half, get(4, 5, 'a@1=x'))).toEqual(['half-put']);
  });

  it('every version up to the last one seen was made by somebody', () => {
    expect(rules(put(1, 2, 'a@1=x', acked(1)))).toEqual(['missing-writer']);
    expect(rules(put(1, 2, 'a@0=x', refused), put(3, 4, 'a@1=y', acked(1)))).toEqual(['missing-writer']);
    expect(rules(lost(1, 'b@0=x'), put(3, 4, 'a@1=y', acked(1)))).toEqual(['missing-writer']);
    expect(rules(lost(1, 'a@0=x'), put(3, 4, 'a@1=y', acked(1)))).toEqual([]);
    expect(rules(put(1, 2, 'a@0=x', stale('a@1')))).toEqual(['missing-writer']);
    expect(rules(put(1, 2, 'a@0=x', acked(1)), get(3, 4, 'a@2=y'))).toEqual(['missing-writer']);
    // Enough puts, and none of them can have made version 2.
    expect(rules(lost(1, 'a@0=x'), lost(2, 'a@0=y'), put(3, 4, 'a@2=z', acked(1)))).toEqual(['missing-writer']);
  });

  it('a value that was refused is never seen', () => {
    const first = put(1, 2, 'a@0=x', acked(1));
    for (const outcome of [refused, stale('a@1')]) {
      const second = put(3, 4, 'a@0=y', outcome);
      expect(rules(first, second, get(5, 6, 'a@1=x'))).toEqual([]);
      expect(rules(first, second, get(5, 6, 'a@1=y'))).toEqual(['refused-value']);
    }
  });

  it('a value is seen as its writer wrote it, under its key and version', () => {
    const puts = [put(1, 2, 'a@0=x b@0=w', acked(1)), put(3, 4, 'a@1=y', acked(2))];
    expect(rules(...puts, get(5, 6, 'a@2=y'))).toEqual([]);
    for (const wrong of ['a@2=x', 'a@2=other', 'a@2=w'])
      expect(rules(...puts, get(5, 6, wrong))).toEqual(['foreign-value']);
    expect(check(...puts, get(5, 6, 'a@2=x'))[0]!.message).toContain('wrote that as version 1');
    expect(check(...puts, get(5, 6, 'a@2=w'))[0]!.message).toContain('which nobody wrote there');
  });
});

describe('the order of everything', () => {
  const first = put(1, 2, 'a@0=x b@0=x', acked(1));
  const second = put(3, 6, 'a@1=y b@1=y', acked(2));

  it('a get shows what was acknowledged before it began', () => {
    expect(rules(first, put(3, 4, 'a@1=y', acked(2)), get(5, 6, 'a@2=y'))).toEqual([]);
    expect(rules(first, get(5, 6, 'a@0'))).toEqual(['no-serial-order']);
    const [violation] = check(first, put(3, 4, 'a@1=y', acked(2)), get(5, 6, 'a@1=x'));
    expect(violation).toMatchObject({ rule: 'no-serial-order', keys: ['a'] });
    expect(violation!.message).toBe(
      'there is no serial order: the get of "a" by client 5 (5 to 6) comes before the put of "a"@1 by client 3 ' +
        '(3 to 4, committed), which replaced what that saw, "a" at version 1; the put of "a"@1 by client 3 ' +
        '(3 to 4, committed) had ended before the get of "a" by client 5 (5 to 6) began',
    );
  });

  it('a get beside a put shows the old or the new, and later ones never the old after the new', () => {
    expect(rules(first, second, get(4, 5, 'a@1=x'))).toEqual([]);
    expect(rules(first, second, get(4, 5, 'a@2=y'))).toEqual([]);
    expect(rules(first, { ...second, completedAt: 9 }, get(4, 5, 'a@2=y'), get(7, 8, 'b@1=x'))).toEqual([
      'no-serial-order',
    ]);
    expect(rules(first, { ...second, completedAt: 9 }, get(4, 7, 'a@2=y'), get(5, 8, 'b@1=x'))).toEqual([]);
  });

  it('nothing is seen before it was asked for', () => {
    expect(rules(get(1, 2, 'a@1=x'), put(3, 4, 'a@0=x', acked(1)))).toEqual(['no-serial-order']);
    expect(rules(put(1, 2, 'a@1=y', acked(2)), put(3, 4, 'a@0=x', acked(1)))).toEqual(['no-serial-order']);
    expect(rules(put(1, 4, 'a@1=y', acked(2)), put(2, 3, 'a@0=x', acked(1)))).toEqual([]);
  });

  it('a refusal as stale is a read of every key of the put, those that it does not list included', () => {
    const third = put(7, 8, 'a@1=z b@1=z', stale('a@2 b@2'));
    expect(rules(first, second, third)).toEqual([]);
    expect(rules(first, second, { ...third, outcome: stale('a@2') })).toEqual(['no-serial-order']);
    expect(rules(first, put(3, 4, 'a@0=z', stale('a@2')), put(5, 6, 'a@1=y', acked(2)))).toEqual(['no-serial-order']);
  });

  it('puts of several keys are in the same order for all of them', () => {
    const crossed = [put(1, 5, 'a@0=p b@1=p', acked(1)), put(2, 6, 'a@1=q b@0=q', acked(2))];
    expect(rules(...crossed)).toEqual(['no-serial-order']);
    // Two gets that disagree about which of two puts was first.
    const apart = [put(1, 20, 'a@0=p', acked(1)), put(2, 21, 'b@0=q', acked(2))];
    const firstReader = [get(3, 4, 'a@1=p'), get(5, 6, 'b@0')];
    expect(rules(...apart, ...firstReader, get(7, 9, 'b@1=q'))).toEqual([]);
    expect(rules(...apart, get(3, 9, 'a@1=p'), get(10, 11, 'b@0'), get(4, 12, 'b@1=q'), get(13, 14, 'a@1=p'))).toEqual(
      [],
    );
    expect(rules(...apart, ...firstReader, get(7, 8, 'b@1=q'), get(9, 10, 'a@0'))).toEqual(['no-serial-order']);
  });

  it('a refused put that says nothing about versions says nothing about the order', () => {
    expect(rules(first, put(3, 4, 'a@7=z', refused), get(5, 6, 'a@1=x'))).toEqual([]);
  });
});

describe('puts of which nobody knows', () => {
  it('happen at any time after they were asked for, or never', () => {
    expect(rules(lost(1, 'a@0=x'), get(2, 3, 'a@0'), get(4, 5, 'a@1=x'))).toEqual([]);
    expect(rules(lost(1, 'a@0=x'), get(2, 3, 'a@0'), put(4, 5, 'a@0=y', acked(1)))).toEqual([]);
    expect(rules(lost(1, 'a@0=x'), get(2, 3, 'a@1=x'), get(4, 5, 'a@0'))).toEqual(['no-serial-order']);
    expect(rules(get(1, 2, 'a@1=x'), lost(3, 'a@0=x'))).toEqual(['no-serial-order']);
  });

  it('may still happen after an answer that says so', () => {
    expect(rules(put(1, 2, 'a@0=x', unknown), get(3, 4, 'a@0'), get(5, 6, 'a@1=x'))).toEqual([]);
  });

  it('of a process that has ended happened before the next one began, or never', () => {
    const late = [lost(1, 'a@0=x'), get(3, 4, 'a@0'), get(5, 6, 'a@1=x')];
    expect(checkHistory({ operations: late, restarts: [2] }).map(({ rule }) => rule)).toEqual(['no-serial-order']);
    expect(checkHistory({ operations: late.toSpliced(1, 1), restarts: [2] })).toEqual([]);
    expect(checkHistory({ operations: [...late.slice(0, 2), put(5, 6, 'a@0=y', acked(1))], restarts: [2] })).toEqual(
      [],
    );
  });

  it('fill versions that others built on, as a whole', () => {
    const built = put(2, 3, 'a@1=y', acked(2));
    expect(rules(lost(1, 'a@0=x b@0=x'), built, get(4, 5, 'b@1=x'))).toEqual([]);
    expect(rules(lost(1, 'a@0=x b@0=x'), built, get(4, 5, 'b@0'))).toEqual(['no-serial-order']);
  });

  it('are told apart by what else they wrote', () => {
    const candidates = [lost(1, 'a@0=x b@0=x'), lost(2, 'a@0=y c@0=y')];
    const built = put(3, 4, 'a@1=z', acked(2));
    expect(rules(...candidates, built, get(5, 6, 'c@0'))).toEqual([]);
    expect(rules(...candidates, built, get(5, 6, 'b@0'))).toEqual([]);
    const violations = check(...candidates, built, get(5, 6, 'b@0'), get(7, 8, 'c@0'));
    expect(violations.map(({ rule }) => rule)).toEqual(['no-serial-order']);
    expect(violations[0]!.message).toContain('whichever unknown puts are taken as applied');
  });

  it('are each looked for by themselves, however many they are', () => {
    // Version 2r + 1 of `a` has two possible writers that differ in another key, and in one round neither can be it.
    const round = (r: number) => [
      lost(10 * r + 1, `a@${2 * r}=x${r} b${r}@0=x${r}`),
      lost(10 * r + 2, `a@${2 * r}=y${r} c${r}@0=y${r}`),
      put(10 * r + 3, 10 * r + 4, `a@${2 * r + 1}=z${r}`, acked(r + 1)),
      get(10 * r + 5, 10 * r + 6, `b${r}@0`),
    ];
    const rounds = Array.from({ length: 50 }, (_, r) => round(r)).flat();
    expect(rules(...rounds)).toEqual([]);
    expect(rules(...rounds, get(1001, 1002, 'c49@0'))).toEqual(['no-serial-order']);
    expect(rules(...rounds, get(1001, 1002, 'c25@0'))).toEqual(['no-serial-order']);
  });

  it('are left undecided where too many sets of them would have to be tried', () => {
    // Version 1 of each a(r) was made by one of six puts, each of which took one of six places, too.
    const history = (rounds: number) => [
      ...Array.from({ length: rounds * 6 }, (_, at) =>
        lost(at + 1, `a${Math.trunc(at / 6)}@0=x${at} place${at % 6}@0=x${at}`),
      ),
      ...Array.from({ length: rounds }, (_, r) => put(100 + 2 * r, 101 + 2 * r, `a${r}@1=z`, acked(r + 1))),
    ];
    expect(rules(...history(6))).toEqual([]);
    expect(rules(...history(7))).toEqual(['undecided']);
  });
});

describe('histories that are none', () => {
  it('are refused: two events at one moment, a put that names a key twice, an answer before its question', () => {
    expect(() => check(put(1, 2, 'a@0=x', acked(1)), get(2, 3, 'a@1=x'))).toThrow(
      '2 is no moment, or that of two events',
    );
    expect(() => check(lost(1, 'a@0=x a@1=y'))).toThrow('operation 0 names "a" twice');
    expect(() => check(get(2, 1, 'a@0'))).toThrow('operation 0 was answered before it was invoked');
    expect(() => check(get(1.5, 2, 'a@0'))).toThrow('1.5 is no moment');
  });

  it('are refused: two unknown puts that cannot be told apart by their values', () => {
    expect(() => check(lost(1, 'a@0=x'), lost(2, 'a@0=x'), get(3, 4, 'a@1=x'))).toThrow('several puts write x');
  });
});

it('a long history is right, and one stale read in it is found', () => {
  const { history } = longHistory({ operations: 20_000, clients: 64, keys: 16, seed: 1 });
  expect(checkHistory(history)).toEqual([]);
  const gets = history.operations.filter((operation) => operation.kind === 'get');
  const { invokedAt, completedAt, key } = gets.at(-1)!;
  const staleGet = { ...gets.find((get) => get.key === key)!, invokedAt, completedAt };
  const others = history.operations.filter((operation) => operation.invokedAt !== invokedAt);
  const violations = checkHistory({ ...history, operations: [...others, staleGet] });
  expect(violations.map(({ rule, operations }) => [rule, operations.includes(staleGet)])).toEqual([
    ['no-serial-order', true],
  ]);
});
