import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeBatch } from '../../src/wal/batch-codec.ts';
import { type BlockName, logBlockName } from '../../src/wal/block-name.ts';
import {
  type BlockHeader,
  batchExtent,
  blockSeed,
  CHAIN_START,
  type ChainLink,
  decodeHeader,
  decodeIdentity,
  encodeFooter,
  encodeHeader,
  encodeIdentity,
  PAGE_BYTES,
  pageCeil,
  readBatchHead,
  readFooter,
  readFrameLength,
  sameLink,
  writeBatchHead,
  writeFrameHead,
} from '../../src/wal/format.ts';
import { holds } from './support/property.ts';

const uuid = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const otherUuid = Buffer.from('00112233445566778899aabbccddeefe', 'hex');
const name = logBlockName(3);
const compacted: BlockName = { first: 2, last: 7, generation: 4 };
const digest = (text: string) => createHash('sha256').update(text).digest();

const logHeader: BlockHeader = {
  name,
  uuid,
  blockBytes: 4 * PAGE_BYTES,
  firstSeq: 8,
  previous: { number: 2, lastSeq: 7, digest: digest('block 2') },
  lastInput: undefined,
};
const compactedHeader: BlockHeader = {
  ...logHeader,
  name: compacted,
  blockBytes: 0,
  previous: { number: 1, lastSeq: 7, digest: digest('block 1') },
  lastInput: { number: 7, lastSeq: 90, digest: digest('block 7') },
};

const seqs = fc.maxSafeNat();
const uuids = fc.uint8Array({ minLength: 16, maxLength: 16 });
const digests = fc.uint8Array({ minLength: 32, maxLength: 32 });
const u32 = fc.nat({ max: 2 ** 32 - 1 });
const links: fc.Arbitrary<ChainLink> = fc.record({ number: seqs, lastSeq: seqs, digest: digests });
const names = fc.oneof(
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).map(logBlockName),
  fc
    .tuple(
      fc.integer({ min: 1, max: 2 ** 52 }),
      fc.integer({ min: 1, max: 2 ** 52 - 1 }),
      u32.filter((g) => g > 0),
    )
    .map(([first, more, generation]) => ({ first, last: first + more, generation })),
);
const headers: fc.Arbitrary<BlockHeader> = fc
  .record({ name: names, uuid: uuids, blockBytes: seqs, firstSeq: seqs, previous: links, lastInput: links })
  .map((header) => {
    const { name, lastInput } = header;
    return { ...header, lastInput: name.generation === 0 ? undefined : { ...lastInput, number: name.last } };
  });

test('identity, header, head and footer come back as they were written, up to 2^53 - 1', () => {
  const heads = fc.record({ payloadBytes: u32, txCount: u32, firstSeq: seqs, durableSeq: seqs });
  const footers = fc.record({ lastSeq: seqs, txCount: seqs, byteLength: seqs, nextBlock: seqs, digest: digests });
  holds([uuids], (uuid) => {
    expect(decodeIdentity(encodeIdentity(uuid))).toEqual({ ok: true, value: uuid });
  });
  holds([headers], (header) => {
    expect(decodeHeader(encodeHeader(header), header.uuid, header.name)).toEqual({ ok: true, value: header });
  });
  holds([heads, u32, fc.nat(2 ** 26)], (head, seed, page) => {
    const bytes = Buffer.alloc(PAGE_BYTES);
    writeBatchHead(bytes, 0, head, seed, page * PAGE_BYTES);
    expect(readBatchHead(bytes, 0, seed, page * PAGE_BYTES)).toEqual(head);
  });
  holds([footers, names, u32], (footer, name, seed) => {
    expect(readFooter(encodeFooter(footer, name, seed), 0, name, seed)).toEqual(footer);
  });
});

