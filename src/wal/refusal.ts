/** Why a store must not start, and the exit code that says so. */
import { BadRecord } from './wire.ts';

/** Exit codes of the process, after sysexits.h where one fits. */
export const exitCodes = {
  stopped: 0,
  damage: 65,
  bug: 70,
  inputOutput: 74,
  directoryInUse: 75,
  settings: 78,
} as const;

export type StartExitCode = 65 | 74 | 75 | 78;

/** The store must not start. `message` is one line for the person who started it: what, where, and what to do. */
export class StartRefusal extends Error {
  readonly exitCode: StartExitCode;
  constructor(exitCode: StartExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartRefusal';
    this.exitCode = exitCode;
  }
}

/** Transactions that a damaged place may have held; `last` is undefined where nothing tells. */
export interface SeqRange {
  readonly first: number;
  readonly last: number | undefined;
}

export interface DamageReport {
  /** Path of the file. */
  readonly file: string;
  /** Byte offset in the file. */
  readonly offset: number;
  readonly seqs: SeqRange;
  /** What was found there, as a clause: `batch head fails its checksum`. */
  readonly what: string;
}

/** Bytes that fail their checks and that no crash can explain. Nothing is served from them and nothing is dropped. */
export class Damage extends StartRefusal {
  readonly report: DamageReport;
  constructor(report: DamageReport) {
    const { file, offset, seqs, what } = report;
    super(
      exitCodes.damage,
      `damage in ${file} at offset ${offset}, ${describeSeqs(seqs)}: ${what}; restore this file from a copy`,
    );
    this.name = 'Damage';
    this.report = report;
  }
}

/** What `read` returns. A bad record in what it reads is damage, for its checksum was good. */
export function orDamage<T>(read: () => T, damageOf: (what: string) => Damage): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BadRecord)) throw error;
    throw damageOf(`a good checksum over a bad record (${error.message})`);
  }
}

export function missingBlock(directory: string, what: string): StartRefusal {
  return new StartRefusal(exitCodes.damage, `a block is missing in ${directory}: ${what}; restore it from a copy`);
}

/** `newest` is the name of the newest file. */
export function missingSuccessor(directory: string, newest: string): StartRefusal {
  return missingBlock(directory, `${newest} is sealed, and its successor is not there`);
}

function describeSeqs({ first, last }: SeqRange): string {
  if (last === undefined) return `transactions from ${first} on`;
  if (last < first) return `after transaction ${last}`;
  return last === first ? `transaction ${first}` : `transactions ${first} to ${last}`;
}
