/** Bugs in what callers are told, and when: the actors of a put, the key locks and the index. */
import type { PlantedBug } from './planted-bug.ts';

const TRANSACTION = 'src/actors/transaction.machine.ts';
const FLUSHER = 'src/actors/flusher.machine.ts';
const INDEX = 'src/actors/key-index.ts';
const BATCH = 'src/actors/write-batch.ts';
const LOCKS = 'src/actors/lock-table.ts';

const transactionTest = 'test/actors/transaction.machine.test.ts';
const flusherTest = 'test/actors/flusher.machine.test.ts';
const indexTest = 'test/actors/key-index.test.ts';
const batchTest = 'test/actors/write-batch.test.ts';
const storeTest = 'test/store.test.ts';

export const bugsInAnswers: readonly PlantedBug[] = [
  {
    name: 'get-of-pending',
    why: 'a reader sees a put whose flush may still fail',
    edits: [
      {
        file: TRANSACTION,
        find: '  return { staged: { writes, record, growth }, refusal: undefined };',
        replace:
          '  index.apply(entries, writes, { bytes: 0, keys: 0 });\n  return { staged: { writes, record, growth }, refusal: undefined };',
      },
    ],
    detectors: [transactionTest, storeTest],
  },
  {
    name: 'pending-version-reported',
    why: 'a refusal names a version that is not durable, and the next put is built on it',
    edits: [
      {
        file: TRANSACTION,
        find: "conflicts.push({ key, reason: 'stale', expected, current });",
        replace:
          "conflicts.push({ key, reason: 'stale', expected, current: rivals.has(key) ? current + 1 : current });",
      },
    ],
    detectors: [transactionTest],
  },
  {
    name: 'only-first-key-checked',
    why: 'a put goes through though another of its keys is stale',
    edits: [
      {
        file: TRANSACTION,
        find: 'for (let index = 0; index < operations.length; index++)\n    if (currentVersion',
        replace: 'for (let index = 0; index < 1; index++)\n    if (currentVersion',
      },
    ],
    detectors: [transactionTest, storeTest],
  },
  {
    name: 'future-version-accepted',
    why: 'a put that expects a version that does not exist yet goes through',
    edits: [
      {
        file: TRANSACTION,
        find: 'if (currentVersion(entries[index]!) !== operations[index]!.version) return false;',
        replace: 'if (currentVersion(entries[index]!) > operations[index]!.version) return false;',
      },
    ],
    detectors: [transactionTest, storeTest],
  },
  {
    name: 'version-off-by-one',
    why: 'an overwritten key skips a version, and the log does not replay',
    edits: [
      {
        file: TRANSACTION,
        find: 'const version = entries[at]!.version + 1;',
        replace: 'const version = entries[at]!.version + (entries[at]!.version === 0 ? 1 : 2);',
      },
    ],
    detectors: [transactionTest, storeTest],
  },
  {
    name: 'answered-twice',
    why: 'a put that was answered with "nobody knows" is answered again',
    edits: [
      {
        file: TRANSACTION,
        find: "durable: { target: 'committed', actions: ['applyStaged', 'releaseKeys'] },",
        replace: "durable: { target: 'committed', actions: ['applyStaged', 'releaseKeys', 'answerCommitted'] },",
      },
    ],
    detectors: [transactionTest],
  },
  {
    name: 'keys-freed-while-overdue',
    why: 'a put that waits for a hung disk lets another write its keys meanwhile',
    edits: [
      {
        file: TRANSACTION,
        find: "overdue: { target: 'overdue', actions: 'answerOverdue' },",
        replace: "overdue: { target: 'overdue', actions: ['releaseKeys', 'answerOverdue'] },",
      },
    ],
    detectors: [transactionTest, storeTest],
  },
  {
    name: 'keys-kept-after-full-disk',
    why: 'keys of a put that met a full disk can never be written again',
    edits: [
      {
        file: TRANSACTION,
        find: "actions: ['dropStaged', 'releaseKeys', 'answerNotApplied']",
        replace: "actions: ['dropStaged', 'answerNotApplied']",
      },
    ],
    detectors: [transactionTest, storeTest],
  },
  {
    name: 'unknown-reported-as-failed',
    why: 'a caller is told that a put definitely failed, and finds it after the restart',
    edits: [
      {
        file: FLUSHER,
        find: "enqueue.sendTo(replyTo, { type: 'undecided', error }));",
        replace: 'enqueue.sendTo(replyTo, HALTED));',
      },
    ],
    detectors: [flusherTest, storeTest],
  },
  {
    name: 'broken-disk-taken-for-full-disk',
    why: 'after a failed write the store calls the batch not applied and goes on writing',
    edits: [
      {
        file: FLUSHER,
        find: '(event as unknown as { error: unknown }).error instanceof NoRoom',
        replace: '(event as unknown as { error: unknown }).error instanceof Error',
      },
    ],
    detectors: [flusherTest, storeTest],
  },
  {
    name: 'refused-puts-written-later',
    why: 'a put that was refused for want of room is written when there is room again',
    edits: [
      {
        file: BATCH,
        find: 'for (const append of this.#waiting) tell(append);\n    this.#waiting.length = 0;\n    this.#waitingBytes = 0;',
        replace: 'for (const append of this.#waiting) tell(append);',
      },
    ],
    detectors: [batchTest, flusherTest],
  },
  {
    name: 'records-of-a-batch-swapped',
    why: 'callers of one batch are told each other’s seq',
    edits: [
      {
        file: BATCH,
        find: 'this.#records.push(append.record);',
        replace: 'this.#records.unshift(append.record);',
      },
    ],
    detectors: [batchTest],
  },
  {
    name: 'one-key-of-a-put-not-applied',
    why: 'half a put is visible until the next restart',
    edits: [
      {
        file: INDEX,
        find: 'for (let index = 0; index < writes.length; index++) {\n      const entry = entries[index]!;\n      const',
        replace:
          'for (let index = 0; index < Math.max(1, writes.length - 1); index++) {\n      const entry = entries[index]!;\n      const',
      },
    ],
    detectors: [indexTest, storeTest],
  },
  {
    name: 'stale-read-after-restart',
    why: 'a restart gives a key its newest version number and its oldest value',
    edits: [
      {
        file: INDEX,
        find: '    entry.value = write.value;',
        replace: '    if (before === 0) entry.value = write.value;',
      },
    ],
    detectors: [indexTest, storeTest],
  },
  {
    name: 'versions-counted-by-position',
    why: 'a restart numbers versions by how often a key is met, and compaction has dropped some',
    edits: [
      {
        file: INDEX,
        find: '    entry.version = write.version;',
        replace: '    entry.version = before + 1;',
      },
    ],
    detectors: [indexTest, storeTest],
  },
  {
    name: 'promised-room-never-given-back',
    why: 'every put of a new key counts twice against maxKeys, until none is taken any more',
    edits: [{ file: INDEX, find: '    this.#reservedKeys -= keys;\n', replace: '' }],
    detectors: [indexTest],
  },
  {
    name: 'locks-shared-between-stores',
    why: 'a put in one store is refused because of a put in another',
    edits: [
      {
        file: LOCKS,
        find: '    this.#index = index;',
        replace: '    this.#index = (globalThis as { locked?: KeyIndex }).locked ??= index;',
      },
    ],
    detectors: ['test/actors/lock-table.test.ts', 'test/actors/key-locks.machine.test.ts', storeTest],
  },
  {
    name: 'lock-taken-over',
    why: 'two puts write one key at the same time',
    edits: [
      {
        file: LOCKS,
        find: 'for (const key of keys) if (this.#index.find',
        replace: 'for (const key of keys.slice(1)) if (this.#index.find',
      },
    ],
    detectors: ['test/actors/lock-table.test.ts', storeTest],
  },
  {
    name: 'refused-key-kept',
    why: 'every put of a new key that is refused takes memory that no limit counts, until there is none left',
    edits: [{ file: LOCKS, find: '      if (entry.version === 0) this.#index.leave(keys[index]!);\n', replace: '' }],
    detectors: ['test/actors/lock-table.test.ts'],
  },
  {
    name: 'new-key-stays-unwritten',
    why: 'a put that makes a key cannot be read, and its key is lost with the lock',
    edits: [{ file: INDEX, find: '        this.#entries.set(key, entry);\n', replace: '' }],
    detectors: [indexTest, storeTest],
  },
  {
    name: 'reader-given-the-entry',
    why: 'what a reader was given changes under it, while it is being written to the socket',
    edits: [
      {
        file: INDEX,
        find: '? { value: entry.value, version: entry.version } : undefined',
        replace: '? (entry as StoredValue) : undefined',
      },
    ],
    detectors: [indexTest],
  },
];