test('the numbers at the edges of 2^32 and 2^53 keep every digit', () => {
  for (const firstSeq of [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
    const header = { ...logHeader, firstSeq };
    expect(decodeHeader(encodeHeader(header), uuid, name)).toMatchObject({ value: { firstSeq } });
    expect(encodeHeader(header).readBigUInt64LE(72)).toBe(BigInt(firstSeq));
  }
});

test('the bytes of an identity lie where the grammar says', () => {
  const bytes = Buffer.concat([
    Buffer.from('CNCVIDNT'),
    Buffer.from([1, 0, 0, 0]), // major 1, minor 0
    uuid,
  ]);
  expect(encodeIdentity(uuid)).toEqual(Buffer.concat([bytes, u32Bytes(crc32(bytes))]));
});

test('the bytes of a header lie where the grammar says', () => {
  const fields = (kind: number, link: readonly Buffer[]) =>
    Buffer.concat([
      Buffer.from('CNCVBLK1'),
      Buffer.from([1, 0, 0, 0]), // major 1, minor 0
      u32Bytes(0), // no incompatible features
      uuid,
      u64Bytes(kind === 1 ? 3 : 2),
      u64Bytes(kind === 1 ? 3 : 7),
      u32Bytes(kind === 1 ? 0 : 4),
      Buffer.from([kind, 1, 0, 0]), // CRC-32
      u32Bytes(16 * 1024 * 1024),
      u32Bytes(0),
      u64Bytes(kind === 1 ? 16384 : 0),
      u64Bytes(8),
      u64Bytes(kind === 1 ? 2 : 1),
      u64Bytes(7),
      digest(kind === 1 ? 'block 2' : 'block 1'),
      ...link,
    ]);
  const page = (content: Buffer, seedOf: BlockName) => {
    const padded = Buffer.concat([content, Buffer.alloc(4092 - content.length)]);
    return Buffer.concat([padded, u32Bytes(crc32(padded, blockSeed(uuid, seedOf)))]);
  };
  expect(encodeHeader(logHeader)).toEqual(page(fields(1, []), name));
  expect(encodeHeader(compactedHeader)).toEqual(page(fields(2, [u64Bytes(90), digest('block 7')]), compacted));
});

test('the bytes of a footer lie where the grammar says', () => {
  const footer = { lastSeq: 11, txCount: 4, byteLength: 8192, nextBlock: 4, digest: digest('content') };
  const fields = [3, 11, 4, 8192, 4].map(u64Bytes);
  const content = Buffer.concat([Buffer.from('CNCVEND1'), ...fields, digest('content')]);
  const padded = Buffer.concat([content, Buffer.alloc(4092 - content.length)]);
  const seed = blockSeed(uuid, name);
  expect(encodeFooter(footer, name, seed)).toEqual(Buffer.concat([padded, u32Bytes(crc32(padded, seed))]));
});

test('the worked example of the format holds to the byte', () => {
  const payloads = [Buffer.from('0123456789'), Buffer.from('abcdefghij')];
  const seed = blockSeed(uuid, name);
  const into = Buffer.alloc(2 * PAGE_BYTES, 0xff);
  const extent = encodeBatch(into, payloads, { firstSeq: 8, durableSeq: 7 }, { seed, fileOffset: 4096 });
  expect(extent).toBe(4096);

  const frame = (payload: Buffer) => [u32Bytes(10), u32Bytes(crc32(payload, (seed ^ 10) >>> 0)), payload];
  const frames = Buffer.concat(payloads.flatMap(frame));
  const counted = Buffer.concat([u32Bytes(36), u32Bytes(2), u64Bytes(8), u64Bytes(7)]);
  const head = Buffer.concat([u32Bytes(0xba7c4d0c), u32Bytes(crc32(counted, (seed ^ 1) >>> 0)), counted]);
  expect(head.length + frames.length).toBe(68);

  const block = Buffer.concat([encodeHeader(logHeader), into.subarray(0, extent)]);
  expect(block.subarray(4096, 4128)).toEqual(head);
  expect(block.subarray(4128, 4146)).toEqual(frames.subarray(0, 18));
  expect(block.subarray(4146, 4164)).toEqual(frames.subarray(18));
  expect(block.subarray(4164, 8192)).toEqual(Buffer.alloc(4028));
  expect(block.length).toBe(8192);
  expect(into.subarray(extent)).toEqual(Buffer.alloc(4096, 0xff)); // nothing behind the extent is touched
});

test('a batch takes whole pages, and one byte more than fits takes one page more', () => {
  expect([0, 4064, 4065, 8160, 8161].map(batchExtent)).toEqual([4096, 4096, 8192, 8192, 12288]);
  expect([0, 1, 4095, 4096, 4097].map(pageCeil)).toEqual([0, 4096, 4096, 4096, 8192]);
});

test('zeros validate nowhere', () => {
  const zeros = Buffer.alloc(PAGE_BYTES);
  const seed = blockSeed(uuid, name);
  expect(decodeIdentity(zeros.subarray(0, 32)).ok).toBe(false);
  expect(decodeHeader(zeros, Buffer.alloc(16), { first: 0, last: 0, generation: 0 }).ok).toBe(false);
  expect(readBatchHead(zeros, 0, seed, 4096)).toBeUndefined();
  expect(readBatchHead(zeros, 0, 0, 0)).toBeUndefined();
  expect(readFooter(zeros, 0, { first: 0, last: 0, generation: 0 }, 0)).toBeUndefined();
  expect(readFrameLength(zeros, 0, zeros.length, 0)).toBe(0);
});

test('random bytes validate nowhere, even behind a right magic', () => {
  const seed = blockSeed(uuid, name);
  holds([fc.uint8Array({ minLength: PAGE_BYTES, maxLength: PAGE_BYTES })], (bytes) => {
    const behind = (magic: string) => {
      const page = Buffer.from(bytes);
      page.write(magic, 'latin1');
      return page;
    };
    expect(decodeIdentity(behind('CNCVIDNT').subarray(0, 32)).ok).toBe(false);
    expect(decodeHeader(behind('CNCVBLK1\x01\x00'), uuid, name).ok).toBe(false);
    expect(readBatchHead(behind('\x0c\x4d\x7c\xba'), 0, seed, 4096)).toBeUndefined();
    expect(readFooter(behind('CNCVEND1'), 0, name, seed)).toBeUndefined();
  });
});

test('a header whose numbers are all ones is refused and does not throw', () => {
  const page = Buffer.alloc(PAGE_BYTES, 0xff);
  page.write('CNCVBLK1\x01\x00', 'latin1');
  expect(decodeHeader(page, uuid, name)).toEqual({ ok: false, what: 'its header fails its checksum' });
});

test('every single flipped bit of an identity, a header or a footer is noticed', () => {
  const seed = blockSeed(uuid, name);
  const footer = { lastSeq: 11, txCount: 4, byteLength: 8192, nextBlock: 4, digest: digest('content') };
  for (const [bytes, isValid] of [
    [encodeIdentity(uuid), (bytes: Buffer) => decodeIdentity(bytes).ok],
    [encodeHeader(logHeader), (bytes: Buffer) => decodeHeader(bytes, uuid, name).ok],
    [encodeHeader(compactedHeader), (bytes: Buffer) => decodeHeader(bytes, uuid, compacted).ok],
    [encodeFooter(footer, name, seed), (bytes: Buffer) => readFooter(bytes, 0, name, seed) !== undefined],
  ] as const) {
    expect(isValid(bytes)).toBe(true);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      if (isValid(bytes)) throw new Error(`bit ${bit} went unnoticed`);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
    }
  }
});

