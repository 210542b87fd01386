/**
 * S16 to S18 on a small scale: every store that differs from a good one by a bit, or by what lies behind some page, is
 * refused and the file named, or has the same state, or lacks exactly the last unmarked batch and says so.
 */
import { expect, test } from 'vitest';
import { PAGE_BYTES } from '../../src/wal/format.ts';
import { Damage, StartRefusal } from '../../src/wal/refusal.ts';
import type { State, StoreFixture } from '../support/store-fixture.ts';
import { compact } from './support/compact.ts';
import { stateAfter, threeBlocks } from './support/three-blocks.ts';

interface Subject {
  readonly store: StoreFixture;
  readonly files: ReadonlyMap<string, Buffer>;
  readonly whole: State;
  /** The state without the last batch; `undefined` if a mark proves it. */
  readonly withoutLastBatch: State | undefined;
}

type Outcome = 'refused' | 'same state' | 'last batch missing';

/** Five puts in three blocks; the newest one ends with a batch and no mark. */
async function unmarkedStore(): Promise<Subject> {
  const store = await threeBlocks();
  return { store, files: filesOf(store), whole: stateAfter(5) as State, withoutLastBatch: stateAfter(4) as State };
}

/** The same with a mark at the end, and blocks 1 and 2 compacted into one. */
async function markedStore(): Promise<Subject> {
  const store = await threeBlocks();
  await store.start();
  await store.crash();
  await compact(store, 1, 2, 1);
  for (const block of [1, 2]) store.remove(block);
  return { store, files: filesOf(store), whole: stateAfter(5) as State, withoutLastBatch: undefined };
}

function filesOf(store: StoreFixture): ReadonlyMap<string, Buffer> {
  return new Map([...store.snapshot()].filter(([file]) => !file.endsWith('.tmp')));
}

/** Starts the store with one file changed, and fails where that ends in anything but what is allowed. */
async function startWith({ store, files, whole, withoutLastBatch }: Subject, file: string, bytes: Buffer, how: string) {
  store.restore(new Map([...files, [file, bytes]]));
  const error = await store.start().then(
    () => undefined,
    (error: unknown) => error,
  );
  await store.crash();
  if (error !== undefined) {
    expect(error, how).toBeInstanceOf(StartRefusal);
    expect((error as StartRefusal).message, how).toContain(store.path(file));
    expect((error as StartRefusal).exitCode, how).toBe(65);
    if (error instanceof Damage) expect(error.report.offset, how).toBeLessThan(files.get(file)!.length);
    return 'refused';
  }
  const state = JSON.stringify(store.state);
  if (state === JSON.stringify(whole)) return 'same state';
  expect(state, how).toBe(JSON.stringify(withoutLastBatch));
  // Where only zeros are left, nothing shows that there was a batch.
  if (bytes.subarray(PAGE_BYTES).some((byte) => byte !== 0)) expect(store.events, how).toContain('warn torn_tail');
  return 'last batch missing';
}

async function outcomesOf(subject: Subject, changes: Iterable<readonly [string, Buffer, string]>) {
  const outcomes = new Map<string, Set<Outcome>>();
  for (const [file, bytes, how] of changes) {
    const outcome = await startWith(subject, file, bytes, how);
    outcomes.set(file, (outcomes.get(file) ?? new Set()).add(outcome));
  }
  return Object.fromEntries([...outcomes].map(([file, set]) => [file, [...set].toSorted()]));
}

/** Each file with one bit flipped: all bits where something lies, and a sample of the zeros. */
function* bitFlips({ files }: Subject): Iterable<readonly [string, Buffer, string]> {
  for (const [file, bytes] of files) {
    for (let at = 0; at < bytes.length; at += 1) {
      const isSampled = bytes[at] === 0 ? at % 509 === 0 : at % 3 === 0 || at % PAGE_BYTES < 8;
      if (!isSampled) continue;
      const bit = at % 8;
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << bit;
      yield [file, changed, `${file}: bit ${bit} of byte ${at} flipped`];
    }
  }
}

/** Each file cut at every page, and one byte before it. */
function* truncations({ files }: Subject): Iterable<readonly [string, Buffer, string]> {
  for (const [file, bytes] of files) {
    for (let length = 0; length < bytes.length; length += PAGE_BYTES) {
      yield [file, bytes.subarray(0, length), `${file}: cut to ${length} bytes`];
      if (length > 0) yield [file, bytes.subarray(0, length - 1), `${file}: cut to ${length - 1} bytes`];
    }
    yield [file, bytes.subarray(0, -1), `${file}: last byte missing`];
  }
}

/** Each file with zeros from some page on, as if its end had never been written. */
function* zeroedEnds({ files }: Subject): Iterable<readonly [string, Buffer, string]> {
  for (const [file, bytes] of files)
    for (let length = 0; length < bytes.length; length += PAGE_BYTES) {
      const rest = Buffer.alloc(bytes.length - length);
      yield [file, Buffer.concat([bytes.subarray(0, length), rest]), `${file}: zeros from ${length} on`];
    }
}

const [one, two, three] = [1, 2, 3].map((block) => `000000000000000${block}.log`) as [string, string, string];
const merged = '0000000000000001-0000000000000002.00000001.cmp';

test('S16, S17: a flipped bit anywhere', async () => {
  const unmarked = await unmarkedStore();
  expect(await outcomesOf(unmarked, bitFlips(unmarked))).toEqual({
    IDENTITY: ['refused'],
    [one]: ['refused', 'same state'], // same: in the footer, which is written anew, or in the zeros behind it
    [two]: ['refused', 'same state'],
    [three]: ['last batch missing', 'refused', 'same state'], // same: in padding, or a torn tail without a batch
  });
});

test('S18: a flipped bit anywhere in a store that was idle takes nothing with it', async () => {
  const marked = await markedStore();
  expect(await outcomesOf(marked, bitFlips(marked))).toEqual({
    IDENTITY: ['refused'],
    [merged]: ['refused'],
    [three]: ['refused', 'same state'], // same: in the mark, or in padding
  });
});

test('S1: a file that is cut anywhere is refused', async () => {
  for (const subject of [await unmarkedStore(), await markedStore()]) {
    const outcomes = await outcomesOf(subject, truncations(subject));
    expect(Object.keys(outcomes)).toEqual([...subject.files.keys()]);
    for (const [file, outcome] of Object.entries(outcomes)) expect(outcome, file).toEqual(['refused']);
  }
});

test('S2, S5: a file whose end was never written', async () => {
  const unmarked = await unmarkedStore();
  expect(await outcomesOf(unmarked, zeroedEnds(unmarked))).toEqual({
    IDENTITY: ['refused'],
    [one]: ['refused', 'same state'], // same: without its footer
    [two]: ['refused', 'same state'],
    [three]: ['last batch missing', 'refused', 'same state'], // same: where zeros were before
  });
});
