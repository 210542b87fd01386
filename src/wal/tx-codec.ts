/** The records of the log as protobuf: `Tx`, one put in a log block, and `Entries`, several keys in a compacted one. */
import protobuf from 'protobufjs/minimal.js';
import { invariant } from '../invariant.ts';
import { concave } from './generated/log.js';
import { encodePlainTx } from './plain-tx.ts';
import { readEntries, readTx } from './read-record.ts';
import { floatValue, INT64_MAX, INT64_MIN, integerValue, type NumberValue, type Value, WholeFloat } from './value.ts';
import { BadRecord } from './wire.ts';

export interface TxWrite {
  readonly key: string;
  /** The version that this write makes. */
  readonly version: number;
  /** `undefined`: a tombstone. */
  readonly value: Value | undefined;
}

export interface TxRecord {
  readonly seq: number;
  /** 16 bytes; in a decoded record a view into its payload. */
  readonly id: Uint8Array;
  readonly writes: readonly TxWrite[];
}

/** One key of a compacted block, with the transaction that made this version. */
export interface CompactedEntry extends TxWrite {
  readonly seq: number;
}

export const TX_ID_BYTES = 16;

// The first field of a Tx: one byte of tag and the fixed64.
const SEQ_TAG = 0x09;
const SEQ_OFFSET = 1;
const SEQ_TO_BE_SET = { low: 1, high: 0, unsigned: true };

let writer = protobuf.Writer.create();

/** Encodes a put before its seq is known; `setSeq` fills that in when its batch is closed. */
export function encodeTx(id: Uint8Array, writes: readonly TxWrite[]): Buffer {
  invariant(id.length === TX_ID_BYTES, () => `a transaction id of ${id.length} bytes`);
  invariant(writes.length > 0, 'a transaction that writes nothing');
  for (const write of writes) checkWrite(write);
  const bytes = encodePlainTx(id, writes) ?? encodeAnyTx(id, writes);
  invariant(bytes[0] === SEQ_TAG, 'a Tx does not begin with its seq');
  return bytes;
}

/** What `encodePlainTx` leaves, and what it is held against in tests. */
export function encodeAnyTx(id: Uint8Array, writes: readonly TxWrite[]): Buffer {
  const messages = writes.map(toWriteMessage);
  return finish(() => concave.Tx.encode({ seq: SEQ_TO_BE_SET as never, id, writes: messages }, writer));
}

/** Writes the seq into a record that `encodeTx` made and that now lies at `at` in `bytes`. */
export function setSeq(bytes: Buffer, at: number, seq: number): void {
  bytes.writeUInt32LE(seq % 2 ** 32, at + SEQ_OFFSET);
  bytes.writeUInt32LE(Math.floor(seq / 2 ** 32), at + SEQ_OFFSET + 4);
}

/** Throws `BadRecord` unless `payload` is one well-formed Tx. */
export function decodeTx(payload: Buffer): TxRecord {
  return readTx(payload, decodeWrite) ?? decodeAnyTx(payload);
}

/** What `readTx` leaves, and what it is held against in tests. */
export function decodeAnyTx(payload: Buffer): TxRecord {
  const message = decodeWith(concave.Tx.decode, payload);
  const seq = toSafeInteger(message.seq);
  const id = message.id as Uint8Array;
  if (seq < 1) throw new BadRecord('a transaction without seq');
  if (id.length !== TX_ID_BYTES) throw new BadRecord(`transaction ${seq} has an id of ${id.length} bytes`);
  if (message.writes.length === 0) throw new BadRecord(`transaction ${seq} writes nothing`);
  return { seq, id, writes: message.writes.map(fromWriteMessage) };
}

/** Encodes some keys of a compacted block. Their order is the caller's. */
export function encodeEntries(entries: readonly CompactedEntry[]): Buffer {
  const messages = entries.map((entry) => ({ seq: toLong(BigInt(entry.seq)), write: toWriteMessage(entry) }));
  return finish(() => concave.Entries.encode({ entries: messages }, writer));
}

/** Throws `BadRecord` unless `payload` is one well-formed, non-empty `Entries`. */
export function decodeEntries(payload: Buffer): CompactedEntry[] {
  return readEntries(payload, decodeWrite) ?? decodeAnyEntries(payload);
}

/** What `readEntries` leaves, and what it is held against in tests. */
export function decodeAnyEntries(payload: Buffer): CompactedEntry[] {
  const { entries } = decodeWith(concave.Entries.decode, payload);
  if (entries.length === 0) throw new BadRecord('a frame without entries');
  return entries.map((entry) => {
    const seq = toSafeInteger(entry.seq);
    if (seq < 1 || !entry.write) throw new BadRecord('an entry without seq or write');
    const { key, version, value } = fromWriteMessage(entry.write);
    return { seq, key, version, value };
  });
}

/** Throws `BadRecord` unless `message` is one well-formed `Write`. */
export function checkWriteMessage(message: Buffer): void {
  decodeWrite(message);
}

