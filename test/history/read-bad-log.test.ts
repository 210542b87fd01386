/** Blocks in which every checksum is good and the content is not: what the offline reader knows beyond checksums. */
import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { blockFileName, logBlockName, parseBlockFileName } from '../../src/wal/block-name.ts';
import { CHAIN_START, encodeIdentity } from '../../src/wal/format.ts';
import { type CompactedEntry, encodeEntries } from '../../src/wal/tx-codec.ts';
import { layOut, type RawBlock, record } from '../wal/support/raw-block.ts';
import { BadLog } from './log-blocks.ts';
import { type DirectoryImage, readLog } from './read-log.ts';

const uuid = new Uint8Array(16).fill(7);
const put = (seq: number, version = seq) => record(seq, { key: 'k', version, value: seq });

type Change = Partial<RawBlock>;

/** Block 1 with transactions 1 and 2, block 2 with transaction 3, block 3 empty; each can be changed. */
function threeBlocks(first: Change = {}, second: Change = {}, third: Change = {}): DirectoryImage {
  const files = new Map<string, Uint8Array>([['IDENTITY', encodeIdentity(uuid)]]);
  let previous = CHAIN_START;
  const batches = [[{ payloads: [put(1)] }, { payloads: [put(2)] }], [{ payloads: [put(3)] }], []];
  for (const [index, change] of [first, second, third].entries()) {
    const name = logBlockName(index + 1);
    const usual = { name, uuid, firstSeq: previous.lastSeq + 1, previous, batches: batches[index]! };
    const block = layOut({ ...usual, ...(index === 2 ? { footer: false as const } : {}), ...change });
    files.set(blockFileName(name), block.bytes);
    previous = block.link;
  }
  return files;
}

/** Block 2 with one byte of its header changed, under a good checksum. */
function withHeaderByte(offset: number, value: number): DirectoryImage {
  const files = threeBlocks();
  const name = blockFileName(logBlockName(2));
  const bytes = Buffer.from(files.get(name)!);
  bytes[offset] = value;
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 4092), crc32(bytes.subarray(16, 52))), 4092);
  return new Map(files).set(name, bytes);
}

function longer(files: DirectoryImage, name: string): DirectoryImage {
  return new Map(files).set(name, Buffer.concat([files.get(name)!, Buffer.alloc(1)]));
}

