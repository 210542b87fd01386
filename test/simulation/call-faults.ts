/**
 * Each file call of the fixed run fails, one after the other, in each way, once or from then on. Whatever fails,
 * nothing that was acknowledged is lost; and what fails once has just the consequence that the log's rules say.
 */
import type { Call, CallKind } from '../support/faulty-files.ts';
import type { InjectedFault } from './fault-plan.ts';
import { type Consequence, type Ending, type FixedRun, type Phase, runFixed } from './fixed-run.ts';
import { Wrong } from './verdict.ts';

export const FAILURES = ['EIO', 'ENOSPC', 'EMFILE', 'short'] as const;
export type Failure = (typeof FAILURES)[number];

/** `short`: half of a write gets through and the rest meets a full disk; a read ends too early. */
const SHORT: ReadonlySet<CallKind> = new Set<CallKind>(['write', 'appendDurably', 'read']);

export interface FixedCall extends Call {
  readonly phase: Phase;
}

/** How many calls that are; a test holds it against them. */
export const FIXED_CALLS = 338;

/** The calls of the fixed run when nothing fails. */
export async function callsOfFixedRun(): Promise<FixedCall[]> {
  const calls: FixedCall[] = [];
  const faultOf = (call: Call, phase: Phase) => void calls.push({ ...call, phase });
  await runFixed({ faultOf, ending: 'process' });
  return calls;
}

export interface Way {
  readonly failure: Failure;
  /** All that follows fails as well, until somebody notices and mends it. */
  readonly isLasting: boolean;
  readonly ending: Ending;
}

export const ALL_WAYS: readonly Way[] = FAILURES.flatMap((failure) =>
  [false, true].flatMap((isLasting) =>
    (['process', 'power'] as const).map((ending): Way => ({ failure, isLasting, ending })),
  ),
);

/** Each failure, each duration, each ending, and not all together. */
export const FEW_WAYS: readonly Way[] = [
  { failure: 'EIO', isLasting: false, ending: 'process' },
  { failure: 'EIO', isLasting: true, ending: 'power' },
  { failure: 'ENOSPC', isLasting: false, ending: 'power' },
  { failure: 'EMFILE', isLasting: true, ending: 'process' },
  { failure: 'short', isLasting: false, ending: 'power' },
];

/** Fails one call in these ways; resolves with how many runs that took. */
export async function failCall(calls: readonly FixedCall[], index: number, ways: readonly Way[]): Promise<number> {
  const possible = ways.filter(({ failure }) => failure !== 'short' || SHORT.has(calls[index]!.kind));
  for (const way of possible) await failOnce(calls, index, way);
  return possible.length;
}

async function failOnce(calls: readonly FixedCall[], index: number, way: Way): Promise<void> {
  const { failure, isLasting, ending } = way;
  let number = -1;
  const faultOf = ({ kind }: Call): InjectedFault | undefined => {
    number += 1;
    const isHit = isLasting ? number >= index : number === index;
    return isHit ? faultFor(failure, kind) : undefined;
  };
  try {
    const run = await runFixed({ faultOf, ending });
    if (!isLasting) checkConsequence(calls, index, failure, run);
  } catch (error) {
    const { kind, file, what, phase } = calls[index]!;
    const times = isLasting ? 'from then on' : 'once';
    const where = `call ${index}, ${kind} ${file} ${what} while ${phase}, fails with ${failure} ${times} (${ending})`;
    const replay = `replay: npx node test/simulation/replay.ts --call ${index}`;
    throw new Wrong(`${where}: ${(error as Error).message}\n${replay}`, { cause: error });
  }
}

function checkConsequence(
  calls: readonly FixedCall[],
  index: number,
  failure: Failure,
  { consequences, events }: FixedRun,
): void {
  const [found = 'none'] = consequences;
  const allowed = consequencesOf(calls, index, failure);
  if (!allowed.includes(found)) throw new Wrong(`it came to "${found}" and not to "${allowed.join('" or "')}"`);
  if (calls[index]!.kind === 'syncDirectory' && found === 'none' && !events.has('compaction_stopped'))
    throw new Wrong('a directory that could not be synced came to nothing');
}

function faultFor(failure: Failure, kind: CallKind): InjectedFault {
  if (failure !== 'short') return { errno: failure };
  return kind === 'read' ? { readsShort: true } : { errno: 'ENOSPC', share: 0.5 };
}

/** What one failed call may come to, by the rules of what is final: the first thing that anybody notices. */
function consequencesOf(calls: readonly FixedCall[], index: number, failure: Failure): readonly Consequence[] {
  const { kind, file, phase } = calls[index]!;
  if (isSpare(file) && !(kind === 'unlink' && phase === 'opening')) {
    if (kind === 'close' || kind === 'unlink') return ['none'];
    // Made ahead of need: what failed shows when it is needed, and want of room only if it has not passed by then.
    if (failure === 'EIO') return isUsed(calls, index) ? ['halted'] : ['none'];
    return ['none', 'no room'];
  }
  if (phase === 'opening') {
    // The first look of the directory watch comes before anybody is told that the store has opened.
    if (kind === 'stat') return ['none', 'refused'];
    return failure === 'short' && kind === 'read' ? ['none', 'refused'] : ['refused'];
  }
  if (!file.endsWith('.log') && kind !== 'syncDirectory') return ['none'];
  if (kind === 'appendDurably') return ['halted'];
  // Of the log during rotation, or of a merge: only the first is final.
  return kind === 'close' || kind === 'syncDirectory' ? ['none', 'halted'] : ['none'];
}

function isSpare(file: string): boolean {
  return file.startsWith('blank-');
}

/** Whether the spare becomes a block before its process ends. */
function isUsed(calls: readonly FixedCall[], index: number): boolean {
  const { file } = calls[index]!;
  const end = calls.findIndex(({ kind, file: other }, at) => at > index && kind === 'lock' && other === 'LOCK');
  return calls.slice(index, end === -1 ? undefined : end).some((call) => call.kind === 'rename' && call.file === file);
}
