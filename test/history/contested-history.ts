/**
 * Small histories in which several unknown puts can have made each of a few versions that nobody saw, and wrote other keys as
 * well: an explanation is a choice for all of these versions together.
 */
import type { Random } from '../support/random.ts';
import type { Operation } from './history.ts';
import type { Sample } from './random-history.ts';
import { acked, get, lost, put } from './small-history.ts';

const OTHER_KEYS = ['p', 'q', 'r', 's'];

type Made = (moments: readonly [number, number]) => Operation;

export function contested(random: Random): Sample {
  const otherKeys = OTHER_KEYS.slice(0, random.integer(2, OTHER_KEYS.length));
  const made: Made[] = [];
  for (let key = random.integer(2, 3); key > 0; key -= 1) {
    for (let count = random.integer(2, 3); count > 0; count -= 1) {
      const writes = candidateWrites(key, `x${made.length}`, otherKeys, random);
      made.push(([invokedAt]) => lost(invokedAt, writes));
    }
    made.push((moments) => put(...moments, `k${key}@1=z`, acked(1)));
  }
  for (let count = random.integer(1, 3); count > 0; count -= 1) {
    const seen = `${random.pick(otherKeys)}@0`;
    made.push((moments) => get(...moments, seen));
  }
  const moments = made.flatMap((_, at) => [2 * at + 1, 2 * at + 2]);
  const take = () => moments.splice(random.integer(0, moments.length - 1), 1)[0]!;
  const operations = made.map((make) => make([take(), take()].toSorted((a, b) => a - b) as [number, number]));
  return { history: { operations }, log: [] };
}

/** Version 1 of the contested key, and one or two others. */
function candidateWrites(key: number, value: string, otherKeys: readonly string[], random: Random): string {
  const left = [...otherKeys];
  const others = Array.from({ length: random.integer(1, 2) }, () => {
    const [other] = left.splice(random.integer(0, left.length - 1), 1);
    return `${other}@${random.chance(0.8) ? 0 : 1}=${value}`;
  });
  return [`k${key}@0=${value}`, ...others].join(' ');
}
