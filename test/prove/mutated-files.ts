/** The pure files whose tests are measured by mutation, each with the test files that speak of it. */

export interface MutatedFile {
  readonly source: string;
  readonly tests: readonly string[];
}

const wal = (name: string, ...more: string[]): MutatedFile => ({
  source: `src/wal/${name}.ts`,
  tests: [name, ...more].map((test) => `test/wal/${test}.test.ts`),
});

const actors = (name: string): MutatedFile => ({
  source: `src/actors/${name}.ts`,
  tests: [`test/actors/${name}.test.ts`],
});

export const mutatedFiles: readonly MutatedFile[] = [
  wal('format'),
  wal('block-name'),
  wal('block-set'),
  wal('batch-codec'),
  wal('tx-codec', 'tx-codec-bad'),
  { source: 'src/wal/plain-tx.ts', tests: ['test/wal/tx-codec.test.ts'] },
  wal('value'),
  wal('key-order'),
  wal('tail-verdict'),
  wal('compaction-policy'),
  wal('entry-slice'),
  {
    source: 'src/wal/wire.ts',
    tests: ['entry-slice', 'read-record', 'tx-codec-bad'].map((test) => `test/wal/${test}.test.ts`),
  },
  wal('read-record'),
  wal('compacted-writer'),
  wal('merge-source'),
  wal('merge-pace'),
  wal('latest-entries'),
  wal('half-sip-hash'),
  {
    source: 'src/wal/whole-block.ts',
    tests: ['test/wal/recovery-compacted.test.ts', 'test/wal/recovery-sealed.test.ts'],
  },
  wal('refusal'),
  {
    source: 'src/actors/key-entry.ts',
    tests: ['key-index', 'lock-table', 'transaction.machine'].map((test) => `test/actors/${test}.test.ts`),
  },
  actors('lock-table'),
  actors('key-index'),
  actors('write-batch'),
  actors('arrival-list'),
];
