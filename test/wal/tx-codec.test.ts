import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePlainTx } from '../../src/wal/plain-tx.ts';
import {
  type CompactedEntry,
  decodeEntries,
  decodeTx,
  encodeAnyTx,
  encodeEntries,
  encodeTx,
  setSeq,
  type TxWrite,
} from '../../src/wal/tx-codec.ts';
import { floatValue, INT64_MAX, INT64_MIN, integerValue, type Value, WholeFloat } from '../../src/wal/value.ts';
import { holds } from './support/property.ts';

const id = Uint8Array.from({ length: 16 }, (_, index) => 0xf0 + index);

function roundTrip(value: Value | undefined, key = 'key', version = 1): TxWrite {
  const { seq, writes } = decodeTx(encodeTx(id, [{ key, version, value }]));
  expect(seq).toBe(1);
  expect(writes).toHaveLength(1);
  expect(decodeEntries(encodeEntries([{ seq: 1, key, version, value }]))).toEqual([{ seq: 1, ...writes[0] }]);
  return writes[0]!;
}

const texts = fc.string({ unit: 'binary', maxLength: 60 });
const numbers = fc.oneof(
  fc.bigInt(INT64_MIN, INT64_MAX).map(integerValue),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(floatValue),
);
const values = fc.oneof(texts, fc.boolean(), numbers, fc.array(numbers, { maxLength: 12 }), fc.constant(undefined));
const versions = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const writes = fc.record({
  key: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  version: versions,
  value: values,
});

test('a put comes back as it was written, whatever it writes', () => {
  const ids = fc.uint8Array({ minLength: 16, maxLength: 16 });
  holds([ids, versions, fc.array(writes, { minLength: 1, maxLength: 8 })], (id, seq, writes) => {
    const record = encodeTx(id, writes);
    setSeq(record, 0, seq);
    expect(decodeTx(record)).toEqual({ seq, id: Buffer.from(id), writes });
  });
});

test('a record written by hand is byte for byte what the code made from log.proto writes', () => {
  const ids = fc.uint8Array({ minLength: 16, maxLength: 16 });
  const long = fc.string({ unit: 'grapheme', minLength: 40, maxLength: 300 });
  const lengths = fc.integer({ min: 100, max: 20_000 }).map((length) => 'x'.repeat(length));
  const edges = fc.constantFrom(2 ** 51, -(2 ** 51), 2 ** 51 + 1, -(2 ** 51) - 1, 2 ** 52, 63, 64, -64, -65, 0);
  const plain = fc.oneof(texts, long, lengths, fc.boolean(), numbers, edges);
  const plainWrites = fc.record({
    key: fc.oneof(
      writes.map(({ key }) => key),
      long,
    ),
    version: versions,
    value: plain,
  });
  holds([ids, fc.array(plainWrites, { minLength: 1, maxLength: 5 })], (id, writes) => {
    const byHand = encodePlainTx(id, writes);
    const all = encodeAnyTx(id, writes);
    expect(encodeTx(id, writes)).toEqual(all);
    const isLong = (value: unknown) => typeof value === 'bigint' || Math.abs(Number(value)) > 2 ** 51;
    if (byHand === undefined) expect(writes.some(({ value }) => isLong(value))).toBe(true);
    else expect(byHand).toEqual(all);
  });
});

test('the entries of a compacted block come back as they were written', () => {
  const entries: fc.Arbitrary<CompactedEntry[]> = fc.array(
    fc.tuple(versions, writes).map(([seq, write]) => ({ seq, ...write })),
    { minLength: 1, maxLength: 8 },
  );
  holds([entries], (entries) => expect(decodeEntries(encodeEntries(entries))).toEqual(entries));
});

const edges: readonly (readonly [string, Value | undefined])[] = [
  ['a tombstone', undefined],
  ['the empty string', ''],
  ['a text with NUL', 'a\0b\0'],
  ['an astral character', '\u{1f600}\u{10ffff}'],
  ['combining characters, left as they are', 'e\u0301\u1e9b\u0323'],
  ['a byte order mark', '\ufefftext'],
  ['a long text with wide characters', 'ü'.repeat(5000)],
  ['true', true],
  ['false', false],
  ['0', 0],
  ['-1', -1],
  ['2^32', 2 ** 32],
  ['-2^32', -(2 ** 32)],
  ['2^53 - 1', 2 ** 53 - 1],
  ['2^53', 2n ** 53n],
  ['2^53 + 1', 2n ** 53n + 1n],
  ['-2^53 + 1', -(2 ** 53) + 1],
  ['-2^53', -(2n ** 53n)],
  ['-2^53 - 1', -(2n ** 53n) - 1n],
  ['the largest int64', INT64_MAX],
  ['the smallest int64', INT64_MIN],
  ['0.0', new WholeFloat(0)],
  ['-0.0', new WholeFloat(-0)],
  ['2.0', new WholeFloat(2)],
  ['1e300', new WholeFloat(1e300)],
  ['2^53 as a float', new WholeFloat(2 ** 53)],
  ['0.1', 0.1],
  ['the largest double', new WholeFloat(Number.MAX_VALUE)],
  ['the smallest double', Number.MIN_VALUE],
  ['the empty array', []],
  ['an array of one', [0]],
  ['integers and floats side by side', [1, new WholeFloat(1), 1.5, new WholeFloat(-0), INT64_MIN, INT64_MAX, 0, -1]],
];

