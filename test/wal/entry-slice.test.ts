import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkWrite,
  type EntrySlice,
  entryBytes,
  keyOf,
  sliceEntries,
  sliceTx,
  writeEntry,
} from '../../src/wal/entry-slice.ts';
import {
  type CompactedEntry,
  decodeEntries,
  decodeTx,
  encodeEntries,
  encodeTx,
  setSeq,
  TX_ID_BYTES,
} from '../../src/wal/tx-codec.ts';
import { BadRecord } from '../../src/wal/wire.ts';
import { keys, values } from './merge-fixture.ts';
import { bytesField, doubleField, fixed64Field, varint, varintField } from './support/protobuf.ts';

const TX_ID = new Uint8Array(TX_ID_BYTES).fill(0xab);
const safe = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const entry: fc.Arbitrary<CompactedEntry> = fc.record({ seq: safe, key: keys, version: safe, value: values });

const without = (slice: EntrySlice) => ({ seq: slice.seq, key: keyOf(slice), version: slice.version });

/** Somewhere in the middle of other bytes. */
function embedded(bytes: Buffer): [Buffer, number, number] {
  const around = Buffer.alloc(bytes.length + 20, 0xff);
  around.set(bytes, 10);
  return [around, 10, 10 + bytes.length];
}

test('a Tx: key, version and seq as the codec reads them', () => {
  fc.assert(
    fc.property(safe, fc.array(entry, { minLength: 1, maxLength: 5 }), (seq, writes) => {
      const bytes = encodeTx(TX_ID, writes);
      setSeq(bytes, 0, seq);
      const decoded = decodeTx(bytes);
      expect(sliceTx(...embedded(bytes)).map(without)).toEqual(
        decoded.writes.map(({ key, version }) => ({ seq, key, version })),
      );
    }),
  );
});

test('Entries: read as the codec reads them, and written byte for byte as the codec writes them', () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 5 }), (entries) => {
      const bytes = encodeEntries(entries);
      const slices = sliceEntries(...embedded(bytes));
      expect(slices.map(without)).toEqual(decodeEntries(bytes).map(({ seq, key, version }) => ({ seq, key, version })));

      const written = Buffer.alloc(slices.reduce((sum, slice) => sum + entryBytes(slice), 0));
      let at = 0;
      for (const slice of slices) at = writeEntry(written, at, slice);
      expect(at).toBe(written.length);
      expect(written.equals(bytes)).toBe(true);
    }),
  );
});

test('a write of a Tx becomes an entry of the same content', () => {
  fc.assert(
    fc.property(safe, entry, (seq, { key, version, value }) => {
      const tx = encodeTx(TX_ID, [{ key, version, value }]);
      setSeq(tx, 0, seq);
      const [slice] = sliceTx(tx, 0, tx.length);
      const written = Buffer.alloc(entryBytes(slice!));
      writeEntry(written, 0, slice!);
      expect(decodeEntries(written)).toEqual([{ seq, key, version, value }]);
    }),
  );
});

test('S19: bytes cut short or changed are a bad record or another one, never anything else', () => {
  fc.assert(
    fc.property(entry, fc.nat(), fc.nat(255), (one, where, byte) => {
      const bytes = encodeEntries([one]);
      expect(() => sliceEntries(bytes, 0, where % bytes.length)).toThrow(BadRecord);
      const changed = Buffer.from(bytes);
      changed[where % bytes.length] = byte;
      for (const slice of [sliceEntries, sliceTx]) {
        try {
          slice(changed, 0, changed.length);
        } catch (error) {
          expect(error).toBeInstanceOf(BadRecord);
        }
      }
    }),
  );
});

const write = [bytesField(1, 'key'), varintField(2, 3), varintField(7, 1)];

test.each([
  ['a number', varintField(9, 300)],
  ['a negative number', varintField(9, 2n ** 64n - 1n)],
  ['eight bytes', fixed64Field(9, 1)],
  ['bytes', bytesField(9, 'later')],
  ['nothing but a length', bytesField(9)],
])('S34: a field of a later version is passed over, wherever it stands: %s', (_, field) => {
  const seq = fixed64Field(1, 7);
  const expected = [{ key: 'key', version: 3, seq: 7 }];
  for (const at of [0, 1, 2, 3]) {
    const written = Buffer.concat(write.toSpliced(at, 0, field));
    const tx = Buffer.concat([seq, field, bytesField(3, written), field]);
    expect(sliceTx(...embedded(tx)).map(without)).toEqual(expected);
    const entries = Buffer.concat([field, bytesField(1, seq, field, bytesField(2, written), field), field]);
    const [slice] = sliceEntries(...embedded(entries));
    expect(without(slice!)).toEqual(expected[0]);
    // It is kept: whoever knows the field finds it after a merge.
    expect(slice!.bytes.subarray(slice!.start, slice!.end)).toEqual(written);
  }
});

