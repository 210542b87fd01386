import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArrivalList, type Place } from '../../src/actors/arrival-list.ts';

describe('arrival list', () => {
  it('holds what a list of the same additions and removals holds, in the same order', () => {
    const steps = fc.array(fc.oneof(fc.constant('add' as const), fc.nat(50)), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (steps) => {
        const list = new ArrivalList<number>();
        const expected: Place<number>[] = [];
        for (const [number, step] of steps.entries()) {
          if (step === 'add') expected.push(list.add(number));
          else if (expected.length > 0) list.remove(expected.splice(step % expected.length, 1)[0]!);
          expect([...list]).toEqual(expected.map(({ value }) => value));
          expect(list.size).toBe(expected.length);
          expect(list.oldest).toBe(expected[0]?.value);
        }
      }),
    );
  });

  it('lets the value at hand be removed while all are looked at', () => {
    const list = new ArrivalList<number>();
    const places = [1, 2, 3].map((value) => list.add(value));
    const seen: number[] = [];
    for (const value of list) {
      seen.push(value);
      list.remove(places[value - 1]!);
    }
    expect(seen).toEqual([1, 2, 3]);
    expect(list.size).toBe(0);
  });

  it('does not let the same place be removed twice', () => {
    const list = new ArrivalList<number>();
    const place = list.add(1);
    list.remove(place);
    expect(() => list.remove(place)).toThrow('a place that is empty already');
  });

  it('keeps nothing of what was removed', () => {
    const list = new ArrivalList<number>();
    const places = [1, 2, 3].map((value) => list.add(value));
    for (const place of places) list.remove(place);
    for (const place of places) expect(place).toMatchObject({ older: undefined, newer: undefined });
  });
});
