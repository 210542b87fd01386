/** Records whose checksum would be good and whose content is not: a bug or an attack, refused and never guessed at. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvariantViolation } from '../../src/invariant.ts';
import { decodeEntries, decodeTx, encodeEntries, encodeTx } from '../../src/wal/tx-codec.ts';
import { WholeFloat } from '../../src/wal/value.ts';
import { BadRecord } from '../../src/wal/wire.ts';
import { holds } from './support/property.ts';
import { bytesField, doubleField, fixed64Field, varint, varintField } from './support/protobuf.ts';

const id = Buffer.alloc(16, 0xab);
const key = bytesField(1, 'key');
const version = varintField(2, 1);
const text = bytesField(4, 'text');
const write = bytesField(3, key, version, text);
const head = Buffer.concat([fixed64Field(1, 5), bytesField(2, id)]);

const tx = (...fields: readonly Buffer[]) => Buffer.concat(fields);
const txWriting = (...fields: readonly Buffer[]) => tx(head, bytesField(3, ...fields));

test('the record that the others differ from is good', () => {
  expect(decodeTx(tx(head, write))).toEqual({ seq: 5, id, writes: [{ key: 'key', version: 1, value: 'text' }] });
  expect(decodeEntries(bytesField(1, fixed64Field(1, 5), bytesField(2, key, version, text)))).toEqual([
    { seq: 5, key: 'key', version: 1, value: 'text' },
  ]);
});

test.each<[string, Buffer, RegExp]>([
  ['nothing at all', Buffer.alloc(0), /without seq/],
  ['no seq', tx(bytesField(2, id), write), /without seq/],
  ['seq 0', tx(fixed64Field(1, 0), bytesField(2, id), write), /without seq/],
  ['a seq of 2^53', tx(fixed64Field(1, 2n ** 53n), bytesField(2, id), write), /above 2\^53 - 1/],
  ['a seq of 2^64 - 1', tx(fixed64Field(1, 2n ** 64n - 1n), bytesField(2, id), write), /above 2\^53 - 1/],
  ['no id', tx(fixed64Field(1, 5), write), /id of 0 bytes/],
  ['an id of 17 bytes', tx(fixed64Field(1, 5), bytesField(2, Buffer.alloc(17)), write), /id of 17 bytes/],
  ['no writes', head, /writes nothing/],
  ['a write without key', txWriting(version, text), /without key/],
  ['a write with an empty key', txWriting(bytesField(1, ''), version, text), /without key/],
  ['a write without version', txWriting(key, text), /without version/],
  ['version 0', txWriting(key, varintField(2, 0), text), /without version/],
  ['version 2^53', txWriting(key, varintField(2, 2n ** 53n), text), /above 2\^53 - 1/],
  ['version 2^64 - 1', txWriting(key, varintField(2, 2n ** 64n - 1n), text), /above 2\^53 - 1/],
  ['a write without content', txWriting(key, version), /without content/],
  ['a content of a later version', txWriting(key, version, bytesField(9, 'new')), /without content/],
  ['an infinite float', txWriting(key, version, doubleField(6, Number.POSITIVE_INFINITY)), /not finite/],
  ['NaN', txWriting(key, version, doubleField(6, Number.NaN)), /not finite/],
  ['NaN in an array', txWriting(key, version, bytesField(8, bytesField(1, doubleField(2, Number.NaN)))), /not finite/],
  ['an array element of no kind', txWriting(key, version, bytesField(8, bytesField(1, ''))), /no kind/],
])('a transaction with %s is refused', (_, payload, why) => {
  expect(() => decodeTx(payload)).toThrow(BadRecord);
  expect(() => decodeTx(payload)).toThrow(why);
});

test.each<[string, Buffer, RegExp]>([
  ['no entry', Buffer.alloc(0), /without entries/],
  ['an entry without seq', bytesField(1, bytesField(2, key, version, text)), /without seq/],
  ['an entry without write', bytesField(1, fixed64Field(1, 5)), /without seq or write/],
  ['an entry without key', bytesField(1, fixed64Field(1, 5), bytesField(2, version, text)), /without key/],
])('a frame with %s is refused', (_, payload, why) => {
  expect(() => decodeEntries(payload)).toThrow(BadRecord);
  expect(() => decodeEntries(payload)).toThrow(why);
});

test.each<[string, readonly number[]]>([
  ['a lone continuation byte', [0x80]],
  ['a character cut short', [0x61, 0xc3]],
  ['an overlong NUL', [0xc0, 0x80]],
  ['an overlong slash', [0xe0, 0x80, 0xaf]],
  ['an overlong astral character', [0xf0, 0x80, 0x80, 0x80]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['a pair of surrogates', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
  ['a code point beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ['the byte ff', [0xff]],
  ['ff behind a long stretch of good text', [...new Array(200).fill(0x61), 0xff]],
])('%s is no UTF-8: neither key nor text', (_, bytes) => {
  const bad = Buffer.from(bytes);
  expect(() => decodeTx(txWriting(bytesField(1, bad), version, text))).toThrow(BadRecord);
  expect(() => decodeTx(txWriting(key, version, bytesField(4, bad)))).toThrow(BadRecord);
});

test.each<[string, Buffer]>([
  ['a text that is longer than the record', tx(head, bytesField(3, key, version, varint(0x22), varint(100)))],
  ['a text of 4 GiB', tx(head, bytesField(3, key, version, varint(0x22), varint(2 ** 32 - 1)))],
  ['an id of 2 GiB', tx(fixed64Field(1, 5), varint(0x12), varint(2 ** 31))],
  ['a length of 2^64 - 1', tx(head, varint(0x1a), varint(2n ** 64n - 1n))],
  ['a nested message longer than its parent', tx(head, bytesField(3, varint(0x42), varint(50)), write, write, write)],
  ['a varint without end', tx(head, Buffer.alloc(20, 0xff))],
  ['a fixed64 cut short', Buffer.from([0x09, 1, 2, 3])],
  ['a field number of 0', tx(head, write, Buffer.from([0x02, 0x00]))],
  ['a wire type that does not exist', tx(head, write, Buffer.from([0x0f]))],
  ['a group that never ends', tx(head, write, Buffer.from([0x4b]))],
  ['a hundred thousand nested groups', tx(head, write, Buffer.alloc(100_000, 0x4b))],
])('%s is refused, and no memory is taken for it', (_, payload) => {
  const frame = bytesField(1, payload);
  const before = process.memoryUsage().arrayBuffers;
  for (let round = 0; round < 50; round += 1) {
    expect(() => decodeTx(payload)).toThrow(BadRecord);
    expect(() => decodeEntries(frame)).toThrow(BadRecord);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
});

/** Decodes, or is told in the one way that recovery understands that this is no record. */
function decodesOrIsRefused(decode: (payload: Buffer) => unknown, payload: Buffer): void {
  try {
    decode(payload);
  } catch (error) {
    expect(error).toBeInstanceOf(BadRecord);
  }
}

