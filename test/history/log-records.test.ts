/** Records whose checksum would be good and whose content is not: S19 for the offline reader. */
import { describe, expect, it } from 'vitest';
import { bytesField, doubleField, fixed64Field, varint, varintField } from '../wal/support/protobuf.ts';
import { DELETED, readEntries, readTx } from './log-records.ts';

const id = bytesField(2, Buffer.alloc(16, 0xab));
const key = bytesField(1, 'key');
const version = varintField(2, 1);
const text = bytesField(4, 'text');
const tx = (...fields: readonly Buffer[]) => Buffer.concat(fields);
const writing = (...fields: readonly Buffer[]) => tx(fixed64Field(1, 5), id, bytesField(3, ...fields));
const holding = (content: Buffer) => readTx(writing(key, version, content)).writes[0]!.value;

describe('a record', () => {
  it('is read field by field', () => {
    const write = { key: 'key', version: 1, value: 's:text' };
    expect(readTx(writing(key, version, text))).toEqual({ seq: 5, writes: [write] });
    const entry = bytesField(1, fixed64Field(1, 7), bytesField(2, key, version, text));
    expect(readEntries(tx(entry, entry))).toEqual([
      { seq: 7, ...write },
      { seq: 7, ...write },
    ]);
  });

  it('holds a value of each kind', () => {
    const array = bytesField(8, bytesField(1, varintField(1, 3)), bytesField(1, doubleField(2, 2)));
    const values = [
      bytesField(3),
      text,
      varintField(5, 3),
      doubleField(6, -0),
      varintField(7, 1),
      varintField(7, 0),
      array,
    ];
    expect(values.map(holding)).toEqual([DELETED, 's:text', 'i:-2', 'f:-0.0', 'b:true', 'b:false', '[i:-2,f:2.0]']);
    expect(holding(varintField(5, 2n ** 64n - 1n))).toBe('i:-9223372036854775808');
    expect(holding(varintField(5, 2n ** 64n - 2n))).toBe('i:9223372036854775807');
  });

  it.each<[string, Buffer, string]>([
    ['no seq', tx(id, bytesField(3, key, version, text)), 'a Tx of seq 0'],
    [
      'an id of another length',
      tx(fixed64Field(1, 5), bytesField(2, 'short'), bytesField(3, key, version, text)),
      '5 bytes',
    ],
    ['no write', tx(fixed64Field(1, 5), id), '0 writes'],
    ['a seq above 2^53 − 1', tx(fixed64Field(1, 2n ** 53n), id), '9007199254740992 as a seq'],
    ['an unknown field', tx(varintField(4, 1)), 'field 4 in a message Tx'],
    ['a seq that is a varint', tx(varintField(1, 1)), 'field 1 is not of 64 bits'],
    ['an empty key', writing(bytesField(1, ''), version, text), 'a write of key ""'],
    ['no version', writing(key, text), 'version 0'],
    ['no value', writing(key, version), 'value undefined'],
    ['two values', writing(key, version, text, varintField(5, 1)), 'two values'],
    ['an unknown value', writing(key, version, bytesField(9, '')), 'field 9 in a message Write'],
    ['a tombstone with content', writing(key, version, bytesField(3, 'x')), 'a tombstone with content'],
    ['a text that is no UTF-8', writing(key, version, bytesField(4, Buffer.from([0xff]))), 'not valid'],
    ['an infinite float', writing(key, version, doubleField(6, Number.POSITIVE_INFINITY)), 'the float Infinity'],
    ['a version without length', writing(key, bytesField(2, 'x'), text), 'field 2 is no varint'],
    ['a key that is a number', writing(varintField(1, 1), version, text), 'field 1 has no length'],
    ['an element of no kind', writing(key, version, bytesField(8, bytesField(1))), 'a number of no kind'],
    ['an unknown element', writing(key, version, bytesField(8, bytesField(2))), 'field 2 in a message NumberArray'],
    [
      'an unknown number',
      writing(key, version, bytesField(8, bytesField(1, varintField(3, 1)))),
      'in a message Number',
    ],
    ['a field beyond its end', tx(varint(0x1a), varint(100)), 'longer than its message'],
    ['a number that does not end', Buffer.alloc(3, 0xff), 'a number that does not end'],
    ['a group', Buffer.from([0x0b]), 'a field of wire type 3'],
  ])('with %s is refused', (_, bytes, why) => {
    expect(() => readTx(bytes)).toThrow(why);
  });

  it.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'a frame without entries'],
    ['an unknown field', bytesField(2, ''), 'field 2 in a message Entries'],
    ['an entry without seq', bytesField(1, bytesField(2, key, version, text)), 'an entry of seq 0 with a write'],
    ['an entry without write', bytesField(1, fixed64Field(1, 7)), 'an entry of seq 7 without a write'],
    ['an unknown field in an entry', bytesField(1, varintField(3, 1)), 'field 3 in a message Entry'],
  ])('of entries with %s is refused', (_, bytes, why) => {
    expect(() => readEntries(bytes)).toThrow(why);
  });
});
