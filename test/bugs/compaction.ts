/** Bugs in the merging of blocks and in what a crash leaves of it. */
import type { PlantedBug } from './planted-bug.ts';

const STEPS = 'src/wal/compaction-steps.ts';
const MERGE = 'src/wal/merge.ts';
const SOURCE = 'src/wal/merge-source.ts';
const LEFTOVERS = 'src/wal/leftovers.ts';

const stepsTest = 'test/wal/compaction-steps.test.ts';
const mergeTest = 'test/wal/merge.test.ts';
const sourceTest = 'test/wal/merge-source.test.ts';
const compactedTest = 'test/wal/recovery-compacted.test.ts';

export const bugsInCompaction: readonly PlantedBug[] = [
  {
    name: 'inputs-deleted-before-the-merged-block-has-its-name',
    why: 'a crash between the two leaves neither',
    edits: [
      {
        file: 'src/actors/compactor.machine.ts',
        find: `async ({ input: { ports, result } }) => ports.publish(result!)),
    discard: fromPromise<void, CompactorContext>(async ({ input: { ports, run } }) => ports.discard(run)),`,
        replace: `async ({ input: { ports, run } }) => ports.discard(run)),
    discard: fromPromise<void, CompactorContext>(async ({ input: { ports, result } }) => ports.publish(result!)),`,
      },
    ],
    detectors: ['test/actors/compactor.machine.test.ts'],
  },
  {
    name: 'merged-name-not-synced-before-the-inputs-go',
    why: 'a power cut keeps the unlinks and loses the rename: both gone',
    edits: [
      {
        file: STEPS,
        find: 'stay, for good.\n  await files.syncDirectory(directory);\n',
        replace: 'stay, for good.\n',
      },
    ],
    detectors: [stepsTest],
  },
  {
    name: 'left-over-inputs-deleted-at-once',
    why: 'a start after a crash deletes the inputs of a merge whose name may not be on the disk',
    edits: [
      {
        file: LEFTOVERS,
        find: '    await files.syncDirectory(directory.path);\n    for (const input of inputs)',
        replace: '    for (const input of inputs)',
      },
    ],
    detectors: [compactedTest],
  },
  {
    name: 'damaged-merge-replaces-its-inputs',
    why: 'a merged block that fails its checks is kept and its whole inputs are deleted',
    edits: [{ file: LEFTOVERS, find: '  if (!damage) {', replace: '  if (!damage || inputs.length > 0) {' }],
    detectors: [compactedTest],
  },
  {
    name: 'foreign-merge-replaces-its-inputs',
    why: 'a merged block of another copy of the store takes the place of this one’s blocks',
    edits: [{ file: LEFTOVERS, find: '    await refuseForeignCompaction(options, name, successor);\n', replace: '' }],
    detectors: [compactedTest],
  },
  {
    name: 'older-version-kept',
    why: 'a merge keeps the older of two versions of a key, and the newer is deleted with its block',
    edits: [
      {
        file: SOURCE,
        find: `      newest.advance();
    }
    newest = cursor;`,
        replace: `      cursor.advance();
      continue;
    }
    newest = cursor;`,
      },
    ],
    detectors: [sourceTest, mergeTest],
  },
  {
    name: 'last-key-of-a-block-not-merged',
    why: 'the key that sorts last in a log block, or in some that are sorted together, disappears in the merge',
    edits: [
      {
        file: SOURCE,
        find: '    const entries = this.#latest.sorted();',
        replace: `    const all = this.#latest.sorted();
    const entries = all.slice(0, Math.max(1, all.length - 1));`,
      },
    ],
    detectors: [mergeTest, 'test/store.test.ts'],
  },
  {
    name: 'merged-file-not-synced',
    why: 'the inputs are deleted while the merged block is only in memory',
    edits: [
      {
        file: 'src/wal/compacted-writer.ts',
        find: '    await this.#file.sync();\n    return { bytes: byteLength',
        replace: '    return { bytes: byteLength',
      },
    ],
    detectors: [mergeTest],
  },
  {
    name: 'generation-not-raised',
    why: 'after a crash two blocks stand for the same log blocks and neither replaces the other: the start is refused',
    edits: [{ file: MERGE, find: 'const generation = 1 + Math.max(', replace: 'const generation = Math.max(1, ' }],
    detectors: [mergeTest],
  },
  {
    name: 'merged-block-not-read-back',
    why: 'the inputs of a merge are deleted though its file cannot be read',
    edits: [{ file: MERGE, find: '  yield* checkWritten(files, job, header, merged);\n', replace: '' }],
    detectors: ['test/wal/merge-failures.test.ts', mergeTest],
  },
  {
    name: 'reserve-of-the-log-used-up',
    why: 'a merge takes the space that the log needs for its next block, and puts are refused',
    edits: [
      {
        file: MERGE,
        find: 'if (freeBytes >= bytes + reserveBytes) return;',
        replace: 'if (freeBytes >= bytes) return;',
      },
    ],
    detectors: ['test/wal/merge-failures.test.ts'],
  },
  {
    name: 'keys-sorted-as-utf16',
    why: 'a block with certain characters in its keys is in another order than the next start expects, and is refused',
    edits: [
      {
        file: 'src/wal/key-order.ts',
        find: 'return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;',
        replace: 'return unit;',
      },
    ],
    detectors: ['test/wal/key-order.test.ts'],
  },
  {
    name: 'keys-of-one-hash-are-one-key',
    why: 'of two keys that meet in the table of a merge one takes the place of the other, and is gone',
    edits: [
      {
        file: 'src/wal/latest-entries.ts',
        find: 'if (compareKeyBytes(before, entry) === 0) {',
        replace: 'if (before) {',
      },
    ],
    detectors: ['test/wal/latest-entries.test.ts'],
  },
  {
    name: 'bad-value-merged',
    why: 'a record that nobody can read replaces its input without a word, and the next start refuses it',
    edits: [
      {
        file: 'src/wal/entry-slice.ts',
        find: 'isPlain: hasPlainValue && !hasOther,',
        replace: 'isPlain: hasPlainValue || !hasOther,',
      },
    ],
    detectors: ['test/wal/entry-slice.test.ts'],
  },
  {
    name: 'merge-does-not-hear-of-new-blocks',
    why: 'a long merge keeps its slow pace while the log outruns it, and the disk fills',
    edits: [
      {
        file: 'src/actors/compactor.machine.ts',
        find: "    sealed: { actions: ['addBlock', 'tellBacklog'] },",
        replace: "    sealed: { actions: 'addBlock' },",
      },
    ],
    detectors: ['test/actors/compactor.machine.test.ts'],
  },
  {
    name: 'merge-never-rests',
    why: 'a merge takes a core and the disk from the puts however few blocks wait for it',
    edits: [
      {
        file: 'src/wal/merge-worker.ts',
        find: 'runMerge(nodeFileSystem, job, { rest: () => pace.rest() })',
        replace: 'runMerge(nodeFileSystem, job)',
      },
    ],
    detectors: ['test/wal/merge-thread.test.ts'],
  },
  {
    name: 'old-version-dropped-because-a-newer-one-waits',
    why: 'a merge drops what a put under way will replace, the put fails, and the key is gone',
    edits: [
      {
        // Made anew with every store: several live in one process of the tests, one after the other.
        file: 'src/actors/key-index.ts',
        find: '    this.#limits = limits;',
        replace: '    this.#limits = limits;\n    Object.assign(globalThis, { newest: new Map<string, number>() });',
      },
      {
        file: 'src/actors/transaction.machine.ts',
        find: 'const growth = index.growthOf(entries, writes);',
        replace: `const { newest } = globalThis as { newest?: Map<string, number> };
  for (const { key, version } of writes) newest?.set(key, version);
  const growth = index.growthOf(entries, writes);`,
      },
      {
        file: SOURCE,
        find: '    yield merged;\n',
        replace: `    const { newest } = globalThis as { newest?: Map<string, number> };
    yield merged.filter((entry) => entry.version >= (newest?.get(keyOf(entry)) ?? 0));
`,
      },
    ],
    detectors: [],
  },
];