test('random bytes are a record or a BadRecord, and nothing else', () => {
  holds(
    [fc.uint8Array({ maxLength: 200 })],
    (bytes) => {
      decodesOrIsRefused(decodeTx, Buffer.from(bytes));
      decodesOrIsRefused(decodeTx, Buffer.concat([head, bytesField(3, bytes)]));
      decodesOrIsRefused(decodeEntries, bytesField(1, bytes));
    },
    2000,
  );
});

test('a record with bytes changed, left out or added is a record or a BadRecord', () => {
  const write = { key: 'ключ', version: 7, value: [1, 2.5, 2n ** 60n, new WholeFloat(4)] };
  const records = [
    [decodeTx, encodeTx(id, [write, { key: 'b', version: 1, value: 'text' }])],
    [decodeEntries, encodeEntries([{ seq: 9, ...write }])],
  ] as const;
  const edits = fc.array(fc.tuple(fc.nat(200), fc.nat(2), fc.uint8Array({ minLength: 1, maxLength: 3 })), {
    minLength: 1,
    maxLength: 3,
  });
  for (const [decode, record] of records) {
    holds(
      [edits],
      (edits) => {
        let bytes = [...record];
        for (const [at, removed, added] of edits) bytes = bytes.toSpliced(at % bytes.length, removed, ...added);
        decodesOrIsRefused(decode, Buffer.from(bytes));
      },
      2000,
    );
  }
});

test('every record that is cut short is refused', () => {
  const record = encodeTx(id, [{ key: 'key', version: 7, value: 'text' }]);
  for (let length = 0; length < record.length; length += 1) {
    expect(() => decodeTx(record.subarray(0, length)), `${length} bytes`).toThrow(BadRecord);
  }
});

const lone = '\ud800';

test.each<[string, () => unknown, string]>([
  ['an id that is too short', () => encodeTx(id.subarray(1), [{ key: 'k', version: 1, value: 1 }]), 'id of 15 bytes'],
  ['no writes', () => encodeTx(id, []), 'a transaction that writes nothing'],
  ['an empty key', () => encodeTx(id, [{ key: '', version: 1, value: 1 }]), 'an empty key'],
  ['version 0', () => encodeTx(id, [{ key: 'k', version: 0, value: 1 }]), 'version 0 is none'],
  ['version 1.5', () => encodeTx(id, [{ key: 'k', version: 1.5, value: 1 }]), 'version 1.5 is none'],
  [
    'a lone surrogate in a key',
    () => encodeTx(id, [{ key: lone, version: 1, value: 1 }]),
    'a key with a lone surrogate',
  ],
  ['one in a text', () => encodeTx(id, [{ key: 'k', version: 1, value: lone }]), 'a text with a lone surrogate'],
  [
    'a whole float that is none',
    () => encodeTx(id, [{ key: 'k', version: 1, value: new WholeFloat(1.5) }]),
    '1.5 is no whole float',
  ],
  [
    'an integer beyond int64',
    () => encodeTx(id, [{ key: 'k', version: 1, value: 2n ** 63n }]),
    '9223372036854775808 is outside int64',
  ],
  ['NaN', () => encodeTx(id, [{ key: 'k', version: 1, value: Number.NaN }]), 'NaN is not finite'],
  ['-0 for an integer', () => encodeTx(id, [{ key: 'k', version: 1, value: -0 }]), '0 is no exact integer'],
])('our own encoder refuses %s, and says so as a bug', (_, encode, message) => {
  expect(encode).toThrow(InvariantViolation);
  expect(encode).toThrow(message);
});

test('a bad record is told apart from other errors by its name, and keeps what the decoder said', () => {
  const error = (() => {
    try {
      return decodeTx(Buffer.from([0x09, 1]));
    } catch (error) {
      return error;
    }
  })();
  expect(error).toMatchObject({ name: 'BadRecord', cause: expect.any(Error) });
  expect((error as Error).message).toMatch(/^not protobuf of this format: ./);
});
