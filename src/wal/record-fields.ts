/**
 * The tags of the fields of `proto/log.proto`, field number and wire type, for what reads records by hand. What writes them has its
 * own (`plain-tx.ts`): it is on the way of every put, where imported constants were measured to cost.
 */
import { FIXED64, LENGTH, VARINT } from './wire.ts';

export const TX_SEQ = (1 << 3) | FIXED64;
export const TX_ID = (2 << 3) | LENGTH;
export const TX_WRITE = (3 << 3) | LENGTH;

export const WRITE_KEY = (1 << 3) | LENGTH;
export const WRITE_VERSION = (2 << 3) | VARINT;
export const WRITE_TOMBSTONE = (3 << 3) | LENGTH;
export const WRITE_TEXT = (4 << 3) | LENGTH;
export const WRITE_INTEGER = (5 << 3) | VARINT;
export const WRITE_FLOAT = (6 << 3) | FIXED64;
export const WRITE_BOOLEAN = (7 << 3) | VARINT;

export const ENTRIES_ENTRY = (1 << 3) | LENGTH;
export const ENTRY_SEQ = (1 << 3) | FIXED64;
export const ENTRY_WRITE = (2 << 3) | LENGTH;
