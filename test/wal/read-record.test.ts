/** What is read by hand is read as the code made from log.proto reads it, or left to that code. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEntries, readTx } from '../../src/wal/read-record.ts';
import {
  decodeAnyEntries,
  decodeAnyTx,
  decodeEntries,
  decodeTx,
  encodeEntries,
  encodeTx,
  setSeq,
  type TxWrite,
} from '../../src/wal/tx-codec.ts';
import { type Value, WholeFloat } from '../../src/wal/value.ts';
import { BadRecord } from '../../src/wal/wire.ts';
import { holds } from './support/property.ts';
import { bytesField, doubleField, fixed64Field, varint, varintField } from './support/protobuf.ts';

const id = Buffer.alloc(16, 0xab);
const seq = fixed64Field(1, 5);
const key = bytesField(1, 'key');
const version = varintField(2, 1);
const text = bytesField(4, 'text');

const never = (): never => {
  throw new Error('left to the code made from log.proto');
};

const plain: readonly (Value | undefined)[] = [
  ...[undefined, '', 'text', 'e\u0301', '\u{1f600}', '\ufffd', '\ufeff', 'x'.repeat(300), true, false],
  ...[0, 1, -1, 63, -64, 64, -65, 2 ** 32, -(2 ** 32), 2 ** 48 - 1, -(2 ** 48)],
  ...[0.5, Number.MIN_VALUE, new WholeFloat(-0), new WholeFloat(2), new WholeFloat(Number.MAX_VALUE)],
];

test('records of plain values are read by hand, all of them', () => {
  const writes = plain.map((value, at) => ({ key: `key ${at}`, version: at * 2 ** 40 + 1, value }));
  const record = encodeTx(id, writes);
  setSeq(record, 0, 2 ** 53 - 1);
  expect(readTx(record, never)).toStrictEqual({ seq: 2 ** 53 - 1, id, writes });
  const entries = writes.map((write, at) => ({ seq: at * 2 ** 48 + 1, ...write }));
  expect(readEntries(encodeEntries(entries), never)).toStrictEqual(entries);
});

test.each<[string, Value]>([
  ['an array', [1, 2.5]],
  ['an integer of 50 bits', 2 ** 49],
  ['a bigint', -(2n ** 63n)],
])('%s is left to the code made from log.proto, and the writes around it are not', (_, value) => {
  const odd = { key: 'odd', version: 2, value };
  const writes: TxWrite[] = [{ key: 'a', version: 1, value: 'a' }, odd, { key: 'z', version: 3, value: 'z' }];
  const left: Buffer[] = [];
  const readOther = (write: Buffer) => {
    left.push(write);
    return odd;
  };
  expect(readTx(encodeTx(id, writes), readOther)).toStrictEqual({ seq: 1, id, writes });
  const frame = encodeEntries(writes.map((write) => ({ seq: 9, ...write })));
  expect(readEntries(frame, readOther)).toStrictEqual(writes.map((write) => ({ seq: 9, ...write })));
  const message = decodeAnyTx(Buffer.concat([seq, bytesField(2, id), bytesField(3, left[0]!)])).writes;
  expect(message).toStrictEqual([odd]);
  expect(left).toEqual([left[0], left[0]]);
});

test('what is no fault of the record is not taken for one', () => {
  expect(() => readTx(encodeTx(id, [{ key: 'a', version: 1, value: [1] }]), never)).toThrow('left to the code');
});

const write = (...fields: readonly Buffer[]) => bytesField(2, ...fields);

/** Each is a write in an entry. Those that are no write are refused by both. */
const oddWrites: readonly (readonly [string, Buffer])[] = [
  ['the version before the key', write(version, key, text)],
  ['the content first', write(text, key, version)],
  ['two keys', write(key, key, version, text)],
  ['two versions', write(key, version, version, text)],
  ['two contents', write(key, version, text, varintField(7, 1))],
  ['an unknown field behind', write(key, version, text, varintField(15, 1))],
  ['an unknown field as content', write(key, version, varintField(9, 1), text)],
  ['no content', write(key, version)],
  ['no key', write(version, text)],
  ['an empty key', write(bytesField(1, ''), version, text)],
  ['no version', write(key, text)],
  ['version 0', write(key, varintField(2, 0), text)],
  ['a version above 2^53', write(key, varintField(2, 2n ** 53n), text)],
  ['a tombstone that is not empty', write(key, version, bytesField(3, varintField(1, 1)))],
  ['a boolean of 2', write(key, version, varintField(7, 2))],
  ['an integer with empty bytes behind', write(key, version, Buffer.from([0x28, 0x81, 0x80, 0x00]))],
  ['an integer of 10 bytes', write(key, version, varintField(5, 2n ** 64n - 1n))],
  ['a float that is infinite', write(key, version, doubleField(6, Number.POSITIVE_INFINITY))],
  ['a float that is not a number', write(key, version, doubleField(6, Number.NaN))],
  ['a float of 4 bytes', write(key, version, Buffer.from([0x31, 0, 0, 0, 0]))],
  ['a key that is not UTF-8', write(bytesField(1, Buffer.from([0xff])), version, text)],
  ['a text with half a surrogate pair', write(key, version, bytesField(4, Buffer.from([0xed, 0xa0, 0x80])))],
  ['a text as long as nothing', write(key, version, Buffer.from([0x22, 0x7f]))],
];

