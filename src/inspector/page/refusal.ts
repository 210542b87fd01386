/** Says in plain words what became of a put, and what its client can do now. */
import type { KeyRecord, StateName, TransactionRecord } from '../protocol.ts';
import { formatDuration, plural, shortId, visibleKey } from './format-numbers.ts';

/** A piece of a sentence: words, a key, or a transaction that can be gone to. */
export type Piece = { readonly text: string } | { readonly key: string } | { readonly id: string };

export interface Verdict {
  readonly sentence: readonly Piece[];
  readonly advice?: string;
}

export function verdictOn(record: TransactionRecord, nowMs: number): Verdict {
  switch (record.outcome) {
    case 'stale':
      return staleVerdict(record);
    case 'inFlight':
      return inFlightVerdict(record);
    case 'refused':
      return {
        sentence: [text(`Refused: ${record.error ?? record.code ?? 'no reason was given'}.`)],
        advice: 'Nothing was written. Put it again once there is room.',
      };
    case 'rolledBack':
      return {
        sentence: [text(`Rolled back: ${record.error ?? 'the flush failed'}.`)],
        advice: 'Nothing was written, and nothing will be. It is safe to put it again.',
      };
    case 'undecided':
      return {
        sentence: [text(`Unknown: ${record.error ?? 'the disk failed while the put was being written'}.`)],
        advice: 'It may be there after the next start, or not. Read its keys then, and compare.',
      };
    case 'committed':
      return committedVerdict(record);
    case 'underWay':
      return underWayVerdict(record, nowMs);
  }
}

export function plainText(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) => {
      if ('key' in piece) return `\`${visibleKey(piece.key)}\``;
      return 'id' in piece ? shortId(piece.id) : piece.text;
    })
    .join('');
}

/** `awaitingFlush` → `awaiting its flush` */
export function stateInWords(state: StateName | undefined): string {
  return state === undefined ? 'just ended' : (STATES_IN_WORDS[state] ?? state);
}

const STATES_IN_WORDS: Readonly<Record<StateName, string>> = {
  reserving: 'asking for its keys',
  validating: 'comparing versions',
  staging: 'encoding its record',
  awaitingFlush: 'awaiting its flush',
  overdue: 'overdue at the disk',
  committed: 'just committed',
  rejected: 'just refused',
  rolledBack: 'just rolled back',
  undecided: 'left undecided by the disk',
};

function staleVerdict(record: TransactionRecord): Verdict {
  const against = record.keys.filter(({ conflict }) => conflict !== undefined);
  const first = against.find(({ conflict }) => conflict === 'stale');
  if (!first)
    return { sentence: [text('Refused: a key has another version than was expected.')], advice: STALE_ADVICE };
  return {
    sentence: [text('Refused: '), { key: first.key }, ...versionsOf(first, record), ...others(against.length - 1)],
    advice: STALE_ADVICE,
  };
}

const STALE_ADVICE = 'Nothing was written. Read the key again, decide again, and put with the version that you read.';

function versionsOf({ expected, current, writer }: KeyRecord, { startedMs }: TransactionRecord): Piece[] {
  const wasExpected = expected === 0 ? ' was expected not to exist' : ` was expected at version ${expected}`;
  if (current === undefined) return [text(`${wasExpected}, which it has not`)];
  const is = current === 0 ? ' but does not exist' : ` but is at ${expected === 0 ? 'version ' : ''}${current}`;
  if (!writer) return [text(wasExpected + is)];
  const earlierMs = startedMs - writer.atMs;
  const when = earlierMs > 0 ? `${formatDuration(earlierMs)} earlier` : 'a moment before';
  return [text(`${wasExpected}${is}, written ${when} by `), { id: writer.id }];
}

function inFlightVerdict(record: TransactionRecord): Verdict {
  const against = record.keys.filter(({ conflict }) => conflict === 'inFlight');
  const [first] = against;
  if (!first)
    return { sentence: [text('Refused: another put was writing one of its keys.')], advice: IN_FLIGHT_ADVICE };
  const sentence: Piece[] = [text('Refused: '), { key: first.key }, text(' was being written by ')];
  const rival = record.rivals.find(({ id }) => id === first.holder) ?? record.rivals[0];
  const holder = first.holder ?? rival?.id;
  sentence.push(holder === undefined ? text('another put') : { id: holder });
  if (rival) {
    const age = rival.ageMs === undefined ? '' : `, ${formatDuration(rival.ageMs)} old`;
    sentence.push(text(` (${stateInWords(rival.state)}${age})`));
  }
  return { sentence: [...sentence, ...others(against.length - 1)], advice: IN_FLIGHT_ADVICE };
}

const IN_FLIGHT_ADVICE =
  'Nothing was written, and a put never waits for a key. Try again after that flush; if the rival commits, read the new version first.';

function committedVerdict({ keyCount, seq, code, startedMs, endedMs }: TransactionRecord): Verdict {
  const took = endedMs === undefined ? '' : ` ${formatDuration(endedMs - startedMs)} after it was asked for`;
  const sentence = [
    text(`Committed${seq === undefined ? '' : ` as seq ${seq}`}: ${plural(keyCount, 'key')} on disk${took}.`),
  ];
  if (code !== 'OUTCOME_UNKNOWN') return { sentence };
  return { sentence, advice: 'The disk was so slow that the client had been told OUTCOME_UNKNOWN by then.' };
}

function underWayVerdict({ code, steps, startedMs }: TransactionRecord, nowMs: number): Verdict {
  const age = formatDuration(Math.max(0, nowMs - startedMs));
  const sentence = [text(`Under way for ${age}, ${stateInWords(steps.at(-1)?.to)}.`)];
  if (code !== 'OUTCOME_UNKNOWN') return { sentence };
  return { sentence, advice: 'The client was told OUTCOME_UNKNOWN. The keys stay held until the disk answers.' };
}

function others(count: number): Piece[] {
  if (count <= 0) return [text('.')];
  return [text(count === 1 ? '; one more key stood against it.' : `; ${count} more keys stood against it.`)];
}

function text(words: string): Piece {
  return { text: words };
}
