/** The wire format of protobuf (protobuf.dev/programming-guides/encoding), read by hand. */
import { isUtf8 } from 'node:buffer';

/** Bytes that pass their checksum and are not what a checksum should have been written for: a bug or an attack. */
export class BadRecord extends Error {
  override readonly name = 'BadRecord';
}

// Wire types: the three low bits of a tag.
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;

const VARINT32_BYTES_MAX = 5;
const VARINT64_BYTES_MAX = 10;

/** Reads the protobuf wire format forward. Every call names the end of the message that it must stay in. */
export class Wire {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  varint(end: number): number {
    let value = 0;
    for (let scale = 1; this.at < end && scale < 2 ** 63; scale *= 0x80) {
      const byte = this.bytes[this.at]!;
      this.at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) throw new BadRecord('a number above 2^53 - 1');
        return value;
      }
    }
    throw new BadRecord('a number that does not end');
  }

  fixed64(end: number): number {
    const at = this.#take(8, end);
    const value = this.bytes.readUInt32LE(at) + this.bytes.readUInt32LE(at + 4) * 2 ** 32;
    if (!Number.isSafeInteger(value)) throw new BadRecord('a seq above 2^53 - 1');
    return value;
  }

  double(end: number): number {
    return this.bytes.readDoubleLE(this.#take(8, end));
  }

  /** Field number and wire type. */
  tag(end: number): number {
    return this.#varint32(end, 'a tag of more than 32 bits');
  }

  /** The end of the field that begins here with its length. */
  length(end: number): number {
    const length = this.#varint32(end, 'a length of more than 32 bits');
    if (length > end - this.at) throw new BadRecord('a field that is longer than its message');
    return this.at + length;
  }

  text(end: number): string {
    const text = this.bytes.toString('utf8', this.at, end);
    // What is not UTF-8 comes out as this character, and so does the character itself.
    if (text.includes('\ufffd') && !this.bytes.subarray(this.at, end).equals(Buffer.from(text)))
      throw new BadRecord('a text that is not UTF-8');
    this.at = end;
    return text;
  }

  /** Passes over what `text` would read. */
  skipText(end: number): void {
    const { bytes, at: start } = this;
    const isAscii = end - start <= ASCII_LOOKED_AT_MAX && isAllAscii(bytes, start, end);
    if (!isAscii && !isUtf8(bytes.subarray(start, end))) throw new BadRecord('a text that is not UTF-8');
    this.at = end;
  }

  skip(tag: number, end: number): void {
    switch (tag & 7) {
      case VARINT:
        this.#skipVarint(end);
        return;
      case FIXED64:
        this.#take(8, end);
        return;
      case LENGTH:
        this.at = this.length(end);
        return;
      default:
        throw new BadRecord(`a field of wire type ${tag & 7}`);
    }
  }

  // More than 32 bits, or bytes for more, are no tag and no length to the code made from `log.proto` either.
  #varint32(end: number, otherwise: string): number {
    const start = this.at;
    const value = this.varint(end);
    if (this.at - start > VARINT32_BYTES_MAX || value >= 2 ** 32) throw new BadRecord(otherwise);
    return value;
  }

  // An int64 that is negative or large takes more than a safe integer: only its end is looked for.
  #skipVarint(end: number): void {
    const last = this.at + VARINT64_BYTES_MAX;
    while (this.bytes[this.#take(1, end)]! >= 0x80)
      if (this.at === last) throw new BadRecord('a number that does not end');
  }

  #take(bytes: number, end: number): number {
    const { at } = this;
    if (bytes > end - at) throw new BadRecord('a field that is longer than its message');
    this.at += bytes;
    return at;
  }
}

/** For longer texts a call of Node takes less time. */
const ASCII_LOOKED_AT_MAX = 128;

function isAllAscii(bytes: Buffer, start: number, end: number): boolean {
  let bits = 0;
  for (let at = start; at < end; at += 1) bits |= bytes[at]!;
  return bits < 0x80;
}
