/**
 * The recipe of a put, from the request to the answer:
 *
 *     reserving → validating → staging → awaitingFlush → committed
 *
 * or `rejected` before anything was staged, `rolledBack` when the flush definitely failed, `undecided` when nobody knows.
 * It reads only what is durable: the index changes in the same turn in which the flush is known to have succeeded.
 */
import { assign, sendTo, setup } from 'xstate';
import { invariant } from '../invariant.ts';
import type { Conflict, PutOperation, PutOutcome } from '../outcome.ts';
import { BATCH_BYTES_MAX, BATCH_HEAD_BYTES, FRAME_HEAD_BYTES } from '../wal/format.ts';
import { encodeTx, TX_ID_BYTES, type TxWrite } from '../wal/tx-codec.ts';
import type { Place } from './arrival-list.ts';
import { currentVersion, type Hold } from './key-entry.ts';
import type { Growth, KeyIndex } from './key-index.ts';
import type {
  Append,
  Denied,
  Durable,
  FlushReply,
  Granted,
  NotApplied,
  Overdue,
  Ref,
  ToKeyLocks,
  ToTransaction,
} from './messages.ts';

export interface TransactionInput {
  /** Where its parent keeps it; also the machine's output, by which the parent finds it again. */
  readonly place: Place<unknown>;
  /** 32 hexadecimal digits, as told to the caller. */
  readonly id: string;
  readonly operations: readonly PutOperation[];
  readonly keyLocks: Ref<ToKeyLocks>;
  readonly flusher: Ref<Append>;
  readonly index: KeyIndex;
  /** Called once, in the turn in which the outcome is known. */
  readonly answer: (outcome: PutOutcome) => void;
}

export interface TransactionContext {
  readonly put: TransactionInput;
  readonly keys: readonly string[];
  /** Of all keys, once they are granted. */
  readonly hold: Hold | undefined;
  /** Keys that others held when this put asked for them. */
  readonly rivals: ReadonlyMap<string, string>;
  readonly conflicts: readonly Conflict[];
  /** Why the put could not be staged. */
  readonly refusal: PutOutcome | undefined;
  readonly staged: Staged | undefined;
}

/** What will become true when the flush succeeds. */
interface Staged {
  readonly writes: readonly TxWrite[];
  readonly record: Buffer;
  /** Room promised by the index. */
  readonly growth: Growth;
}

const NOBODY: ReadonlyMap<string, string> = new Map();
const NO_CONFLICTS: readonly Conflict[] = [];
const VERSION_MAX = Number.MAX_SAFE_INTEGER;
/** Reused: the encoder copies it. */
const idBytes = Buffer.alloc(TX_ID_BYTES);

