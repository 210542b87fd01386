/** Bugs in the order and the care with which the log reaches the disk. */
import type { PlantedBug } from './planted-bug.ts';

const WRITER = 'src/wal/block-writer.ts';
const DIRECTORY = 'src/wal/data-directory.ts';
const PLATFORM = 'src/wal/node-platform.ts';

const writerTest = 'test/wal/block-writer.test.ts';
const failuresTest = 'test/wal/block-writer-failures.test.ts';
const firstStartTest = 'test/wal/first-start.test.ts';
const storeTest = 'test/store.test.ts';

export const bugsInDurability: readonly PlantedBug[] = [
  {
    name: 'acknowledged-before-it-is-durable',
    why: 'Success is told while the batch is still on its way to the disk',
    edits: [{ file: WRITER, find: '    await appended;\n', replace: '    appended.catch(() => {});\n' }],
    detectors: [writerTest, failuresTest, storeTest],
  },
  {
    name: 'error-of-an-append-ignored',
    why: 'Success is told after an EIO',
    edits: [{ file: WRITER, find: '    await appended;\n', replace: '    await appended.catch(() => {});\n' }],
    detectors: [failuresTest, storeTest],
  },
  {
    name: 'failed-sync-tried-again',
    why: 'after a failed sync the system may call pages clean that never reached the disk, and the second sync succeeds',
    edits: [
      {
        file: WRITER,
        find: '    await appended;\n',
        replace: '    await appended.catch(() => active.file.sync());\n',
      },
    ],
    detectors: [failuresTest, storeTest],
  },
  {
    name: 'writing-goes-on-after-a-failure',
    why: 'a batch is written behind one of which nobody knows whether it is there',
    edits: [{ file: WRITER, find: '      if (!(error instanceof NoRoom)) this.#broken = error;\n', replace: '' }],
    detectors: [failuresTest],
  },
  {
    name: 'directory-not-synced-at-rotation',
    why: 'a power cut takes the name of the new block, and the acknowledged puts in it',
    edits: [{ file: WRITER, find: '    await files.syncDirectory(directory);\n', replace: '' }],
    detectors: [writerTest],
  },
  {
    name: 'directory-not-synced-at-first-start',
    why: 'a power cut leaves an IDENTITY without block 1, and the store never starts again',
    edits: [
      {
        file: DIRECTORY,
        find: '  await files.rename(blank.path, target);\n  await files.syncDirectory(directory);\n',
        replace: '  await files.rename(blank.path, target);\n',
      },
    ],
    detectors: [firstStartTest],
  },
  {
    name: 'identity-not-synced',
    why: 'a power cut soon after the first start leaves an IDENTITY of zeros',
    edits: [
      {
        file: DIRECTORY,
        find: '  await file.sync();\n  await file.close();\n  await files.rename(temporary,',
        replace: '  await file.close();\n  await files.rename(temporary,',
      },
    ],
    detectors: [firstStartTest],
  },
  {
    name: 'name-before-header',
    why: 'a crash in the middle of a rotation leaves a block without header, and the store never starts again',
    edits: [
      {
        file: WRITER,
        find: '      await file.appendDurably(header, 0);\n      await files.rename(blank.path, target);\n',
        replace: '      await files.rename(blank.path, target);\n      await file.appendDurably(header, 0);\n',
      },
    ],
    detectors: [writerTest],
  },
  {
    name: 'sealed-before-the-successor-has-its-name',
    why: 'a crash in the middle of a rotation leaves a sealed block without successor: the start is refused',
    edits: [
      {
        file: WRITER,
        find: `    const next = await this.#nameBlank(blank, previous);
    await files.syncDirectory(directory);

    const footer = {
      lastSeq: old.lastSeq,
      txCount: old.txCount,
      byteLength: old.offset,
      nextBlock: next.number,
      digest: previous.digest,
    };
    await old.file.appendDurably(encodeFooter(footer, logBlockName(old.number), this.#seed), old.offset);
`,
        replace: `    const footer = {
      lastSeq: old.lastSeq,
      txCount: old.txCount,
      byteLength: old.offset,
      nextBlock: old.number + 1,
      digest: previous.digest,
    };
    await old.file.appendDurably(encodeFooter(footer, logBlockName(old.number), this.#seed), old.offset);
    const next = await this.#nameBlank(blank, previous);
    await files.syncDirectory(directory);
`,
      },
    ],
    detectors: [writerTest],
  },
  {
    name: 'blank-block-not-synced',
    why: 'batches are appended to space that a power cut takes away again',
    edits: [
      {
        file: 'src/wal/blank-block.ts',
        find: '    await file.sync();\n    return { path, file, blockBytes };',
        replace: '    return { path, file, blockBytes };',
      },
    ],
    detectors: [writerTest, firstStartTest],
  },
  {
    name: 'seq-used-twice',
    why: 'two transactions have one number, and the log does not replay',
    edits: [
      {
        file: WRITER,
        find: '    active.lastSeq += payloads.length;\n',
        replace: '    active.lastSeq += Math.min(1, payloads.length);\n',
      },
    ],
    detectors: [writerTest, 'test/wal/recovery-start.test.ts'],
  },
  {
    name: 'last-put-lost-at-rotation',
    why: 'of the batch that begins a block, the last put is acknowledged and not written',
    edits: [
      {
        file: WRITER,
        find: '      if (payloads.length === 0) return;\n',
        replace:
          '      if (payloads.length === 0) return;\n      if (payloads.length > 1) payloads = payloads.slice(0, -1);\n',
      },
    ],
    detectors: [writerTest, 'test/wal/log-model.test.ts'],
  },
  {
    name: 'seqs-of-a-batch-reversed',
    why: 'the log holds the transactions of a batch in another order than their numbers',
    edits: [
      {
        file: WRITER,
        find: 'setSeq(record, 0, firstSeq + index);',
        replace: 'setSeq(record, 0, firstSeq + records.length - 1 - index);',
      },
    ],
    detectors: [writerTest, 'test/wal/recovery-start.test.ts'],
  },
  {
    name: 'two-owners-of-a-directory',
    why: 'two servers write one log',
    edits: [
      {
        file: PLATFORM,
        find: 'if (isBusy(error)) return undefined;',
        replace: "if (isBusy(error)) return new DatabaseSync(':memory:');",
      },
    ],
    detectors: [storeTest, 'test/wal/lock.test.ts'],
  },
  {
    name: 'short-write-taken-for-whole',
    why: 'the end of a batch is missing on the disk, and its callers were told Success',
    edits: [
      {
        file: PLATFORM,
        find: '  while (done < bytes.length) done += await writeSome(fd, bytes, done, position + done);\n',
        replace: '  done += 0;\n',
      },
    ],
    detectors: ['test/wal/node-platform.test.ts'],
  },
];