test('every single flipped bit of a batch head is noticed', () => {
  const seed = blockSeed(uuid, name);
  const bytes = Buffer.alloc(PAGE_BYTES);
  writeBatchHead(bytes, 0, { payloadBytes: 36, txCount: 2, firstSeq: 8, durableSeq: 7 }, seed, 4096);
  for (let bit = 0; bit < 32 * 8; bit += 1) {
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    expect(readBatchHead(bytes, 0, seed, 4096), `bit ${bit}`).toBeUndefined();
    bytes[bit >> 3]! ^= 1 << (bit & 7);
  }
});

test('bytes of another store, block, range, generation or place do not validate', () => {
  const seed = blockSeed(uuid, name);
  const others = [
    blockSeed(otherUuid, name),
    blockSeed(uuid, logBlockName(4)),
    blockSeed(uuid, { first: 3, last: 4, generation: 1 }),
    blockSeed(uuid, { first: 3, last: 3, generation: 1 }),
  ];
  expect(new Set([seed, ...others]).size).toBe(5);

  const batch = Buffer.alloc(PAGE_BYTES);
  encodeBatch(batch, [Buffer.from('payload')], { firstSeq: 8, durableSeq: 7 }, { seed, fileOffset: 8192 });
  const footer = encodeFooter({ lastSeq: 8, txCount: 1, byteLength: 8192, nextBlock: 4, digest: uuid }, name, seed);
  for (const other of others) {
    expect(readBatchHead(batch, 0, other, 8192)).toBeUndefined();
    expect(readFrameLength(batch, 32, batch.length, other)).toBe(0);
    expect(readFooter(footer, 0, name, other)).toBeUndefined();
  }
  expect(readBatchHead(batch, 0, seed, 4096)).toBeUndefined();
  expect(readBatchHead(batch, 0, seed, 8192)).toBeDefined();
  expect(readFooter(footer, 0, logBlockName(4), seed)).toBeUndefined();
});