test.each(oddWrites)('%s', (_, write) => {
  expectAgreement(
    bytesField(1, seq, write),
    Buffer.concat([seq, bytesField(2, id), Buffer.from([0x1a]), write.subarray(1)]),
  );
});

test.each<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)],
  ['the write before the seq', bytesField(1, write(key, version, text), seq)],
  ['no seq', bytesField(1, write(key, version, text))],
  ['seq 0', bytesField(1, fixed64Field(1, 0), write(key, version, text))],
  ['a seq above 2^53', bytesField(1, fixed64Field(1, 2n ** 53n), write(key, version, text))],
  ['no write', bytesField(1, seq)],
  ['two writes', bytesField(1, seq, write(key, version, text), write(bytesField(1, 'other'), version, text))],
  ['an unknown field', Buffer.concat([bytesField(1, seq, write(key, version, text)), varintField(15, 1)])],
  ['a write that ends behind its entry', Buffer.concat([varint(0x0a), varint(11), seq, varint(0x12), varint(9), key])],
])('an entry: %s', (_, frame) => expectAgreement(frame, Buffer.alloc(0)));

test.each<[string, readonly Buffer[]]>([
  ['the id before the seq', [bytesField(2, id), seq, bytesField(3, key, version, text)]],
  ['no id', [seq, bytesField(3, key, version, text)]],
  ['an id of 15 bytes', [seq, bytesField(2, id.subarray(1)), bytesField(3, key, version, text)]],
  ['two ids', [seq, bytesField(2, id), bytesField(2, id.toReversed()), bytesField(3, key, version, text)]],
  ['no writes', [seq, bytesField(2, id)]],
  ['seq 0', [fixed64Field(1, 0), bytesField(2, id), bytesField(3, key, version, text)]],
  ['the seq again behind', [seq, bytesField(2, id), bytesField(3, key, version, text), fixed64Field(1, 6)]],
])('a transaction: %s', (_, fields) => expectAgreement(Buffer.alloc(0), Buffer.concat(fields)));

test('tags and lengths that are padded to up to ten bytes', () => {
  const entries = encodeEntries([
    { seq: 5, key: 'key', version: 1, value: 'text' },
    { seq: 6, key: 'other', version: 1, value: undefined },
  ]);
  const record = encodeTx(id, [
    { key: 'key', version: 1, value: 'text' },
    { key: 'b', version: 1, value: true },
    { key: 'c', version: 1, value: 7 },
  ]);
  const padded = (bytes: Buffer, at: number, by: number) =>
    Buffer.from([
      ...bytes.subarray(0, at),
      bytes[at]! | 0x80,
      ...Array<number>(by - 1).fill(0x80),
      0,
      ...bytes.subarray(at + 1),
    ]);
  // Also of the messages around them, so that those are as long as they say.
  const wrapped = (message: Buffer) =>
    [
      bytesField(1, seq, bytesField(2, message)),
      Buffer.concat([seq, bytesField(2, id), bytesField(3, message)]),
    ] as const;
  const message = Buffer.concat([key, version, text]);
  for (let by = 1; by < 10; by += 1) {
    for (let at = 0; at < entries.length; at += 1) expectAgreement(padded(entries, at, by), record);
    for (let at = 0; at < record.length; at += 1) expectAgreement(entries, padded(record, at, by));
    for (let at = 0; at < message.length; at += 1) expectAgreement(...wrapped(padded(message, at, by)));
  }
});

test('records with bytes changed, left out or added', () => {
  const values: readonly (Value | undefined)[] = ['ключ', -5, 0.5, true, undefined, [1, 2.5], 2n ** 60n];
  const writes = values.map((value, at) => ({ key: `k${at}`, version: 200 + at, value }));
  const record = encodeTx(id, writes);
  const frame = encodeEntries(writes.map((write) => ({ seq: 9, ...write })));
  const edits = fc.array(fc.tuple(fc.nat(400), fc.nat(2), fc.uint8Array({ maxLength: 2 })), {
    minLength: 1,
    maxLength: 2,
  });
  const edited = (bytes: Buffer, edits: readonly [number, number, Uint8Array][]) => {
    let list = [...bytes];
    for (const [at, removed, added] of edits) list = list.toSpliced(at % list.length, removed, ...added);
    return Buffer.from(list);
  };
  holds([edits], (edits) => expectAgreement(edited(frame, edits), edited(record, edits)), 3000);
  for (let at = 0; at < frame.length; at += 1)
    for (const change of [1, 2, 4, 8, 16, 32, 64, 128]) {
      const flip = (bytes: Buffer) =>
        Buffer.from(bytes).fill(bytes[at % bytes.length]! ^ change, at % bytes.length, (at % bytes.length) + 1);
      expectAgreement(flip(frame), flip(record));
    }
});

function expectAgreement(frame: Buffer, record: Buffer): void {
  expect(outcome(decodeEntries, frame)).toStrictEqual(outcome(decodeAnyEntries, frame));
  expect(outcome(decodeTx, record)).toStrictEqual(outcome(decodeAnyTx, record));
}

/** A refusal may be worded otherwise. */
function outcome<T>(decode: (payload: Buffer) => T, payload: Buffer): T | 'refused' {
  try {
    return decode(payload);
  } catch (error) {
    if (error instanceof BadRecord) return 'refused';
    throw error;
  }
}
