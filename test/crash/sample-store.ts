/** A small store with some of everything, in memory, written by the production code. */
import { BlockWriter, type SealedBlock } from '../../src/wal/block-writer.ts';
import { discard, publish } from '../../src/wal/compaction-steps.ts';
import { type DataDirectory, openDirectory } from '../../src/wal/data-directory.ts';
import { runMerge } from '../../src/wal/merge.ts';
import { Backlog } from '../../src/wal/merge-pace.ts';
import { recover } from '../../src/wal/recovery.ts';
import { encodeTx, type TxWrite } from '../../src/wal/tx-codec.ts';
import { type Value, WholeFloat } from '../../src/wal/value.ts';
import { MemoryFiles } from '../support/memory-files.ts';

/** Key → version and value, as text. */
export type StoreState = ReadonlyMap<string, string>;

export interface Sample {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly state: StoreState;
  /** What the state was before the last batch. */
  readonly stateBeforeLast: StoreState;
}

export const directory = '/store';
/** Header, two pages of batches and a footer. */
const maxBlockSize = 16 * 1024;
/** Two batches a block: four blocks, 64 KiB, the newest of which has its last batch alone. */
const LOG_BATCHES = 7;
/** Six blocks, of which the first two become one compacted block; the other four are 64 KiB. */
const COMPACTED_STORE_BATCHES = 11;
/** The second block is sealed by the batch that does not fit into it. */
const BATCH_THAT_SEALS_TWO = 5;

const noTime = { now: () => 0, setTimeout: () => undefined, clearTimeout: () => {} };

export async function sampleStore(which: { isMarked: boolean; isCompacted: boolean }): Promise<Sample> {
  const files = new MemoryFiles();
  const sealed: SealedBlock[] = [];
  const { writer, opened } = await openToWrite(files, sealed);
  const batches = which.isCompacted ? COMPACTED_STORE_BATCHES : LOG_BATCHES;
  let stateBeforeLast: StoreState = new Map();
  for (let batch = 1; batch <= batches; batch += 1) {
    if (batch === batches) stateBeforeLast = (await recoverState(new MemoryFiles(files.snapshot()))).state;
    await writer.append(putsOf(batch));
    if (batch === BATCH_THAT_SEALS_TWO && which.isCompacted) await compactFirstTwo(files, opened, sealed);
  }
  if (which.isMarked) await writer.mark();
  const left = [...files.snapshot()].filter(([name]) => !name.endsWith('.tmp') && name !== 'LOCK');
  const { state } = await recoverState(new MemoryFiles(new Map(left)));
  return { files: new Map(left), state, stateBeforeLast };
}

/** Recovers what the files hold. Rejects with a `StartRefusal` where that is damaged. */
export async function recoverState(files: MemoryFiles): Promise<{ state: StoreState; events: readonly string[] }> {
  const state = new Map<string, string>();
  const events: string[] = [];
  await recover({
    files,
    clock: noTime,
    directory: await openStoreDirectory(files),
    maxBlockSize,
    target: { replay: (write) => take(state, write) },
    onNotice: ({ event }) => events.push(event),
    onProgress: () => {},
  });
  return { state, events };
}

/** Starts on these files; `sealed` becomes the list of the blocks that are sealed from then on. */
export async function openToWrite(files: MemoryFiles, sealed: SealedBlock[]) {
  const opened = await openStoreDirectory(files);
  const { active } = await recover({
    files,
    clock: noTime,
    directory: opened,
    maxBlockSize,
    target: { replay: () => 0 },
    onNotice: () => {},
    onProgress: () => {},
  });
  const { uuid } = opened;
  const onSealed = (block: SealedBlock) => sealed.push(block);
  return { opened, writer: new BlockWriter({ files, directory, uuid, active, maxBlockSize, onSealed }) };
}

function openStoreDirectory(files: MemoryFiles): Promise<DataDirectory> {
  const random = { bytes: (count: number) => new Uint8Array(count).fill(0x5a) };
  return openDirectory({ files, random, directory, maxBlockSize });
}

/** Merges the first two of `sealed` and takes them off. */
export async function compactFirstTwo(
  files: MemoryFiles,
  { uuid }: DataDirectory,
  sealed: SealedBlock[],
): Promise<void> {
  const inputs = sealed.splice(0, 2);
  const result = await runMerge(files, {
    directory,
    uuid,
    inputs,
    reserveBytes: 0,
    sortedBytesMax: 0,
    backlog: new Backlog().shared,
  });
  await publish(files, directory, result);
  await discard(files, directory, inputs);
}

/** Two puts: one key that every batch writes, and one of each kind of value in turn; a deletion among them. */
function putsOf(batch: number): Buffer[] {
  const kinds: Value[] = [`text ${batch}`, batch, new WholeFloat(batch), -0.5, true, [1, new WholeFloat(2), 3n ** 39n]];
  const version = (batch + 1) >> 1;
  return [
    record(batch * 2, [{ key: 'every', version: batch, value: batch }]),
    record(batch * 2 + 1, [
      { key: `own-${batch}`, version: 1, value: kinds[batch % kinds.length] },
      { key: `turn-${batch % 2}`, version, value: batch === 5 ? undefined : 'x'.repeat(100 * batch) },
    ]),
  ];
}

function record(id: number, writes: readonly TxWrite[]): Buffer {
  return encodeTx(new Uint8Array(16).fill(id), writes);
}

function take(state: Map<string, string>, { key, version, value }: TxWrite): number {
  const before = Number.parseInt(state.get(key) ?? '0', 10);
  state.set(key, `${version} ${textOf(value)}`);
  return before;
}

/** Kinds of numbers are told apart: an integer must not come back as a float. */
function textOf(value: Value | undefined): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? { integer: String(part) } : part)) ?? 'deleted';
}