test('a header says in plain words why it is not the one that was looked for', () => {
  const page = encodeHeader(logHeader);
  const why = (page: Buffer, store = uuid, block = name) => {
    const header = decodeHeader(page, store, block);
    return header.ok ? 'nothing wrong' : header.what;
  };
  const patched = (offset: number, ...bytes: number[]) => withChecksum(Buffer.from(page).fill(0, 4092), offset, bytes);
  expect(why(page)).toBe('nothing wrong');
  expect(why(page.subarray(0, 4095))).toBe('it is shorter than a block header');
  expect(why(Buffer.alloc(PAGE_BYTES))).toBe('it does not begin with CNCVBLK1');
  expect(why(page, otherUuid)).toBe('it belongs to another store');
  expect(why(page, uuid, logBlockName(4))).toBe('its header says that it is 0000000000000003.log');
  expect(why(page, uuid, { first: 3, last: 3, generation: 1 })).toBe('its header says that it is 0000000000000003.log');
  expect(why(page, uuid, { first: 3, last: 4, generation: 0 })).toBe('its header says that it is 0000000000000003.log');
  expect(why(page, uuid, { first: 2, last: 3, generation: 0 })).toBe('its header says that it is 0000000000000003.log');
  expect(why(patched(8, 2))).toBe('its format is 2, and this concave reads format 1');
  expect(why(patched(10, 9))).toBe('nothing wrong'); // a newer minor version reads the same
  expect(why(patched(12, 0, 1))).toBe('it uses features that this concave does not know (bits 0x100)');
  expect(why(patched(52, 2))).toBe('its header contradicts its name or this format');
  expect(why(patched(53, 2))).toBe('its header contradicts its name or this format');
  expect(why(patched(56, 1))).toBe('its header contradicts its name or this format');
  const flipped = Buffer.from(page);
  flipped[20]! ^= 1; // a bit of the store's UUID
  expect(why(flipped)).toBe('its header fails its checksum');
});