// Around the lengths at which a length takes one byte more.
test.each([0, 100, 2 ** 14 - 20, 2 ** 14])(
  'a write of about %d bytes is measured and written as protobuf writes it',
  (bytes) => {
    for (let length = bytes; length < bytes + 20; length += 1) {
      const content = Buffer.concat([...write, bytesField(4, 'x'.repeat(length))]);
      const lies = { bytes: content, start: 0, end: content.length, keyStart: 2, keyEnd: 5 };
      const slice = { ...lies, version: 3, seq: 2 ** 32 + 5, isPlain: true };
      const expected = bytesField(1, fixed64Field(1, slice.seq), bytesField(2, content));
      expect(entryBytes(slice)).toBe(expected.length);
      const into = Buffer.alloc(expected.length + 2, 0xff);
      expect(writeEntry(into, 1, slice)).toBe(expected.length + 1);
      expect(into.equals(Buffer.concat([Buffer.alloc(1, 0xff), expected, Buffer.alloc(1, 0xff)]))).toBe(true);
    }
  },
);

test('the smallest and the largest numbers are read to the last digit, and the next are refused', () => {
  const largest = Number.MAX_SAFE_INTEGER;
  const tx = (seq: bigint, version: bigint) =>
    sliceTx(
      ...embedded(Buffer.concat([fixed64Field(1, seq), bytesField(3, write[0]!, varintField(2, version), write[2]!)])),
    );
  expect(tx(BigInt(largest), BigInt(largest)).map(without)).toEqual([{ key: 'key', version: largest, seq: largest }]);
  expect(tx(1n, 1n).map(without)).toEqual([{ key: 'key', version: 1, seq: 1 }]);
  expect(() => tx(2n ** 53n, 1n)).toThrow('a seq above 2^53 - 1');
  expect(() => tx(1n, 2n ** 53n)).toThrow('a number above 2^53 - 1');
  expect(() => tx(0n, 1n)).toThrow('a write without seq');
  expect(() => tx(1n, 0n)).toThrow('a write without version');
});

test('S19: a message ends where it says, also where bytes lie behind it', () => {
  const good = Buffer.concat([fixed64Field(1, 7), bytesField(3, ...write)]);
  for (let end = 0; end < good.length; end += 1)
    expect(() => sliceTx(good, 0, end), `cut at ${end}`).toThrow(BadRecord);
  // A length that reaches one byte over the end of its message.
  const over = Buffer.concat([fixed64Field(1, 7), varint(0x1a), varint(6), bytesField(1, 'abc'), Buffer.from('xx')]);
  expect(() => sliceTx(over, 0, over.length - 2)).toThrow('a field that is longer than its message');
});

