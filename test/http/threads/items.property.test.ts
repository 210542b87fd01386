/** D12 across threads: what is written as items, copied as messages are, and read again is what it was, to the last bit. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  readManyStored,
  readOutcome,
  readReadiness,
  readStored,
  writeManyStored,
  writeOutcome,
  writeReadiness,
  writeStored,
} from '../../../src/http/threads/answer-items.ts';
import { type Item, ItemReader } from '../../../src/http/threads/items.ts';
import {
  READ_MANY,
  readOperations,
  readReadMany,
  writePut,
  writeReadMany,
} from '../../../src/http/threads/request-items.ts';
import { readValue, writeValue } from '../../../src/http/threads/value-items.ts';
import { WholeFloat } from '../../../src/wal/value.ts';
import { operations, outcome, stored, text, value } from './support/arbitraries.ts';

/** Several one after the other: each must end where the next begins. */
function roundTrip<Thing>(
  things: readonly Thing[],
  write: (items: Item[], thing: Thing) => void,
  read: (reader: ItemReader) => Thing,
): void {
  const items: Item[] = [];
  for (const thing of things) write(items, thing);
  const reader = new ItemReader(structuredClone(items));
  // `toStrictEqual` tells 0 from -0, and a `WholeFloat` from what looks like one.
  expect(things.map(() => read(reader))).toStrictEqual(things);
  expect(reader.isAtEnd).toBe(true);
}

test('D12: values of every type', () => {
  fc.assert(fc.property(fc.array(value), (values) => roundTrip(values, writeValue, readValue)));
});

test('what a key holds, or that it does not exist', () => {
  fc.assert(fc.property(fc.array(stored), (all) => roundTrip(all, writeStored, readStored)));
});

test('what many keys hold', () => {
  const all = fc.array(fc.array(stored));
  fc.assert(fc.property(all, (many) => roundTrip(many, writeManyStored, readManyStored)));
});

test('the keys of a read of many', () => {
  const asked = fc.record({ keys: fc.array(text), textBytesMax: fc.maxSafeNat() }, { noNullPrototype: true });
  const write = (items: Item[], { keys, textBytesMax }: { keys: string[]; textBytesMax: number }) =>
    writeReadMany(items, 7, keys, textBytesMax);
  const read = (reader: ItemReader) => {
    expect([reader.number(), reader.number()]).toEqual([READ_MANY, 7]);
    return readReadMany(reader) as { keys: string[]; textBytesMax: number };
  };
  fc.assert(fc.property(fc.array(asked), (all) => roundTrip(all, write, read)));
});

test('the operations of puts', () => {
  const write = (items: Item[], put: Parameters<typeof writePut>[2]) => writePut(items, 7, put);
  const read = (reader: ItemReader) => {
    const count = reader.number();
    expect(reader.number()).toBe(7);
    return readOperations(reader, count);
  };
  fc.assert(fc.property(fc.array(operations), (puts) => roundTrip(puts, write, read)));
});

test('the outcomes of puts', () => {
  fc.assert(fc.property(fc.array(outcome), (outcomes) => roundTrip(outcomes, writeOutcome, readOutcome)));
});

test('readiness', () => {
  const readiness = fc.oneof(
    fc.constant({ ready: true as const }),
    text.map((reason) => ({ ready: false as const, reason })),
  );
  fc.assert(fc.property(fc.array(readiness), (all) => roundTrip(all, writeReadiness, readReadiness)));
});

test('a value is one item, but for arrays and floats without a fraction', () => {
  const items: Item[] = [];
  for (const single of ['a', true, 1, 1.5, 2n ** 60n]) writeValue(items, single);
  expect(items).toEqual(['a', true, 1, 1.5, 2n ** 60n]);
  const others: Item[] = [];
  writeValue(others, new WholeFloat(2));
  writeValue(others, [1, new WholeFloat(-0)]);
  expect(others).toEqual([null, 2, undefined, 2, 1, null, -0]);
});

test('what is not there, or is of another type, is a bug', () => {
  expect(() => new ItemReader([]).next()).toThrow('an item is missing');
  expect(() => new ItemReader([1]).string()).toThrow('a string was expected, not number');
  expect(() => new ItemReader(['1']).number()).toThrow('a number was expected, not string');
  expect(() => readValue(new ItemReader([undefined, 1, 'text']))).toThrow('an array has string');
  expect(() => readReadiness(new ItemReader([1]))).toThrow('a reason is text');
});