test.each(edges)('%s survives, type and all', (_, value) => {
  expect(roundTrip(value)).toStrictEqual({ key: 'key', version: 1, value });
});

test.each(['__proto__', 'constructor', 'toString', '\0', '\u{1f600}', 'e\u0301', 'é', '\ufeff', ' ', 'ключ'])(
  'the key %j is a key like any other',
  (key) => {
    expect(roundTrip('value', key)).toStrictEqual({ key, version: 1, value: 'value' });
  },
);

test.each([1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1])('version and seq %d survive', (number) => {
  expect(roundTrip(true, 'key', number).version).toBe(number);
  const record = encodeTx(id, [{ key: 'key', version: 1, value: true }]);
  setSeq(record, 0, number);
  expect(decodeTx(record).seq).toBe(number);
  expect(decodeEntries(encodeEntries([{ seq: number, key: 'k', version: 1, value: 0 }]))[0]?.seq).toBe(number);
});

test('setting the seq changes nothing else, also where the record lies in the middle of a buffer', () => {
  const record = encodeTx(id, [{ key: 'key', version: 3, value: [1, 2.5] }]);
  const stretch = Buffer.concat([Buffer.alloc(5, 0xee), record, Buffer.alloc(5, 0xee)]);
  setSeq(stretch, 5, 2 ** 40 + 7);
  expect(decodeTx(stretch.subarray(5, -5))).toEqual({ ...decodeTx(record), seq: 2 ** 40 + 7 });
  expect([...stretch.subarray(0, 5), ...stretch.subarray(-5)]).toEqual(new Array(10).fill(0xee));
});

test('no bigint is ever written as 0', () => {
  const bigints = fc.bigInt(INT64_MIN, INT64_MAX).filter((integer) => !Number.isSafeInteger(Number(integer)));
  holds([bigints], (integer) => {
    expect(roundTrip(integer).value).toBe(integer);
    expect(roundTrip([integer, integer]).value).toEqual([integer, integer]);
  });
});

test.each<[string, unknown]>([
  ['an integer beyond int64', INT64_MAX + 1n],
  ['an integer below int64', INT64_MIN - 1n],
  ['a number that may have been rounded', 2 ** 53],
  ['a large float that is not marked as one', 1e300],
  ['-0 as an integer', -0],
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['a whole float that is not finite', new WholeFloat(Number.NaN)],
  ['a whole float with a fraction', new WholeFloat(1.5)],
  ['a lone surrogate', 'a\ud800b'],
  ['a lone surrogate in a long text', `${'x'.repeat(100)}\udfff`],
])('%s is never written', (_, value) => {
  expect(() => encodeTx(id, [{ key: 'k', version: 1, value: value as Value }])).toThrow(/./);
  if (typeof value !== 'string') {
    expect(() => encodeTx(id, [{ key: 'k', version: 1, value: [value] as Value }])).toThrow(/./);
  }
  expect(() => encodeEntries([{ seq: 1, key: 'k', version: 1, value: value as Value }])).toThrow(/./);
});

test.each<[string, () => unknown]>([
  ['an empty key', () => encodeTx(id, [{ key: '', version: 1, value: 1 }])],
  ['a key with a lone surrogate', () => encodeTx(id, [{ key: '\ud800', version: 1, value: 1 }])],
  ['version 0', () => encodeTx(id, [{ key: 'k', version: 0, value: 1 }])],
  ['a version above 2^53 - 1', () => encodeTx(id, [{ key: 'k', version: 2 ** 53, value: 1 }])],
  ['a version with a fraction', () => encodeTx(id, [{ key: 'k', version: 1.5, value: 1 }])],
  ['a bigint as version', () => encodeTx(id, [{ key: 'k', version: 1n as never, value: 1 }])],
  ['an id of 15 bytes', () => encodeTx(id.subarray(1), [{ key: 'k', version: 1, value: 1 }])],
  ['a put without writes', () => encodeTx(id, [])],
])('%s is a bug and never written', (_, encode) => {
  expect(encode).toThrow(expect.objectContaining({ name: 'InvariantViolation' }));
});

test('an encoder that throws half-way leaves nothing behind for the next record', () => {
  const write: TxWrite = { key: 'key', version: 1, value: [1, 2] };
  const before = encodeTx(id, [write]);
  // A key that passes for a string until its characters are asked for, inside a nested message.
  const key = Object.assign(Object.create({ isWellFormed: () => true }), { length: 3 });
  expect(() => encodeTx(id, [write, { ...write, key }])).toThrow(TypeError);
  expect(encodeTx(id, [write])).toEqual(before);
});

test('a record is not changed by those that are encoded after it', () => {
  const first = encodeTx(id, [{ key: 'first', version: 1, value: 'one' }]);
  const copy = Buffer.from(first);
  encodeTx(id, [{ key: 'second', version: 2, value: 'two' }]);
  encodeEntries([{ seq: 3, key: 'third', version: 3, value: 'three' }]);
  expect(first).toEqual(copy);
});
