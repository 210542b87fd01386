/** Why a merge came to nothing. The log is untouched by it: its inputs are all there, and nothing has a new name. */
import { errnoOf, isNoRoom } from './platform.ts';
import { exitCodes, StartRefusal } from './refusal.ts';

export type MergeFailureKind =
  /** An input fails its checks, or is not there. Trying again cannot help, and the next start will refuse. */
  | 'damagedInput'
  /** The disk would be left with less than the log needs. */
  | 'noRoom'
  /**
   * Anything else. A read error of an input is among these and not `damagedInput`: reading changes nothing, so it is safe
   * to try again, and a disk that hiccups once must not end compaction for the rest of the process's life.
   */
  | 'failed';

/** `message` is one line that names the file. */
export class MergeFailure extends Error {
  readonly kind: MergeFailureKind;
  constructor(kind: MergeFailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MergeFailure';
    this.kind = kind;
  }
}

/** What of a failure crosses from one thread to another, where an error would lose its class. */
export interface PlainFailure {
  readonly kind: MergeFailureKind;
  readonly message: string;
  /** Where it happened, of the first error among its causes. */
  readonly stack: string | undefined;
}

export function toMergeFailure(error: unknown): MergeFailure {
  if (error instanceof MergeFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new MergeFailure(kindOf(error), message, { cause: error });
}

export function toPlainFailure(error: unknown): PlainFailure {
  const { kind, message, cause, stack } = toMergeFailure(error);
  return { kind, message, stack: cause instanceof Error ? cause.stack : stack };
}

export function fromPlainFailure({ kind, message, stack }: PlainFailure): MergeFailure {
  const failure = new MergeFailure(kind, message);
  if (stack !== undefined) failure.stack = stack;
  return failure;
}

function kindOf(error: unknown): MergeFailureKind {
  if (isNoRoom(error)) return 'noRoom';
  if (!(error instanceof StartRefusal)) return 'failed';
  const isGone = errnoOf(error.cause) === 'ENOENT';
  return error.exitCode === exitCodes.damage || isGone ? 'damagedInput' : 'failed';
}
