/**
 * Reads of a record what a merge compares, key, version and seq, and leaves the rest as the bytes they are: a merge moves
 * values without making anything of them, and nothing can change on the way.
 */
import type { KeySlice } from './key-order.ts';
import {
  ENTRIES_ENTRY,
  ENTRY_SEQ,
  ENTRY_WRITE,
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
import { checkWriteMessage } from './tx-codec.ts';
import { BadRecord, Wire } from './wire.ts';

/** One key as a transaction left it. */
export interface EntrySlice extends KeySlice {
  readonly version: number;
  /** The transaction that made this version. */
  readonly seq: number;
  /** Whatever reads it can decode its value, which is seen without doing so. Of others `checkWrite` tells. */
  readonly isPlain: boolean;
  /** Its `Write` message is `bytes` from `start` to `end`. */
  readonly start: number;
  readonly end: number;
}

export function keyOf({ bytes, keyStart, keyEnd }: KeySlice): string {
  return bytes.toString('utf8', keyStart, keyEnd);
}

/** Throws `BadRecord` unless whatever reads the entry can decode it. Takes long, and is not needed of those that are plain. */
export function checkWrite({ bytes, start, end }: EntrySlice): void {
  checkWriteMessage(bytes.subarray(start, end));
}

/** The writes of the `Tx` that is `bytes` from `start` to `end`. Throws `BadRecord` if it is none. */
export function sliceTx(bytes: Buffer, start: number, end: number): EntrySlice[] {
  const wire = new Wire(bytes, start);
  const writes: EntrySlice[] = [];
  let seq = 0;
  while (wire.at < end) {
    const tag = wire.tag(end);
    if (tag === TX_SEQ) seq = wire.fixed64(end);
    else if (tag === TX_WRITE) writes.push(sliceWrite(wire, wire.length(end), seq));
    else wire.skip(tag, end);
  }
  if (writes.length === 0) throw new BadRecord(`transaction ${seq} writes nothing`);
  return writes;
}

/** The entries of the `Entries` that is `bytes` from `start` to `end`. Throws `BadRecord` if it is none. */
export function sliceEntries(bytes: Buffer, start: number, end: number): EntrySlice[] {
  const wire = new Wire(bytes, start);
  const entries: EntrySlice[] = [];
  while (wire.at < end) {
    const tag = wire.tag(end);
    if (tag === ENTRIES_ENTRY) entries.push(sliceEntry(wire, wire.length(end)));
    else wire.skip(tag, end);
  }
  if (entries.length === 0) throw new BadRecord('a frame without entries');
  return entries;
}

/** Bytes of a frame that `writeEntry` takes up. */
export function entryBytes({ start, end }: EntrySlice): number {
  return lengthFieldBytes(SEQ_FIELD_BYTES + lengthFieldBytes(end - start));
}

/** Writes the entry as a field of an `Entries` at `at`, and returns where it ends. */
export function writeEntry(into: Buffer, at: number, { seq, bytes, start, end }: EntrySlice): number {
  const writeBytes = end - start;
  let to = writeLength(into, at, ENTRIES_ENTRY, SEQ_FIELD_BYTES + lengthFieldBytes(writeBytes));
  into[to] = ENTRY_SEQ;
  into.writeUInt32LE(seq % 2 ** 32, to + 1);
  into.writeUInt32LE(Math.floor(seq / 2 ** 32), to + 5);
  to = writeLength(into, to + SEQ_FIELD_BYTES, ENTRY_WRITE, writeBytes);
  bytes.copy(into, to, start, end);
  return to + writeBytes;
}

const SEQ_FIELD_BYTES = 9;

function lengthFieldBytes(length: number): number {
  return 1 + varintBytes(length) + length;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes += 1;
  return bytes;
}

/** Tag and length of a field. */
function writeLength(into: Buffer, at: number, tag: number, length: number): number {
  into[at] = tag;
  let to = at + 1;
  let rest = length;
  for (; rest >= 0x80; rest >>>= 7) {
    into[to] = (rest & 0x7f) | 0x80;
    to += 1;
  }
  into[to] = rest;
  return to + 1;
}

function sliceEntry(wire: Wire, end: number): EntrySlice {
  let seq = 0;
  let write: EntrySlice | undefined;
  while (wire.at < end) {
    const tag = wire.tag(end);
    if (tag === ENTRY_SEQ) seq = wire.fixed64(end);
    else if (tag === ENTRY_WRITE) write = sliceWrite(wire, wire.length(end), seq);
    else wire.skip(tag, end);
  }
  if (!write) throw new BadRecord('an entry without write');
  return write;
}

/** Our writers put the seq first in every message: that is relied upon, and checked. */
function sliceWrite(wire: Wire, end: number, seq: number): EntrySlice {
  const { bytes, at: start } = wire;
  let keyStart = start;
  let keyEnd = start;
  let version = 0;
  let hasPlainValue = false;
  let hasOther = false;
  while (wire.at < end) {
    const tag = wire.tag(end);
    if (tag === WRITE_KEY) {
      keyEnd = wire.length(end);
      keyStart = wire.at;
      wire.skipText(keyEnd);
    } else if (tag === WRITE_VERSION) version = wire.varint(end);
    else if (skipPlainValue(wire, tag, end)) hasPlainValue = true;
    else hasOther = true;
  }
  if (seq < 1) throw new BadRecord('a write without seq');
  if (keyStart === keyEnd) throw new BadRecord('a write without key');
  if (version < 1) throw new BadRecord('a write without version');
  return { version, seq, isPlain: hasPlainValue && !hasOther, bytes, start, end, keyStart, keyEnd };
}

/** Passes over a field behind its tag. True: it is a value, or none, that is read without any doubt. */
function skipPlainValue(wire: Wire, tag: number, end: number): boolean {
  const { at } = wire;
  switch (tag) {
    case WRITE_TEXT:
      wire.skipText(wire.length(end));
      return true;
    case WRITE_FLOAT:
      return Number.isFinite(wire.double(end));
    default:
      wire.skip(tag, end);
      return tag === WRITE_INTEGER || tag === WRITE_BOOLEAN || (tag === WRITE_TOMBSTONE && wire.at - at === 1);
  }
}
