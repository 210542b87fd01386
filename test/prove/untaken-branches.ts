/** Branches of `src/wal` and `src/actors` that no test in this process takes, each with its reason. */

export interface UntakenBranch {
  readonly file: string;
  /** The line of the branch, without its indentation. Numbers of lines would change too often. */
  readonly line: string;
  /** Its kind, and which of the two or more it is. */
  readonly branch: string;
  readonly why: string;
}

const OTHER_SYSTEM = 'taken on macOS only, where an append is a write and a sync';
const BUG_OF_OURS = 'passes on an error that only a bug in the decoder could throw';
const PROTOBUF = 'the type that protobufjs declares; its decoder fills in the default instead';

export const untakenBranches: readonly UntakenBranch[] = [
  {
    file: 'src/actors/compile-machine.ts',
    line: "const logic = typeof src === 'string' ? this.#machine.implementations.actors[src] : undefined;",
    branch: 'cond-expr 2',
    why: 'XState gives every invoked actor a name, also one that is written inline; its type says otherwise',
  },
  {
    file: 'src/actors/machine-table.ts',
    line: 'if (child) run.scope.defer(() => run.scope.stopChild(child));',
    branch: 'if 2',
    why: 'a state that is left has its invoked actors; the compiler of TypeScript cannot know',
  },
  {
    file: 'src/wal/block-reader.ts',
    line: 'if (seq < firstSeq || seq > (lastInput?.lastSeq ?? 0))',
    branch: 'binary-expr 2',
    why: 'a compacted block always has a last input; the compiler of TypeScript cannot know',
  },
  {
    file: 'src/wal/refusal.ts',
    line: 'if (!(error instanceof BadRecord)) throw error;',
    branch: 'if 1',
    why: BUG_OF_OURS,
  },
  {
    file: 'src/wal/node-platform.ts',
    line: "const O_DSYNC = process.platform === 'linux' ? fs.constants.O_DSYNC : 0;",
    branch: 'cond-expr 2',
    why: OTHER_SYSTEM,
  },
  {
    file: 'src/wal/node-platform.ts',
    line: 'return new AppendFile(fd, O_DSYNC === 0 ? NO_FD : await open(path, O_RDWR));',
    branch: 'cond-expr 1',
    why: OTHER_SYSTEM,
  },
  {
    file: 'src/wal/node-platform.ts',
    line: 'if (O_DSYNC === 0) await this.sync();',
    branch: 'if 1',
    why: OTHER_SYSTEM,
  },
  {
    file: 'src/wal/recovery.ts',
    line: 'this.#bytes += found?.bytes ?? 0;',
    branch: 'binary-expr 2',
    why: 'a file that somebody deletes between two calls of the start; opening it is refused a moment later',
  },
  { file: 'src/wal/tx-codec.ts', line: "const key = message.key ?? '';", branch: 'binary-expr 2', why: PROTOBUF },
  {
    file: 'src/wal/tx-codec.ts',
    line: 'if (message.array) return (message.array.numbers ?? []).map(fromNumberMessage);',
    branch: 'binary-expr 2',
    why: PROTOBUF,
  },
  {
    file: 'src/wal/tx-codec.ts',
    line: 'if (value === null || value === undefined) return 0;',
    branch: 'if 1',
    why: PROTOBUF,
  },
  {
    file: 'src/wal/tx-codec.ts',
    line: "if (typeof value === 'number') return value;",
    branch: 'if 1',
    why: PROTOBUF,
  },
];
