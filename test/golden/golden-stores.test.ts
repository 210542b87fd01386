import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openStore, type Store } from '../../src/store.ts';
import { nodePlatform } from '../../src/wal/node-platform.ts';
import { type Value, WholeFloat } from '../../src/wal/value.ts';
import { readLogDirectory } from '../history/read-log.ts';
import { temporaryDirectory } from '../support/store-fixture.ts';
import { pack, unpack } from './golden-files.ts';
import { makeCleanStore, makeTornStore } from './make-stores.ts';

const directory = fileURLToPath(new URL('.', import.meta.url));

/** Every key that exists, with the form of its value in memory and the text that the other reader of the files gives. */
const HOLDINGS: readonly [key: string, version: number, value: Value, text: string][] = [
  ['text', 3, new WholeFloat(3), 'f:3.0'],
  ['empty text', 1, '', 's:'],
  ['counter', 4, 4, 'i:4'],
  ['integer 2', 1, 2, 'i:2'],
  ['integer 0', 1, 0, 'i:0'],
  ['int64 max', 1, 9223372036854775807n, 'i:9223372036854775807'],
  ['int64 min', 1, -9223372036854775808n, 'i:-9223372036854775808'],
  ['above 2^53', 1, 9007199254740993n, 'i:9007199254740993'],
  ['below -2^53', 1, -9007199254740993n, 'i:-9007199254740993'],
  ['float 2.0', 1, new WholeFloat(2), 'f:2.0'],
  ['float 0.0', 1, new WholeFloat(0), 'f:0.0'],
  ['float -0.0', 1, new WholeFloat(-0), 'f:-0.0'],
  ['float 0.1', 1, 0.1, 'f:0.1'],
  ['smallest float', 1, 5e-324, 'f:5e-324'],
  ['largest float', 1, new WholeFloat(1.7976931348623157e308), 'f:1.7976931348623157e+308'],
  ['true', 1, true, 'b:true'],
  ['false', 1, false, 'b:false'],
  [
    'array',
    1,
    [1, new WholeFloat(1), -0.5, -9223372036854775808n, new WholeFloat(-0)],
    '[i:1,f:1.0,f:-0.5,i:-9223372036854775808,f:-0.0]',
  ],
  ['empty array', 1, [], '[]'],
  ['__proto__', 1, 'a key like any other', 's:a key like any other'],
  ['constructor', 1, '__proto__', 's:__proto__'],
  ['\u00e9', 1, 'one character', 's:one character'],
  ['e\u0301', 1, 'two characters', 's:two characters'],
  ['\u{1f980}\u{10ffff}', 1, '\u{1f468}\u200d\u{1f469}\u0000\uffff', 's:\u{1f468}\u200d\u{1f469}\u0000\uffff'],
  ['\uffff', 1, 'its bytes come before those of the crab', 's:its bytes come before those of the crab'],
  ['made again', 3, 'second life', 's:second life'],
];

/** Keys that do not exist any more, with the version that deleted them: the first in a compacted block. */
const DELETED: readonly [key: string, version: number][] = [
  ['deleted', 2],
  ['deleted in a log block', 2],
];

/** The transactions that the log still has one by one. */
const TRANSACTIONS = [
  {
    seq: 9,
    writes: [
      { key: 'counter', version: 3, value: 'i:3' },
      { key: 'made again', version: 3, value: 's:second life' },
    ],
  },
  {
    seq: 10,
    writes: [
      { key: 'text', version: 3, value: 'f:3.0' },
      { key: 'deleted in a log block', version: 1, value: 'b:false' },
    ],
  },
  {
    seq: 11,
    writes: [
      { key: 'counter', version: 4, value: 'i:4' },
      { key: 'deleted in a log block', version: 2, value: 'deleted' },
    ],
  },
];
const LAST_SEQ = 11;
/** Deleted ones go on counting, and so are known. */
const KEYS_KNOWN = 28;

const COMPACTED = '0000000000000001-0000000000000002.00000001.cmp';
const CUT_WARNING =
  '0000000000000004.log: cut 1536 bytes of a batch that was being written when the last run ended, at offset 8192; nobody was told that it succeeded';

/** What each store is, and what a start says to it. */
const KINDS = {
  clean: {
    files: [COMPACTED, '0000000000000003.log', '0000000000000004.log', '0000000000000005.log', 'IDENTITY'],
    warnings: [],
  },
  torn: {
    files: [COMPACTED, '0000000000000003.log', '0000000000000004.log', 'IDENTITY'],
    warnings: [CUT_WARNING],
  },
} as const;