function decodeWrite(message: Buffer): TxWrite {
  return fromWriteMessage(decodeWith(concave.Write.decode, message));
}

// The writer is shared. Where an encoder threw half-way it holds open messages that `reset` would only step back into, and
// the next record would begin with what is left of this one.
function finish(encode: () => unknown): Buffer {
  try {
    encode();
  } catch (error) {
    writer = protobuf.Writer.create();
    throw error;
  }
  const bytes = writer.finish() as Buffer;
  writer.reset();
  return bytes;
}

function decodeWith<T>(decode: (bytes: Uint8Array) => T, payload: Uint8Array): T {
  try {
    return decode(payload);
  } catch (cause) {
    throw new BadRecord(`not protobuf of this format: ${(cause as Error).message}`, { cause });
  }
}

function checkWrite({ key, version, value }: TxWrite): void {
  invariant(Number.isSafeInteger(version) && version >= 1, () => `version ${version} is none`);
  invariant(key.length > 0, 'an empty key');
  // UTF-8 has no lone surrogates: some would come back as another character, and others would make the log unreadable.
  invariant(key.isWellFormed(), 'a key with a lone surrogate');
  if (typeof value === 'string') invariant(value.isWellFormed(), 'a text with a lone surrogate');
  else if (typeof value === 'number' || value instanceof WholeFloat) checkNumber(value);
}

function toWriteMessage(write: TxWrite): concave.Write.$Properties {
  checkWrite(write);
  const { key, version, value } = write;
  if (value === undefined) return { key, version, tombstone: {} };
  switch (typeof value) {
    case 'string':
      return { key, version, text: value };
    case 'boolean':
      return { key, version, boolean: value };
    default:
      if (isArray(value)) return { key, version, array: { numbers: value.map(toNumberMessage) } };
      return { key, version, ...toNumberMessage(value) };
  }
}

/** protobufjs writes a bigint as 0 and rounds what it takes for a number, without a word: so nothing reaches it unchecked. */
function checkNumber(value: NumberValue): void {
  if (value instanceof WholeFloat) {
    invariant(Number.isInteger(value.float), () => `${value.float} is no whole float`);
  } else if (typeof value === 'bigint') {
    invariant(value >= INT64_MIN && value <= INT64_MAX, () => `${value} is outside int64`);
  } else {
    invariant(Number.isFinite(value), () => `${value} is not finite`);
    if (!Number.isInteger(value)) return;
    invariant(Number.isSafeInteger(value) && !Object.is(value, -0), () => `${value} is no exact integer`);
  }
}

function toNumberMessage(value: NumberValue): concave.Number.$Properties {
  checkNumber(value);
  if (value instanceof WholeFloat) return { float: value.float };
  if (typeof value === 'bigint') return { integer: toLong(value) };
  return Number.isInteger(value) ? { integer: value } : { float: value };
}

function fromWriteMessage(message: concave.Write.$Properties): TxWrite {
  const key = message.key ?? '';
  const version = toSafeInteger(message.version);
  if (key === '') throw new BadRecord('a write without key');
  if (version < 1) throw new BadRecord('a write without version');
  return { key, version, value: contentOf(message) };
}

function contentOf(message: concave.Write.$Properties): Value | undefined {
  if (typeof message.text === 'string') return message.text;
  if (typeof message.boolean === 'boolean') return message.boolean;
  if (message.array) return (message.array.numbers ?? []).map(fromNumberMessage);
  if (message.tombstone) return undefined;
  return fromNumberMessage(message);
}

function fromNumberMessage({ integer, float }: concave.Number.$Properties): NumberValue {
  if (integer !== null && integer !== undefined) return fromLong(integer);
  if (typeof float !== 'number') throw new BadRecord('a write without content, or a number of no kind');
  if (!Number.isFinite(float)) throw new BadRecord('a float that is not finite');
  return floatValue(float);
}

interface LongBits {
  low: number;
  high: number;
  unsigned: boolean;
}

function toLong(value: bigint): concave.Number.$Properties['integer'] & {} {
  const bits: LongBits = {
    low: Number(BigInt.asIntN(32, value)),
    high: Number(BigInt.asIntN(32, value >> 32n)),
    unsigned: false,
  };
  return bits as never;
}

// Decoded 64-bit fields are Long objects, or plain 0 where the field was absent.
function fromLong(value: unknown): NumberValue {
  if (typeof value === 'number') return value;
  const { low, high } = value as LongBits;
  if (high >= -(2 ** 21) && high < 2 ** 21) {
    const number = high * 2 ** 32 + (low >>> 0);
    if (Number.isSafeInteger(number)) return number;
  }
  return integerValue((BigInt(high) << 32n) | BigInt(low >>> 0));
}

function toSafeInteger(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'number') return value;
  const { low, high } = value as LongBits;
  const number = (high >>> 0) * 2 ** 32 + (low >>> 0);
  if (!Number.isSafeInteger(number)) throw new BadRecord('a seq or version above 2^53 - 1');
  return number;
}

function isArray(value: Value): value is readonly NumberValue[] {
  return Array.isArray(value);
}