test('S19: what is missing or out of range in a record with a good checksum', () => {
  const refusal = (slice: typeof sliceTx, hex: string) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    try {
      slice(bytes, 0, bytes.length);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const seq = '09 0700000000000000';
  // A key `a`, version 2, true.
  const write = '0a0161 1002 3801';
  expect(refusal(sliceTx, `${seq} 1a07 ${write}`)).toBeUndefined();
  expect(refusal(sliceTx, seq)).toBe('transaction 7 writes nothing');
  expect(refusal(sliceTx, `1a07 ${write}`)).toBe('a write without seq');
  expect(refusal(sliceTx, `${seq} 1a04 1002 3801`)).toBe('a write without key');
  expect(refusal(sliceTx, `${seq} 1a05 0a0161 3801`)).toBe('a write without version');
  expect(refusal(sliceTx, `${seq} 1a06 0a01ff 1002 00`)).toBe('a text that is not UTF-8');
  expect(refusal(sliceTx, `${seq} 1a08 0a03eda080 1002 00`)).toBe('a text that is not UTF-8');
  expect(refusal(sliceTx, `${seq} 1a05 0a0161 1080`)).toBe('a number that does not end');
  expect(refusal(sliceTx, `${seq} 1a09 0a03efbfbd 1002 3801`)).toBeUndefined();
  expect(refusal(sliceTx, '09 ffffffffffffffff')).toBe('a seq above 2^53 - 1');
  expect(refusal(sliceTx, `${seq} 1a0c 0a0161 10 8080808080808010`)).toBe('a number above 2^53 - 1');
  expect(refusal(sliceTx, `${seq} 1a08 ${write}`)).toBe('a field that is longer than its message');
  expect(refusal(sliceTx, '09 07000000')).toBe('a field that is longer than its message');
  expect(refusal(sliceTx, `${seq} 1a03 38ffff 00`)).toBe('a field that is longer than its message');
  expect(refusal(sliceTx, `${seq} 1b`)).toBe('a field of wire type 3');
  expect(refusal(sliceEntries, '')).toBe('a frame without entries');
  expect(refusal(sliceEntries, `0a09 ${seq}`)).toBe('an entry without write');
});

describe('what is sliced can be decoded', () => {
  const entriesOf = (...write: readonly Buffer[]) => bytesField(1, fixed64Field(1, 7), bytesField(2, ...write));
  const sliced = (bytes: Buffer) => {
    const slices = sliceEntries(bytes, 0, bytes.length);
    for (const slice of slices) if (!slice.isPlain) checkWrite(slice);
    return slices;
  };

  test('S19: whatever is changed or cut', () => {
    fc.assert(
      fc.property(entry, fc.nat(), fc.nat(255), fc.nat(40), (one, where, byte, cut) => {
        const bytes = encodeEntries([one]);
        bytes[where % bytes.length] = byte;
        for (const changed of [bytes, bytes.subarray(0, Math.max(0, bytes.length - cut))]) {
          try {
            sliced(changed);
          } catch (error) {
            expect(error).toBeInstanceOf(BadRecord);
            continue;
          }
          expect(() => decodeEntries(changed)).not.toThrow();
        }
      }),
      { numRuns: 2000 },
    );
  });

  const key = bytesField(1, 'key');
  const version = varintField(2, 3);
  const content = {
    text: bytesField(4, 'grüß dich'),
    longText: bytesField(4, 'x'.repeat(129)),
    integer: varintField(5, 2n ** 49n - 1n),
    longInteger: varintField(5, 2n ** 64n - 1n),
    float: doubleField(6, 1.5),
    boolean: varintField(7, 1),
    tombstone: bytesField(3),
    array: bytesField(8, bytesField(1, varintField(1, 4))),
  };

  test.each(Object.entries(content))('%s', (_, field) => {
    // Several of them are none of ours, but protobuf reads them.
    for (const bytes of [entriesOf(key, version, field), entriesOf(key, version, field, content.boolean)]) {
      expect(sliced(bytes).map(without)).toEqual([{ key: 'key', version: 3, seq: 7 }]);
      expect(decodeEntries(bytes)).toHaveLength(1);
    }
  });

  test.each([
    ['nothing', Buffer.alloc(0), 'a write without content'],
    ['a text that is none', bytesField(4, Buffer.from([0x61, 0xff])), 'a text that is not UTF-8'],
    ['a long text that is none', bytesField(4, Buffer.alloc(200, 0xff)), 'a text that is not UTF-8'],
    ['half a character at the end', bytesField(4, Buffer.from('ü').subarray(0, 1)), 'a text that is not UTF-8'],
    ['a surrogate', bytesField(4, Buffer.from([0xed, 0xa0, 0x80])), 'a text that is not UTF-8'],
    ['infinity', doubleField(6, Number.POSITIVE_INFINITY), 'a float that is not finite'],
    ['no number', doubleField(6, Number.NaN), 'a float that is not finite'],
    [
      'a number without end',
      Buffer.concat([varint(0x28), Buffer.alloc(10, 0xff), varint(1)]),
      'a number that does not end',
    ],
    ['an array that is none', bytesField(8, Buffer.from([0xff])), 'not protobuf'],
    ['an array of no kind of number', bytesField(8, bytesField(1)), 'a number of no kind'],
    ['only a field of a later version', varintField(9, 1), 'a write without content'],
  ])('not %s', (_, field, what) => {
    expect(() => sliced(entriesOf(key, version, field))).toThrow(what);
    expect(() => decodeEntries(entriesOf(key, version, field))).toThrow(BadRecord);
  });

  test('only what is beyond doubt is called plain: no array, and nothing beside fields that are not looked into', () => {
    const isPlain = (...fields: readonly Buffer[]) => sliced(entriesOf(key, version, ...fields))[0]!.isPlain;
    const { array, ...others } = content;
    for (const field of Object.values(others)) expect(isPlain(field)).toBe(true);
    expect(isPlain(array)).toBe(false);
    expect(isPlain(content.text, array)).toBe(false);
    expect(isPlain(content.text, varintField(9, 1))).toBe(false);
    expect(isPlain(bytesField(3, varintField(1, 1)))).toBe(false);
    expect(isPlain(doubleField(6, Number.MAX_VALUE))).toBe(true);
  });

  test.each([
    ['the length of a key', '0a 83808080 8000 6b6579 1003 3801'],
    ['the length of a text', '0a036b6579 1003 22 81808080 8000 61'],
    ['the tag of a value', '0a036b6579 1003 b8808080 8000 01'],
    ['the tag of a key', '8a808080 8000 03 6b6579 1003 3801'],
    ['the last bits of a tag', '0a036b6579 1003 3801 8a80808010 03 6b6579'],
  ])('S19: %s that is padded beyond 32 bits is none', (_, hex) => {
    const bytes = entriesOf(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    expect(() => sliced(bytes)).toThrow('of more than 32 bits');
    expect(() => decodeEntries(bytes)).toThrow(BadRecord);
  });

  test('a tag that is padded within 32 bits is read as protobuf reads it', () => {
    for (const field of ['b800 01', '3801 b800 01', 'b880808000 01']) {
      const bytes = entriesOf(Buffer.from(`0a036b657910 03${field}`.replaceAll(' ', ''), 'hex'));
      expect(sliced(bytes).map(without)).toEqual([{ key: 'key', version: 3, seq: 7 }]);
      expect(decodeEntries(bytes)).toEqual([{ key: 'key', version: 3, seq: 7, value: true }]);
    }
  });

  test('an array that is none is found also beside a good value', () => {
    const bad = bytesField(8, Buffer.from([0xff]));
    for (const fields of [
      [bad, content.boolean],
      [content.boolean, bad],
    ])
      expect(() => sliced(entriesOf(key, version, ...fields))).toThrow('not protobuf');
  });
});