it('a sound log of the same kind is read', () => {
  expect(readLog(threeBlocks()).transactions.map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

it.each<[string, DirectoryImage, string]>([
  ['a transaction twice', threeBlocks({}, { batches: [{ payloads: [put(2)] }] }), 'transaction 2 in the place of 3'],
  ['a version left out', threeBlocks({}, { batches: [{ payloads: [put(3, 4)] }] }), 'version 4 of key "k"'],
  ['a version twice', threeBlocks({}, { batches: [{ payloads: [put(3, 2)] }] }), 'version 2 of key "k"'],
  ['no record', threeBlocks({}, { batches: [{ payloads: [Buffer.from([0x0b])] }] }), 'wire type 3'],
  [
    'another count in a head',
    threeBlocks({}, { batches: [{ payloads: [put(3)], head: { txCount: 2 } }] }),
    'whose head',
  ],
  [
    'another seq in a head',
    threeBlocks({}, { batches: [{ payloads: [put(3)], head: { firstSeq: 4 } }] }),
    'whose head',
  ],
  [
    'another durable seq',
    threeBlocks({}, { batches: [{ payloads: [put(3)], head: { durableSeq: 1 } }] }),
    'whose head',
  ],
  ['another seq in a footer', threeBlocks({ footer: { lastSeq: 1 } }), 'a footer of other content'],
  ['another count in a footer', threeBlocks({ footer: { txCount: 1 } }), 'a footer of other content'],
  ['another length in a footer', threeBlocks({ footer: { byteLength: 4096 } }), 'a footer of other content'],
  ['another successor', threeBlocks({ footer: { nextBlock: 3 } }), 'a footer of other content'],
  ['another digest', threeBlocks({ footer: { digest: new Uint8Array(32) } }), 'a footer of other content'],
  [
    'another predecessor',
    threeBlocks({}, { previous: { ...CHAIN_START, number: 1, lastSeq: 2 } }),
    'should lie before it',
  ],
  ['another first seq', threeBlocks({}, { firstSeq: 4 }), 'it begins with transaction 4'],
  ['another length of the file', longer(threeBlocks(), blockFileName(logBlockName(2))), 'a file of 16385 bytes'],
  ['another major format', withHeaderByte(8, 2), 'another format, or unknown features'],
  ['an unknown feature', withHeaderByte(12, 1), 'another format, or unknown features'],
  ['another kind', withHeaderByte(52, 2), 'kind or checksum algorithm'],
  ['another checksum algorithm', withHeaderByte(53, 2), 'kind or checksum algorithm'],
  ['another bound on batches', withHeaderByte(56, 1), 'another bound on batches'],
  ['another name', withHeaderByte(32, 3), 'the header of another block'],
  ['a sealed newest block', threeBlocks({}, {}, { footer: {} }), 'a sealed block without successor'],
])('%s is refused', (_, files, why) => {
  expect(() => readLog(files)).toThrow(BadLog);
  expect(() => readLog(files)).toThrow(why);
});

const MERGED = '0000000000000002-0000000000000003.00000001.cmp';

/** Block 1 with versions 1 and 2 of `k`, a compacted block of these entries in place of blocks 2 and 3, and block 4. */
function compacted(...entries: readonly (readonly [key: string, version: number, seq: number])[]): DirectoryImage {
  const first = layOut({ name: logBlockName(1), uuid, batches: [{ payloads: [put(1)] }, { payloads: [put(2)] }] });
  const payloads = entries.map(([key, version, seq]): CompactedEntry => ({ key, version, seq, value: seq }));
  const name = parseBlockFileName(MERGED)!;
  const batches = [{ payloads: payloads.map((entry) => encodeEntries([entry])) }];
  const lastInput = { number: 3, lastSeq: 4, digest: new Uint8Array(32).fill(3) };
  const merged = layOut({ name, uuid, firstSeq: 3, previous: first.link, lastInput, batches });
  const newest = layOut({ name: logBlockName(4), uuid, firstSeq: 5, previous: lastInput, batches: [], footer: false });
  return new Map<string, Uint8Array>([
    ['IDENTITY', encodeIdentity(uuid)],
    [blockFileName(logBlockName(1)), first.bytes],
    [MERGED, merged.bytes],
    [blockFileName(logBlockName(4)), newest.bytes],
  ]);
}

it('a sound compacted block is read', () => {
  const { state, transactions, compactedSeq, lastSeq } = readLog(compacted(['j', 1, 3], ['k', 3, 4]));
  expect([...state].toSorted()).toEqual([
    ['j', { value: 'i:3', version: 1 }],
    ['k', { value: 'i:4', version: 3 }],
  ]);
  expect([transactions, compactedSeq, lastSeq]).toEqual([[], 4, 4]);
});

it.each<[string, DirectoryImage, string]>([
  ['keys out of order', compacted(['k', 3, 4], ['j', 1, 3]), 'key "j" is out of order'],
  ['a key twice', compacted(['k', 3, 3], ['k', 4, 4]), 'key "k" is out of order'],
  ['an entry of a later transaction', compacted(['k', 3, 5]), 'an entry of transaction 5'],
  ['an entry of an earlier transaction', compacted(['k', 3, 2]), 'an entry of transaction 2'],
  ['a version that was there before', compacted(['k', 2, 4]), 'version 2 of key "k"'],
  ['bytes at its end', longer(compacted(['k', 3, 4]), MERGED), 'bytes behind the footer'],
])('a compacted block with %s is refused', (_, files, why) => {
  expect(() => readLog(files)).toThrow(BadLog);
  expect(() => readLog(files)).toThrow(why);
});