type Kind = keyof typeof KINDS;
const kinds = Object.keys(KINDS) as Kind[];

/** One directory for each format that was ever released. */
const formats = readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

test('S34: the golden stores of format 1.0 are there', () => {
  expect(formats).toContain('1.0');
});

describe.each(formats)('S34: the golden store of format %s', (format) => {
  test.each(kinds)('%s: holds what was put into it, also once it was written to and merged', async (kind) => {
    const dataDir = join(temporaryDirectory(), 'data');
    unpack(join(directory, format, kind), dataDir);
    await expectStore(dataDir, kind);
  });
});

test.each([
  ['clean', makeCleanStore],
  ['torn', makeTornStore],
] as const)('a golden store of the present format would be %s and hold the same', async (kind, make) => {
  const root = temporaryDirectory();
  pack(await make(), join(root, 'packed'));
  expect(() => pack(new Map(), join(root, 'packed'))).toThrow('EEXIST');
  unpack(join(root, 'packed'), join(root, 'data'));
  await expectStore(join(root, 'data'), kind);
});

async function expectStore(dataDir: string, kind: Kind): Promise<void> {
  const { files, warnings } = KINDS[kind];
  expect(readdirSync(dataDir).toSorted()).toEqual(files);
  expectLog(dataDir);

  await using first = await open(dataDir, { maxBlocks: 10 });
  expect(first.warnings).toEqual(warnings);
  expect(first.store.recovered).toMatchObject({ isNew: false, transactions: LAST_SEQ, keys: KEYS_KNOWN });
  expectHoldings(first.store);
  await first.store.close();
  expectLog(dataDir);

  await using merging = await open(dataDir, { maxBlocks: 1 });
  expect(merging.warnings).toEqual([]);
  await merging.merged;
  expectHoldings(merging.store);
  await expectPuts(merging.store);
}

/** What the reader finds that shares no code with the store. */
function expectLog(dataDir: string): void {
  const { state, transactions, compactedSeq, lastSeq } = readLogDirectory(dataDir);
  expect(new Map(state)).toEqual(
    new Map([
      ...HOLDINGS.map(([key, version, , value]) => [key, { version, value }] as const),
      ...DELETED.map(([key, version]) => [key, { version, value: 'deleted' }] as const),
    ]),
  );
  expect({ transactions, compactedSeq, lastSeq }).toEqual({
    transactions: TRANSACTIONS,
    compactedSeq: 8,
    lastSeq: LAST_SEQ,
  });
}

function expectHoldings(store: Store): void {
  for (const [key, version, value] of HOLDINGS) expect(store.get(key), key).toStrictEqual({ value, version });
  for (const [key] of DELETED) expect(store.get(key), key).toBeUndefined();
}

/** The next transaction has the next seq; a deleted key does not exist, and goes on counting. */
async function expectPuts(store: Store): Promise<void> {
  expect(
    await store.put([
      { key: 'counter', value: 5, version: 4 },
      ...DELETED.map(([key]) => ({ key, value: 'back', version: 0 })),
    ]),
  ).toMatchObject({
    code: 'COMMITTED',
    seq: LAST_SEQ + 1,
    versions: [5, ...DELETED.map(([, version]) => version + 1)],
  });
}

async function open(dataDir: string, { maxBlocks }: { readonly maxBlocks: number }) {
  const warnings: string[] = [];
  const merged = Promise.withResolvers<void>();
  const warn = (_: object, message = '') => void warnings.push(message);
  const fail = (error: unknown) => merged.reject(error);
  const store = await openStore({
    config: { ...SETTINGS, dataDir, maxBlocks },
    platform: nodePlatform(),
    log: { info: ({ event }: { event?: string }) => event === 'compacted' && merged.resolve(), warn, error: warn },
    onBug: fail,
    onHalt: fail,
  });
  return { store, warnings, merged: merged.promise, [Symbol.asyncDispose]: () => store.close() };
}

const SETTINGS = {
  batchTime: 0,
  maxBatchSize: 8192,
  maxBlockSize: 16 * 1024,
  idleMarkMs: 60_000,
  putTimeoutMs: 60_000,
  queuedPutsMax: 1000,
  queuedBytesMax: 1024 * 1024,
  memoryMax: 10_000_000,
  maxKeys: 10_000,
} as const;