export const transactionMachine = setup({
  types: {
    input: {} as TransactionInput,
    context: {} as TransactionContext,
    events: {} as ToTransaction,
    output: {} as Place<unknown>,
  },
  guards: {
    nothingStandsAgainstIt: ({ context }) => context.hold !== undefined && versionsAreAsExpected(context),
    itsKeysAreHeld: ({ context }) => context.hold !== undefined,
    cannotBeStaged: ({ context }) => context.refusal !== undefined,
  },
  actions: {
    reserveKeys: sendTo(
      ({ context }) => context.put.keyLocks,
      ({ context, self }) => ({
        type: 'reserve',
        keys: context.keys,
        holder: context.put.id,
        replyTo: self as Ref<ToTransaction>,
      }),
    ),
    takeHold: assign(({ context, event }) => {
      const { hold } = event as Granted;
      const { put, keys } = context;
      invariant(hold.holder === put.id && hold.entries.length === keys.length, 'a grant of what was not asked for');
      return { hold };
    }),
    noteRivals: assign(({ event }) => ({ rivals: (event as Denied).rivals })),
    noteConflicts: assign(({ context }) => ({ conflicts: findConflicts(context) })),
    stage: assign(({ context }) => stage(context)),
    append: sendTo(
      ({ context }) => context.put.flusher,
      ({ context, self }) => ({ type: 'append', record: context.staged!.record, replyTo: self as Ref<FlushReply> }),
    ),
    applyStaged: ({ context }) => {
      const { put, hold, staged } = context;
      put.index.unreserve(staged!.growth);
      put.index.apply(hold!.entries, staged!.writes, staged!.growth);
    },
    dropStaged: ({ context }) => context.put.index.unreserve(context.staged!.growth),
    releaseKeys: sendTo(
      ({ context }) => context.put.keyLocks,
      ({ context }) => ({ type: 'release', hold: context.hold! }),
    ),
    answerCommitted: ({ context, event }) => {
      const versions = context.staged!.writes.map((write) => write.version);
      context.put.answer({ code: 'COMMITTED', id: context.put.id, seq: (event as Durable).seq, versions });
    },
    answerConflicts: ({ context: { put, conflicts } }) => {
      const isStale = conflicts.some((conflict) => conflict.reason === 'stale');
      put.answer({ code: isStale ? 'STALE_VERSION' : 'KEY_IN_FLIGHT', id: put.id, conflicts });
    },
    answerRefusal: ({ context }) => context.put.answer(context.refusal!),
    answerNotApplied: ({ context, event }) => {
      const { code, error } = event as NotApplied;
      context.put.answer({ code, error });
    },
    answerUndecided: ({ context, event }) =>
      context.put.answer({ code: 'OUTCOME_UNKNOWN', cause: 'sync_failed', error: (event as Overdue).error }),
    answerOverdue: ({ context, event }) =>
      context.put.answer({ code: 'OUTCOME_UNKNOWN', cause: 'timeout', error: (event as Overdue).error }),
  },
}).createMachine({
  id: 'transaction',
  context: ({ input }) => ({
    put: input,
    keys: input.operations.map((operation) => operation.key),
    hold: undefined,
    rivals: NOBODY,
    conflicts: NO_CONFLICTS,
    refusal: undefined,
    staged: undefined,
  }),
  output: ({ context }) => context.put.place,
  initial: 'reserving',
  states: {
    reserving: {
      entry: 'reserveKeys',
      on: {
        granted: { target: 'validating', actions: 'takeHold' },
        // Its keys are compared all the same: the caller learns of every key that stands against the put.
        denied: { target: 'validating', actions: 'noteRivals' },
      },
    },
    validating: {
      always: [
        { guard: 'nothingStandsAgainstIt', target: 'staging' },
        { guard: 'itsKeysAreHeld', target: 'rejected', actions: ['noteConflicts', 'releaseKeys', 'answerConflicts'] },
        { target: 'rejected', actions: ['noteConflicts', 'answerConflicts'] },
      ],
    },
    staging: {
      entry: 'stage',
      always: [
        { guard: 'cannotBeStaged', target: 'rejected', actions: ['releaseKeys', 'answerRefusal'] },
        { target: 'awaitingFlush' },
      ],
    },
    awaitingFlush: {
      entry: 'append',
      on: {
        durable: { target: 'committed', actions: ['applyStaged', 'releaseKeys', 'answerCommitted'] },
        notApplied: { target: 'rolledBack', actions: ['dropStaged', 'releaseKeys', 'answerNotApplied'] },
        undecided: { target: 'undecided', actions: 'answerUndecided' },
        overdue: { target: 'overdue', actions: 'answerOverdue' },
      },
    },
    // The caller has been told that nobody knows yet. The keys stay held until the disk answers.
    overdue: {
      on: {
        durable: { target: 'committed', actions: ['applyStaged', 'releaseKeys'] },
        notApplied: { target: 'rolledBack', actions: ['dropStaged', 'releaseKeys'] },
        undecided: { target: 'undecided' },
      },
    },
    committed: { type: 'final' },
    rejected: { type: 'final' },
    rolledBack: { type: 'final' },
    // The keys stay held: the store has halted, and nobody may build on what may or may not be there.
    undecided: { type: 'final' },
  },
});

function versionsAreAsExpected({ put: { operations }, hold }: TransactionContext): boolean {
  const { entries } = hold!;
  for (let index = 0; index < operations.length; index++)
    if (currentVersion(entries[index]!) !== operations[index]!.version) return false;
  return true;
}

/** One conflict for each failing key, in request order. A stale key is reported as such also while somebody holds it. */
function findConflicts({ put: { operations, index }, rivals }: TransactionContext): readonly Conflict[] {
  const conflicts: Conflict[] = [];
  for (const { key, version: expected } of operations) {
    const current = index.currentVersion(key);
    if (current !== expected) conflicts.push({ key, reason: 'stale', expected, current });
    else if (rivals.has(key)) conflicts.push({ key, reason: 'in_flight', expected, current, holder: rivals.get(key)! });
  }
  return conflicts;
}

function stage({ put, hold }: TransactionContext): Pick<TransactionContext, 'staged' | 'refusal'> {
  const { id, operations, index } = put;
  const { entries } = hold!;
  const writes: TxWrite[] = [];
  for (let at = 0; at < operations.length; at++) {
    const { key, value } = operations[at]!;
    const version = entries[at]!.version + 1;
    if (version > VERSION_MAX)
      return refused({
        code: 'VERSION_EXHAUSTED',
        error: `key ${JSON.stringify(key)} has version ${VERSION_MAX}, the highest there is, and cannot be written again`,
      });
    writes.push({ key, value, version });
  }
  idBytes.write(id, 'hex');
  const record = encodeTx(idBytes, writes);
  const bytesMax = BATCH_BYTES_MAX - BATCH_HEAD_BYTES - FRAME_HEAD_BYTES;
  if (record.length > bytesMax)
    return refused({
      code: 'PUT_TOO_LARGE',
      error: `the put takes ${record.length} bytes in the log; ${bytesMax} are allowed`,
    });
  const growth = index.growthOf(entries, writes);
  const limit = index.reserve(growth);
  if (limit) return refused(limit);
  return { staged: { writes, record, growth }, refusal: undefined };
}

function refused(refusal: PutOutcome): Pick<TransactionContext, 'staged' | 'refusal'> {
  invariant(refusal.code !== 'COMMITTED', 'a refusal that commits');
  return { staged: undefined, refusal };
}
