/**
 * Small histories that no store made: most puts are unknown and want the same few versions, so that what was seen can often
 * be explained in several ways, or in none. With a log of some of the puts in some order.
 */
import type { Random } from '../support/random.ts';
import type { GetOperation, LoggedTransaction, Operation, PutOperation, PutOutcomeSeen } from './history.ts';
import type { Sample } from './random-history.ts';

const KEYS = ['a', 'b', 'c', 'd'];

export function madeUp(random: Random, operationsMax: number): Sample {
  const count = random.integer(4, operationsMax);
  const moments = shuffled(
    Array.from({ length: 2 * count + 1 }, (_, at) => at + 1),
    random,
  );
  const operations: Operation[] = [];
  for (let client = 1; client <= count; client += 1) {
    const between = [moments.pop()!, moments.pop()!].toSorted((a, b) => a - b) as [number, number];
    operations.push(random.chance(0.75) ? putOf(client, between, random) : getOf(client, between, operations, random));
  }
  const restarts = random.chance(0.3) ? moments : [];
  return { history: { operations, restarts }, log: logOf(operations, random) };
}

function putOf(client: number, [invokedAt, answeredAt]: readonly [number, number], random: Random): PutOperation {
  const isUnknown = random.chance(0.7);
  const [first, second] = shuffled(KEYS, random);
  const keys = random.chance(0.6) ? [first!, second!] : [first!];
  // Whoever got an answer built on what the unknown ones may have done.
  const writes = keys.map((key) => {
    return { key, expected: !isUnknown || random.chance(0.15) ? random.integer(0, 1) : 0, value: `${client}${key}` };
  });
  const versions = writes.map(({ expected }) => expected + 1);
  const outcome: PutOutcomeSeen = isUnknown
    ? { kind: 'unknown' }
    : { kind: 'committed', seq: random.integer(1, 4), versions };
  const completedAt = isUnknown ? Number.POSITIVE_INFINITY : answeredAt;
  return { kind: 'put', client, invokedAt, completedAt, writes, outcome };
}

function getOf(
  client: number,
  [invokedAt, completedAt]: readonly [number, number],
  before: readonly Operation[],
  random: Random,
): GetOperation {
  const key = random.pick(KEYS);
  const written = before
    .filter((operation) => operation.kind === 'put')
    .flatMap(({ writes }) => writes)
    .filter((write) => write.key === key)
    .map(({ value, expected }) => ({ value, version: expected + 1 }));
  const found = random.pick([undefined, undefined, ...written]);
  return { kind: 'get', client, invokedAt, completedAt, key, found };
}

/** Acknowledged puts at their places, as far as there is room, and some of the unknown ones. */
function logOf(operations: readonly Operation[], random: Random): LoggedTransaction[] {
  const puts = operations.filter((operation) => operation.kind === 'put');
  const seqOf = ({ outcome }: PutOperation) => (outcome.kind === 'committed' ? outcome.seq : random.integer(1, 4));
  return puts
    .filter(({ outcome }) => outcome.kind === 'committed' || random.chance(0.5))
    .map((put) => ({ put, seq: seqOf(put) }))
    .toSorted((a, b) => a.seq - b.seq)
    .map(({ put: { writes } }, at) => {
      return { seq: at + 1, writes: writes.map(({ key, expected, value }) => ({ key, version: expected + 1, value })) };
    });
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  return items.map(() => left.splice(random.integer(0, left.length - 1), 1)[0]!);
}
