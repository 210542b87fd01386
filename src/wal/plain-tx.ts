/**
 * Writes the record of a put by hand, byte for byte as the code made from `log.proto` would, at a fraction of the cost. Only
 * plain puts, that is nearly all: one with an array, a tombstone or an integer of more than 52 bits is left to that code.
 */
import type { TxWrite } from './tx-codec.ts';
import { WholeFloat } from './value.ts';

// Field number and wire type of each field, as `log.proto` has them. Of this module: with the same constants
// imported from another, the main thread took 1 to 7 % more for a put (five runs).
const TX_SEQ = 0x09;
const TX_ID = 0x12;
const TX_WRITES = 0x1a;
const WRITE_KEY = 0x0a;
const WRITE_VERSION = 0x10;
const WRITE_TEXT = 0x22;
const WRITE_INTEGER = 0x28;
const WRITE_FLOAT = 0x31;
const WRITE_BOOLEAN = 0x38;

const SEQ_BYTES = 8;
const DOUBLE_BYTES = 8;
/** Its zigzag form is twice as large, and must still be a safe integer. */
const INTEGER_MAX = 2 ** 51;
/** Tags, lengths and numbers of one write. */
const OVERHEAD_BYTES_MAX = 40;
/** Below that many characters, a loop costs less than a call into the runtime. */
const SHORT_TEXT = 12;
/** What a larger record needs is not kept. */
const KEPT_BYTES_MAX = 1024 * 1024;

/** Reused: a record is copied out when it is whole, at its exact length. */
let scratch = Buffer.alloc(16 * 1024);

/** `undefined`: the put is not plain. What may be written at all has been checked, and the seq is 1. */
export function encodePlainTx(id: Uint8Array, writes: readonly TxWrite[]): Buffer | undefined {
  const bytesMax = bytesAtMost(id, writes);
  const into = bytesMax <= scratch.length ? scratch : larger(bytesMax);
  let at = 0;
  into[at++] = TX_SEQ;
  into[at++] = 1;
  for (let rest = 1; rest < SEQ_BYTES; rest++) into[at++] = 0;
  into[at++] = TX_ID;
  into[at++] = id.length;
  for (let index = 0; index < id.length; index++) into[at++] = id[index]!;
  for (const write of writes) {
    at = writeWrite(into, at, write);
    if (at === NOT_PLAIN) return undefined;
  }
  const record = Buffer.allocUnsafe(at);
  into.copy(record, 0, 0, at);
  return record;
}

const NOT_PLAIN = -1;

function larger(bytes: number): Buffer {
  const buffer = Buffer.allocUnsafeSlow(bytes);
  if (bytes <= KEPT_BYTES_MAX) scratch = buffer;
  return buffer;
}

/** A UTF-16 unit takes three bytes at most. */
function bytesAtMost(id: Uint8Array, writes: readonly TxWrite[]): number {
  let bytes = OVERHEAD_BYTES_MAX + id.length;
  for (const { key, value } of writes)
    bytes += OVERHEAD_BYTES_MAX + 3 * (key.length + (typeof value === 'string' ? value.length : 0));
  return bytes;
}

function writeWrite(into: Buffer, start: number, { key, version, value }: TxWrite): number {
  let keyBytes = key.length;
  let textBytes = typeof value === 'string' ? value.length : 0;
  const fixedBytes = contentBytes(value);
  if (fixedBytes === NOT_PLAIN) return NOT_PLAIN;
  for (;;) {
    // The length comes before what it counts. Most texts have as many bytes as characters; where that was wrong, once more.
    const bytes = 1 + varintBytes(keyBytes) + keyBytes + 1 + varintBytes(version) + fixedBytes;
    let at = start;
    into[at++] = TX_WRITES;
    at = writeVarint(into, at, typeof value === 'string' ? bytes + varintBytes(textBytes) + textBytes : bytes);
    into[at++] = WRITE_KEY;
    at = writeVarint(into, at, keyBytes);
    const keyEnd = writeText(into, at, key);
    const keyWrong = keyEnd - at - keyBytes;
    keyBytes += keyWrong;
    at = keyEnd;
    into[at++] = WRITE_VERSION;
    at = writeVarint(into, at, version);
    if (typeof value !== 'string') at = writeNumber(into, at, value as number | boolean | WholeFloat);
    else {
      into[at++] = WRITE_TEXT;
      at = writeVarint(into, at, textBytes);
      const end = writeText(into, at, value);
      const textWrong = end - at - textBytes;
      textBytes += textWrong;
      at = end;
      if (textWrong !== 0) continue;
    }
    if (keyWrong === 0) return at;
  }
}

/** With the tag; of a text the tag alone. */
function contentBytes(value: TxWrite['value']): number {
  switch (typeof value) {
    case 'string':
      return 1;
    case 'boolean':
      return 2;
    case 'number':
      if (!Number.isInteger(value)) return 1 + DOUBLE_BYTES;
      return Math.abs(value) <= INTEGER_MAX ? 1 + varintBytes(zigzag(value)) : NOT_PLAIN;
    default:
      return value instanceof WholeFloat ? 1 + DOUBLE_BYTES : NOT_PLAIN;
  }
}

function writeNumber(into: Buffer, at: number, value: number | boolean | WholeFloat): number {
  if (typeof value === 'boolean') {
    into[at] = WRITE_BOOLEAN;
    into[at + 1] = value ? 1 : 0;
    return at + 2;
  }
  if (typeof value === 'number' && Number.isInteger(value)) {
    into[at] = WRITE_INTEGER;
    return writeVarint(into, at + 1, zigzag(value));
  }
  into[at] = WRITE_FLOAT;
  return into.writeDoubleLE(typeof value === 'number' ? value : value.float, at + 1);
}

function zigzag(integer: number): number {
  return integer < 0 ? -2 * integer - 1 : 2 * integer;
}

/** Returns where it ends. The text is well formed. */
function writeText(into: Buffer, at: number, text: string): number {
  if (text.length > SHORT_TEXT) return at + into.write(text, at);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return at + into.write(text, at);
    into[at + index] = code;
  }
  return at + text.length;
}

function writeVarint(into: Buffer, at: number, value: number): number {
  let rest = value;
  while (rest > 0x7f) {
    into[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  into[at] = rest;
  return at + 1;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes++;
  return bytes;
}
