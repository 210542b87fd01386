/** Bugs in what is believed of the bytes found at start, and in the bytes themselves. */
import type { PlantedBug } from './planted-bug.ts';

const FORMAT = 'src/wal/format.ts';
const READER = 'src/wal/block-reader.ts';
const RECOVERY = 'src/wal/recovery.ts';
const REWRITE = 'src/wal/rewrite-newest.ts';

const formatTest = 'test/wal/format.test.ts';
const batchTest = 'test/wal/batch-codec.test.ts';
const txTest = 'test/wal/tx-codec.test.ts';
const sealedTest = 'test/wal/recovery-sealed.test.ts';
const tailTest = 'test/wal/recovery-tail.test.ts';
const rewriteTest = 'test/wal/recovery-rewrite.test.ts';

export const bugsInRecovery: readonly PlantedBug[] = [
  {
    name: 'log-cut-at-damage',
    why: 'a bad batch in the middle of the log passes for a torn tail, and acknowledged puts behind it are dropped',
    edits: [
      { file: 'src/wal/tail-verdict.ts', find: '  if (proof) {', replace: '  if (proof && proof.durableSeq < 0) {' },
    ],
    detectors: ['test/wal/tail-verdict.test.ts', tailTest],
  },
  {
    name: 'bad-checksum-of-a-record-accepted',
    why: 'rotten bytes are served',
    edits: [
      {
        file: FORMAT,
        find: 'return from.readUInt32LE(at + 4) === frameCrc(from, at, length, seed) ? length : 0;',
        replace: 'return length;',
      },
    ],
    detectors: [formatTest, batchTest],
  },
  {
    name: 'bad-checksum-of-a-batch-head-accepted',
    why: 'the place and the length of a batch are taken from rotten bytes',
    edits: [
      {
        file: FORMAT,
        find: '  if (from.readUInt32LE(at + 4) !== headCrc(from, at, seed, fileOffset)) return undefined;\n',
        replace: '',
      },
    ],
    detectors: [formatTest, batchTest],
  },
  {
    name: 'digest-of-a-sealed-block-not-checked',
    why: 'rot between the batches of a sealed block goes unseen',
    edits: [
      {
        file: READER,
        find: 'if (Buffer.compare(footer.digest, this.digest()) !== 0)',
        replace: 'if (footer.digest.length === 0)',
      },
    ],
    detectors: [sealedTest],
  },
  {
    name: 'replay-by-position',
    why: 'a record in the wrong place is taken for the one that belongs there',
    edits: [
      {
        file: READER,
        find: 'if (tx.seq !== expected)',
        replace: 'if (tx.seq < 1)',
      },
    ],
    detectors: [sealedTest, tailTest],
  },
  {
    name: 'versions-not-checked-at-replay',
    why: 'a lost record goes unseen, and a version goes missing',
    edits: [{ file: RECOVERY, find: 'write.version === before + 1 : write.version > before', replace: 'true : true' }],
    detectors: [sealedTest],
  },
  {
    name: 'chain-of-blocks-not-checked',
    why: 'an older copy of a block is taken for the block',
    edits: [{ file: RECOVERY, find: 'if (!sameLink(said, here)) {', replace: 'if (said.number !== here.number) {' }],
    detectors: [sealedTest],
  },
  {
    name: 'half-a-batch-applied',
    why: 'after a crash in the middle of a write some puts of the batch are there and others are not, and none was acknowledged',
    edits: [
      {
        file: 'src/wal/batch-codec.ts',
        find: '    if (length === 0) return undefined;\n',
        replace: '    if (length === 0) return payloads.length > 0 ? payloads : undefined;\n',
      },
      { file: READER, find: 'if (payloads.length !== head.txCount)', replace: 'if (payloads.length > head.txCount)' },
    ],
    detectors: [batchTest, tailTest],
  },
  {
    name: 'tail-not-rewritten',
    why: 'what the page cache shows after a failed sync is served, and the next power cut takes it away',
    edits: [
      {
        file: RECOVERY,
        find: '} else if (end.offset === PAGE_BYTES) {',
        replace: '} else {',
      },
    ],
    detectors: [rewriteTest],
  },
  {
    name: 'rewritten-tail-without-mark',
    why: 'rot in the last batch after a crash passes for a torn tail: an acknowledged put is dropped without a word',
    edits: [{ file: REWRITE, find: '  if (!isEmpty) {', replace: '  if (isEmpty && !isEmpty) {' }],
    detectors: [rewriteTest],
  },
  {
    name: 'rewritten-tail-not-synced',
    why: 'the new file takes the place of the old one before it is on the disk',
    edits: [{ file: REWRITE, find: '  await file.sync();\n', replace: '' }],
    detectors: [rewriteTest],
  },
  {
    name: 'seal-finished-without-proof',
    why: 'an older block whose content is not what its successor says is sealed and served',
    edits: [
      { file: RECOVERY, find: '    if (!sameLink(said, link)) {', replace: '    if (said.number !== link.number) {' },
    ],
    detectors: [sealedTest],
  },
  {
    name: 'read-error-taken-for-zeros',
    why: 'a disk that cannot be read looks like the end of the log',
    edits: [
      {
        file: READER,
        find: '.read(into, offset).catch((error) => refuseUnreadable(this.#path, offset, error));',
        replace: '.read(into, offset).catch(() => into.fill(0).length);',
      },
    ],
    detectors: ['test/wal/recovery-read-errors.test.ts'],
  },
  {
    name: 'batch-not-padded-to-a-page',
    why: 'a page that holds acknowledged data is written again, and a torn write takes it along',
    edits: [
      {
        file: FORMAT,
        find: 'return pageCeil(BATCH_HEAD_BYTES + payloadBytes);',
        replace: 'return BATCH_HEAD_BYTES + payloadBytes;',
      },
    ],
    detectors: [formatTest, batchTest],
  },
  {
    name: 'padding-not-cleared',
    why: 'what an earlier batch held reaches the disk behind this one',
    edits: [{ file: 'src/wal/batch-codec.ts', find: '  into.fill(0, at, extent);\n', replace: '' }],
    detectors: [batchTest],
  },
  {
    name: 'one-key-of-a-put-not-logged',
    why: 'a put is whole until the restart, and half a put after it',
    edits: [
      {
        file: 'src/wal/tx-codec.ts',
        find: 'const bytes = encodePlainTx(id, writes) ?? encodeAnyTx(id, writes);',
        replace: `const all = writes.slice(0, Math.max(1, writes.length - 1));
  const bytes = encodePlainTx(id, all) ?? encodeAnyTx(id, all);`,
      },
    ],
    detectors: [txTest],
  },
  {
    name: 'whole-float-becomes-an-integer',
    why: '2.0 comes back as 2 after a restart',
    edits: [
      {
        file: 'src/wal/value.ts',
        find: 'return Number.isInteger(float) ? new WholeFloat(float) : float;',
        replace: 'return Number.isSafeInteger(float) ? float : new WholeFloat(float);',
      },
    ],
    detectors: ['test/wal/value.test.ts', txTest],
  },
];
