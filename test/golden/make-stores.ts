/**
 * Makes the stores that are kept for ever as golden ones, in the present format: all kinds of values with their edges, and
 * deleted keys, in a compacted block, a sealed log block and the newest one. What they hold is written down once more in
 * `golden-stores.test.ts`, as what a reader must find.
 */
import { blockFileName, logBlockName } from '../../src/wal/block-name.ts';
import type { SealedBlock } from '../../src/wal/block-writer.ts';
import { encodeTx, TX_ID_BYTES, type TxWrite } from '../../src/wal/tx-codec.ts';
import { INT64_MAX, INT64_MIN, type Value, WholeFloat } from '../../src/wal/value.ts';
import { compactFirstTwo, openToWrite } from '../crash/sample-store.ts';
import { MemoryFiles } from '../support/memory-files.ts';

/** The bytes of each file, by its name. */
export type StoreFiles = ReadonlyMap<string, Buffer>;

/** One key: its new version and value; `undefined` deletes. */
type Write = readonly [key: string, version: number, value: Value | undefined];
type Batch = readonly (readonly Write[])[];

/** Two of them fill a block. */
const BATCHES: readonly Batch[] = [
  [
    [
      ['text', 1, 'first'],
      ['empty text', 1, ''],
      ['counter', 1, 1],
    ],
    [
      ['integer 2', 1, 2],
      ['integer 0', 1, 0],
      ['int64 max', 1, INT64_MAX],
      ['int64 min', 1, INT64_MIN],
      ['above 2^53', 1, 9007199254740993n],
      ['below -2^53', 1, -9007199254740993n],
    ],
    [
      ['float 2.0', 1, new WholeFloat(2)],
      ['float 0.0', 1, new WholeFloat(0)],
      ['float -0.0', 1, new WholeFloat(-0)],
      ['float 0.1', 1, 0.1],
      ['smallest float', 1, 5e-324],
      ['largest float', 1, new WholeFloat(Number.MAX_VALUE)],
    ],
  ],
  [
    [
      ['true', 1, true],
      ['false', 1, false],
      ['array', 1, [1, new WholeFloat(1), -0.5, INT64_MIN, new WholeFloat(-0)]],
      ['empty array', 1, []],
    ],
    [
      ['__proto__', 1, 'a key like any other'],
      ['constructor', 1, '__proto__'],
      ['\u00e9', 1, 'one character'],
      ['e\u0301', 1, 'two characters'],
      ['\u{1f980}\u{10ffff}', 1, '\u{1f468}\u200d\u{1f469}\u0000\uffff'],
      ['\uffff', 1, 'its bytes come before those of the crab'],
    ],
  ],
  [
    [
      ['counter', 2, 2],
      ['deleted', 1, 'soon gone'],
      ['made again', 1, 'first life'],
    ],
  ],
  [
    [
      ['deleted', 2, undefined],
      ['made again', 2, undefined],
    ],
    [['text', 2, 'second']],
  ],
  [
    [
      ['counter', 3, 3],
      ['made again', 3, 'second life'],
    ],
  ],
  [
    [
      ['text', 3, new WholeFloat(3)],
      ['deleted in a log block', 1, false],
    ],
  ],
  [
    [
      ['counter', 4, 4],
      ['deleted in a log block', 2, undefined],
    ],
  ],
];
/** With it the second block is sealed. */
const BATCH_THAT_SEALS_TWO = 4;

/** Nobody was told of it. */
const TORN_BATCH: Batch = [[['counter', 5, 'x'.repeat(3000)]]];
const TORN_BLOCK = blockFileName(logBlockName(4));
const TORN_BATCH_OFFSET = 8192;
/** What the crash kept of it. */
const BYTES_KEPT = 1536;

/** After a clean stop: all is sealed, and the newest block is empty. */
export async function makeCleanStore(): Promise<StoreFiles> {
  const { files, writer } = await makeStore();
  await writer.mark();
  await writer.close();
  return lastingFiles(files);
}

/** After a crash in the middle of a write. */
export async function makeTornStore(): Promise<StoreFiles> {
  const { files, writer } = await makeStore();
  await writer.append(encode(TORN_BATCH, BATCHES.length));
  const left = new Map(lastingFiles(files));
  left.set(TORN_BLOCK, Buffer.from(left.get(TORN_BLOCK)!).fill(0, TORN_BATCH_OFFSET + BYTES_KEPT));
  return left;
}

async function makeStore() {
  const files = new MemoryFiles();
  const sealed: SealedBlock[] = [];
  const { writer, opened } = await openToWrite(files, sealed);
  for (const [index, batch] of BATCHES.entries()) {
    await writer.append(encode(batch, index));
    if (index === BATCH_THAT_SEALS_TWO) await compactFirstTwo(files, opened, sealed);
  }
  return { files, writer };
}

function encode(batch: Batch, number: number): Buffer[] {
  return batch.map((writes, index) => {
    const id = new Uint8Array(TX_ID_BYTES).fill(16 * number + index);
    return encodeTx(
      id,
      writes.map(([key, version, value]): TxWrite => ({ key, version, value })),
    );
  });
}

function lastingFiles(files: MemoryFiles): StoreFiles {
  return new Map([...files.snapshot()].filter(([name]) => !name.endsWith('.tmp')));
}
