/** The one vocabulary of outcomes: name, colour, shape and meaning are the same in every part of the page. */
import type { Outcome, PutCounts, StateName } from '../protocol.ts';

export interface OutcomeWords {
  readonly label: string;
  /** One of six; `rolledBack` and `undecided` share theirs, and differ in shape. */
  readonly color: OutcomeColor;
  readonly meaning: string;
}

export type OutcomeColor = 'committed' | 'stale' | 'in-flight' | 'failed' | 'refused' | 'under-way';

/** Most wanted first: the order of legends, stacks and filters. */
export const OUTCOMES: readonly Outcome[] = [
  'committed',
  'stale',
  'inFlight',
  'refused',
  'rolledBack',
  'undecided',
  'underWay',
];

export const outcomeWords: Readonly<Record<Outcome, OutcomeWords>> = {
  committed: {
    label: 'committed',
    color: 'committed',
    meaning: 'Every key had the expected version, and the put is on disk.',
  },
  stale: { label: 'stale', color: 'stale', meaning: 'Refused: a key has another version than the client expected.' },
  inFlight: {
    label: 'in flight',
    color: 'in-flight',
    meaning: 'Refused: another put was writing one of its keys at that moment.',
  },
  refused: { label: 'refused', color: 'refused', meaning: 'Refused for another reason, such as memory.' },
  rolledBack: { label: 'rolled back', color: 'failed', meaning: 'The flush definitely failed: nothing was written.' },
  undecided: {
    label: 'unknown',
    color: 'failed',
    meaning: 'The disk failed, and nobody knows whether it was written.',
  },
  underWay: { label: 'under way', color: 'under-way', meaning: 'Not answered yet.' },
};

/** Outcomes that a put ends with, and what is counted for each. */
export const ENDINGS = OUTCOMES.filter((outcome) => outcome !== 'underWay') as readonly Exclude<Outcome, 'underWay'>[];

export function endedPuts(puts: PutCounts): number {
  return ENDINGS.reduce((sum, outcome) => sum + puts[outcome], 0);
}

/** The colour of a state of the transaction machine. `rejected` is stale, in flight and refused at once. */
export function transactionStateColor(state: StateName): OutcomeColor {
  return STATE_COLORS[state] ?? 'under-way';
}

const STATE_COLORS: Readonly<Record<StateName, OutcomeColor>> = {
  committed: 'committed',
  rejected: 'refused',
  rolledBack: 'failed',
  undecided: 'failed',
};
