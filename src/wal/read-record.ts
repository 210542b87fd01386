/**
 * Reads records by hand, at a fraction of the cost of the code made from `log.proto`: those that are laid out as our own
 * writers do it. A record with its fields in another order, twice or not at all is left to that code, and so is each
 * write with a value that is not plain. What both read, they read alike.
 */
import {
  ENTRIES_ENTRY,
  ENTRY_SEQ,
  ENTRY_WRITE,
  TX_ID,
  TX_SEQ,
  TX_WRITE,
  WRITE_BOOLEAN,
  WRITE_FLOAT,
  WRITE_INTEGER,
  WRITE_KEY,
  WRITE_TEXT,
  WRITE_TOMBSTONE,
  WRITE_VERSION,
} from './record-fields.ts';
import type { CompactedEntry, TxRecord, TxWrite } from './tx-codec.ts';
import { floatValue, type Value } from './value.ts';
import { BadRecord, Wire } from './wire.ts';

const ID_BYTES = 16;
/** So many hold 49 bits: every number on the way stays a safe integer. */
const INTEGER_BYTES_MAX = 7;
const NOT_PLAIN = Symbol('not plain');

/** Reads a `Write` that is not plain. Throws `BadRecord`. */
type ReadOther = (write: Buffer) => TxWrite;

/** `undefined`: `payload` is no `Tx` as we lay it out. */
export function readTx(payload: Buffer, readOther: ReadOther): TxRecord | undefined {
  return ifOurLayout(() => {
    const wire = new Wire(payload, 0);
    const end = payload.length;
    const seq = readSeq(wire, TX_SEQ, end);
    const idEnd = fieldEnd(wire, TX_ID, end);
    const id = payload.subarray(wire.at, idEnd);
    wire.at = idEnd;
    expect(id.length === ID_BYTES && wire.at < end);
    const writes: TxWrite[] = [];
    while (wire.at < end) writes.push(readWrite(wire, TX_WRITE, end, readOther));
    return { seq, id, writes };
  });
}

/** `undefined`: `payload` is no `Entries` as we lay it out. */
export function readEntries(payload: Buffer, readOther: ReadOther): CompactedEntry[] | undefined {
  return ifOurLayout(() => {
    const wire = new Wire(payload, 0);
    expect(payload.length > 0);
    const entries: CompactedEntry[] = [];
    while (wire.at < payload.length) {
      const end = fieldEnd(wire, ENTRIES_ENTRY, payload.length);
      const seq = readSeq(wire, ENTRY_SEQ, end);
      const { key, version, value } = readWrite(wire, ENTRY_WRITE, end, readOther);
      expect(wire.at === end);
      entries.push({ seq, key, version, value });
    }
    return entries;
  });
}

// Whatever is wrong with a record, the code made from log.proto finds it too, and says what it is.
function ifOurLayout<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadRecord) return undefined;
    throw error;
  }
}

function expect(isOurs: boolean): void {
  if (!isOurs) throw new BadRecord('another layout than ours');
}

function readSeq(wire: Wire, tag: number, end: number): number {
  expect(readTag(wire, end) === tag);
  const seq = wire.fixed64(end);
  expect(seq >= 1);
  return seq;
}

function fieldEnd(wire: Wire, tag: number, end: number): number {
  expect(readTag(wire, end) === tag);
  return wire.length(end);
}

/** All of ours are one byte. */
function readTag(wire: Wire, end: number): number {
  expect(wire.at < end);
  wire.at += 1;
  return wire.bytes[wire.at - 1]!;
}

function readWrite(wire: Wire, tag: number, outerEnd: number, readOther: ReadOther): TxWrite {
  const end = fieldEnd(wire, tag, outerEnd);
  const start = wire.at;
  const key = wire.text(fieldEnd(wire, WRITE_KEY, end));
  expect(key !== '' && readTag(wire, end) === WRITE_VERSION);
  const version = wire.varint(end);
  expect(version >= 1);
  const value = readContent(wire, end);
  if (value !== NOT_PLAIN && wire.at === end) return { key, version, value };
  wire.at = end;
  return readOther(wire.bytes.subarray(start, end));
}

function readContent(wire: Wire, end: number): Value | undefined | typeof NOT_PLAIN {
  switch (readTag(wire, end)) {
    case WRITE_TOMBSTONE:
      return wire.length(end) === wire.at ? undefined : NOT_PLAIN;
    case WRITE_TEXT:
      return wire.text(wire.length(end));
    case WRITE_INTEGER:
      return end - wire.at <= INTEGER_BYTES_MAX ? unzigzag(wire.varint(end)) : NOT_PLAIN;
    case WRITE_FLOAT: {
      const float = wire.double(end);
      return Number.isFinite(float) ? floatValue(float) : NOT_PLAIN;
    }
    case WRITE_BOOLEAN:
      return wire.varint(end) !== 0;
    default:
      return NOT_PLAIN;
  }
}

function unzigzag(integer: number): number {
  return integer % 2 === 0 ? integer / 2 : -(integer + 1) / 2;
}
