/** The records of `proto/log.proto`, read from the protobuf wire format by hand. Anything that is not expected there throws. */
import type { LoggedTransaction, LoggedWrite } from './history.ts';
import { arrayText, booleanText, floatText, integerText, textText } from './value-text.ts';

/** What a deleted key holds; no value has this text. */
export const DELETED = 'deleted';

/** One key of a compacted block, and the transaction that made this version. */
export interface LoggedEntry extends LoggedWrite {
  readonly seq: number;
}

/** `Tx { fixed64 seq = 1, bytes id = 2, repeated Write writes = 3 }` */
export function readTx(bytes: Buffer): LoggedTransaction {
  let seq = 0;
  let idBytes = 0;
  const writes: LoggedWrite[] = [];
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) seq = wholeNumber(fixed64(field));
    else if (field.number === 2) idBytes = content(field).length;
    else if (field.number === 3) writes.push(readWrite(content(field)));
    else throw unexpected(field, 'Tx');
  }
  if (seq < 1 || idBytes !== 16 || writes.length === 0)
    throw new Error(`a Tx of seq ${seq} with an id of ${idBytes} bytes and ${writes.length} writes`);
  return { seq, writes };
}

/** `Entries { repeated Entry entries = 1 }`, `Entry { fixed64 seq = 1, Write write = 2 }` */
export function readEntries(bytes: Buffer): LoggedEntry[] {
  const entries = fieldsOf(bytes).map((field) => {
    if (field.number !== 1) throw unexpected(field, 'Entries');
    return readEntry(content(field));
  });
  if (entries.length === 0) throw new Error('a frame without entries');
  return entries;
}

function readEntry(bytes: Buffer): LoggedEntry {
  let seq = 0;
  let write: LoggedWrite | undefined;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) seq = wholeNumber(fixed64(field));
    else if (field.number === 2) write = readWrite(content(field));
    else throw unexpected(field, 'Entry');
  }
  if (seq < 1 || !write) throw new Error(`an entry of seq ${seq} ${write ? 'with' : 'without'} a write`);
  return { seq, ...write };
}

/** `Write { key = 1, version = 2, oneof { tombstone = 3, text = 4, sint64 integer = 5, float = 6, boolean = 7, array = 8 } }` */
function readWrite(bytes: Buffer): LoggedWrite {
  let key = '';
  let version = 0;
  let value: string | undefined;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) key = utf8(content(field));
    else if (field.number === 2) version = wholeNumber(varint(field));
    else if (value !== undefined) throw new Error(`two values for key ${JSON.stringify(key)}`);
    else value = readContent(field);
  }
  if (key === '' || version < 1 || value === undefined)
    throw new Error(`a write of key ${JSON.stringify(key)}, version ${version}, value ${value}`);
  return { key, version, value };
}

function readContent(field: Field): string {
  switch (field.number) {
    case 3:
      if (content(field).length > 0) throw new Error('a tombstone with content');
      return DELETED;
    case 4:
      return textText(utf8(content(field)));
    case 5:
      return integerText(zigzag(varint(field)));
    case 6:
      return floatText(double(field));
    case 7:
      return booleanText(varint(field) !== 0n);
    case 8:
      return arrayText(fieldsOf(content(field)).map(readNumber));
    default:
      throw unexpected(field, 'Write');
  }
}

/** `NumberArray { repeated Number numbers = 1 }`, `Number { oneof { sint64 integer = 1, double float = 2 } }` */
function readNumber(element: Field): string {
  if (element.number !== 1) throw unexpected(element, 'NumberArray');
  const [field, ...others] = fieldsOf(content(element));
  if (!field || others.length > 0) throw new Error('a number of no kind, or of several');
  if (field.number === 1) return integerText(zigzag(varint(field)));
  if (field.number === 2) return floatText(double(field));
  throw unexpected(field, 'Number');
}

interface Field {
  readonly number: number;
  /** A varint, the eight bytes of a 64-bit field, or the content of a field with a length. */
  readonly value: bigint | { readonly wire: 'fixed64' | 'length'; readonly bytes: Buffer };
}

function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const next = () => {
    const { value, end } = varintAt(message, at);
    at = end;
    return value;
  };
  const take = (count: number) => {
    if (count > message.length - at) throw new Error('a field that is longer than its message');
    at += count;
    return message.subarray(at - count, at);
  };
  while (at < message.length) {
    const tag = Number(next());
    const number = Math.floor(tag / 8);
    if (tag % 8 === 0) fields.push({ number, value: next() });
    else if (tag % 8 === 1) fields.push({ number, value: { wire: 'fixed64', bytes: take(8) } });
    else if (tag % 8 === 2) fields.push({ number, value: { wire: 'length', bytes: take(Number(next())) } });
    else throw new Error(`a field of wire type ${tag % 8}`);
  }
  return fields;
}

/** Seven bits a byte, the lowest first; the top bit says that another byte follows. */
function varintAt(bytes: Buffer, start: number): { readonly value: bigint; readonly end: number } {
  let value = 0n;
  for (let at = start; at < Math.min(bytes.length, start + 10); at += 1) {
    const byte = bytes[at]!;
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - start));
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: at + 1 };
  }
  throw new Error('a number that does not end');
}

function varint({ number, value }: Field): bigint {
  if (typeof value !== 'bigint') throw new Error(`field ${number} is no varint`);
  return value;
}

function fixed64({ number, value }: Field): bigint {
  if (typeof value === 'bigint' || value.wire !== 'fixed64') throw new Error(`field ${number} is not of 64 bits`);
  return value.bytes.readBigUInt64LE();
}

function content({ number, value }: Field): Buffer {
  if (typeof value === 'bigint' || value.wire !== 'length') throw new Error(`field ${number} has no length`);
  return value.bytes;
}

function double(field: Field): number {
  fixed64(field);
  const float = (field.value as { bytes: Buffer }).bytes.readDoubleLE();
  if (!Number.isFinite(float)) throw new Error(`the float ${float}`);
  return float;
}

/** 0, -1, 1, -2, … as 0, 1, 2, 3, … */
function zigzag(value: bigint): bigint {
  return value % 2n === 0n ? value / 2n : -(value + 1n) / 2n;
}

function wholeNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error(`${value} as a seq or version`);
  return Number(value);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(bytes: Buffer): string {
  return decoder.decode(bytes);
}

function unexpected({ number }: Field, message: string): Error {
  return new Error(`field ${number} in a message ${message}`);
}