test('an identity says in plain words why it is none', () => {
  const why = (bytes: Buffer) => {
    const identity = decodeIdentity(bytes);
    return identity.ok ? 'nothing wrong' : identity.what;
  };
  const bytes = encodeIdentity(uuid);
  const newer = Buffer.from(bytes);
  newer.writeUInt16LE(2, 8);
  newer.writeUInt32LE(crc32(newer.subarray(0, 28)), 28);
  expect(why(bytes)).toBe('nothing wrong');
  expect(why(bytes.subarray(0, 31))).toBe('it has 31 bytes instead of 32');
  expect(why(Buffer.alloc(0))).toBe('it has 0 bytes instead of 32');
  expect(why(Buffer.alloc(32))).toBe('it does not begin with CNCVIDNT');
  expect(why(newer)).toBe('its format is 2, and this concave reads format 1');
  newer[9] = 1;
  expect(why(newer)).toBe('its checksum is wrong');
});

test('a frame that would reach over its end is none', () => {
  const seed = 7;
  const bytes = Buffer.alloc(64, 1);
  writeFrameHead(bytes, 0, 20, seed);
  expect(readFrameLength(bytes, 0, 28, seed)).toBe(20);
  expect(readFrameLength(bytes, 0, 27, seed)).toBe(0);
  expect(readFrameLength(bytes, 0, 7, seed)).toBe(0);
  bytes.writeUInt32LE(2 ** 32 - 1, 0);
  expect(readFrameLength(bytes, 0, 64, seed)).toBe(0);
});

test('a frame without payload is none, though its checksum is good', () => {
  const bytes = Buffer.alloc(16);
  writeFrameHead(bytes, 0, 0, 7);
  expect(bytes.readUInt32LE(4)).toBe(crc32(Buffer.alloc(0), 7));
  expect(readFrameLength(bytes, 0, 16, 7)).toBe(0);
});

test('no frame is looked for where not even its head has room', () => {
  const bytes = Buffer.alloc(24, 1);
  writeFrameHead(bytes, 8, 8, 7);
  expect(readFrameLength(bytes, 8, 24, 7)).toBe(8);
  // Behind the end nothing is read, also where that is the end of the buffer.
  expect(readFrameLength(bytes, 20, 24, 7)).toBe(0);
  expect(readFrameLength(bytes, 24, 24, 7)).toBe(0);
});

test('a footer is looked for in a whole page and nowhere else', () => {
  const seed = blockSeed(uuid, name);
  const footer = { lastSeq: 8, txCount: 1, byteLength: 8192, nextBlock: 4, digest: new Uint8Array(32).fill(6) };
  const bytes = Buffer.concat([Buffer.alloc(100, 1), encodeFooter(footer, name, seed)]);
  expect(readFooter(bytes, 100, name, seed)).toEqual(footer);
  expect(readFooter(bytes.subarray(0, -1), 100, name, seed)).toBeUndefined();
  expect(readFooter(bytes, 4192, name, seed)).toBeUndefined();
  const foreign = Buffer.from(bytes);
  foreign[100]! ^= 1; // the magic of another kind of page, with a good checksum
  foreign.writeUInt32LE(crc32(foreign.subarray(100, 4192), seed), 4192);
  expect(readFooter(foreign, 100, name, seed)).toBeUndefined();
});

test('two links are the same only with the same block, seq and digest', () => {
  const link = { number: 2, lastSeq: 7, digest: digest('a') };
  expect(sameLink(link, { ...link, digest: Uint8Array.from(link.digest) })).toBe(true);
  for (const other of [{ number: 3 }, { lastSeq: 8 }, { digest: digest('b') }])
    expect(sameLink(link, { ...link, ...other })).toBe(false);
  expect(CHAIN_START).toEqual({ number: 0, lastSeq: 0, digest: new Uint8Array(32) });
});

/** Puts bytes into the header of block 3 and mends its checksum. */
function withChecksum(page: Buffer, offset: number, bytes: readonly number[]): Buffer {
  page.set(bytes, offset);
  page.writeUInt32LE(crc32(page.subarray(0, 4092), blockSeed(uuid, name)), 4092);
  return page;
}

function u32Bytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64Bytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
