/** Reads what "save" has written, or anything else that somebody opens by mistake: the first thing that is wrong is named. */
import type { Recording } from '../protocol.ts';

export class NotARecording extends Error {}

/** Throws `NotARecording`, whose message is for people. */
export function parseRecording(json: string): Recording {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new NotARecording(`it is not JSON: ${(error as Error).message}`);
  }
  return checkRecording(value);
}

export function checkRecording(value: unknown): Recording {
  if (!isObject(value)) throw new NotARecording(`it holds ${describe(value)}, where an object was expected`);
  if (!('format' in value) || !('frames' in value)) {
    throw new NotARecording('it has no `format` and `frames`: this JSON is something else');
  }
  if (value.format !== 1) {
    throw new NotARecording(`it has format ${JSON.stringify(value.format)?.slice(0, 40)}; this page reads format 1`);
  }
  const problem = recording(value, '');
  if (problem) throw new NotARecording(problem);
  checkOrder(value as unknown as Recording);
  return value as unknown as Recording;
}

/** Time goes forward: the page looks for moments by halving. */
function checkOrder({ frames }: Recording): void {
  frames.forEach((frame, i) => {
    const before = frames[i - 1];
    if (before && (frame.atMs < before.atMs || frame.number <= before.number)) {
      throw new NotARecording(`frames[${i}] is not later than the frame before it`);
    }
  });
}

/** Says what is wrong, if anything is. */
type Check = (value: unknown, path: string) => string | undefined;

const numeric: Check = (value, path) => (Number.isFinite(value) ? undefined : wrong(path, value, 'a number'));
const textual: Check = (value, path) => (typeof value === 'string' ? undefined : wrong(path, value, 'a string'));
const boolean: Check = (value, path) => (typeof value === 'boolean' ? undefined : wrong(path, value, 'true or false'));

function oneOf(...allowed: readonly unknown[]): Check {
  return (value, path) => (allowed.includes(value) ? undefined : wrong(path, value, allowed.map(String).join(' or ')));
}

function optional(check: Check): Check {
  return (value, path) => (value === undefined ? undefined : check(value, path));
}

function shaped(fields: Readonly<Record<string, Check>>): Check {
  const checks = Object.entries(fields);
  return (value, path) => {
    if (!isObject(value)) return wrong(path, value, 'an object');
    // Members that this page does not know are left alone: a later version may have more to tell.
    for (const [name, check] of checks) {
      const problem = check(value[name], path === '' ? name : `${path}.${name}`);
      if (problem) return problem;
    }
    return undefined;
  };
}

function listOf(check: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return wrong(path, value, 'an array');
    for (let i = 0; i < value.length; i++) {
      const problem = check(value[i], `${path}[${i}]`);
      if (problem) return problem;
    }
    return undefined;
  };
}

function mapOf(check: Check): Check {
  return (value, path) => {
    if (!isObject(value)) return wrong(path, value, 'an object');
    for (const [name, member] of Object.entries(value)) {
      const problem = check(member, `${path}[${JSON.stringify(name)}]`);
      if (problem) return problem;
    }
    return undefined;
  };
}

function numbers(...names: readonly string[]): Record<string, Check> {
  return Object.fromEntries(names.map((name) => [name, numeric]));
}

const point: Check = (value, path) =>
  Array.isArray(value) && value.length === 2 && value.every(Number.isFinite)
    ? undefined
    : wrong(path, value, 'a point');

const inner = listOf(shaped({ edge: textual, label: textual }));
const machine = oneOf('store', 'transaction', 'keyLocks', 'flusher', 'compactor');
const lifeline = oneOf('http', 'transaction', 'keyLocks', 'flusher', 'disk');
const outcome = oneOf('underWay', 'committed', 'stale', 'inFlight', 'refused', 'rolledBack', 'undecided');
const box = numbers('x', 'y', 'width', 'height');

const chart = shaped({
  machine,
  title: textual,
  about: textual,
  ...numbers('width', 'height'),
  states: listOf(shaped({ name: textual, label: textual, kind: textual, parent: optional(textual), ...box, inner })),
  edges: listOf(
    shaped({
      name: optional(textual),
      from: textual,
      to: textual,
      points: listOf(point),
      label: listOf(textual),
      labelBox: optional(shaped(box)),
    }),
  ),
});

const hello = shaped({
  type: oneOf('hello'),
  format: oneOf(1),
  version: textual,
  startedAt: textual,
  frameIntervalMs: numeric,
  hides: shaped({ keys: boolean, values: boolean }),
  settings: shaped(numbers('maxBlocks', 'maxBlockSize', 'batchTime', 'queuedPutsMax')),
  charts: listOf(chart),
});

const transaction = shaped({
  id: textual,
  startedMs: numeric,
  endedMs: optional(numeric),
  outcome,
  code: optional(textual),
  error: optional(textual),
  seq: optional(numeric),
  keyCount: numeric,
  keys: listOf(
    shaped({
      key: textual,
      expected: numeric,
      current: optional(numeric),
      written: optional(numeric),
      value: optional(textual),
      conflict: optional(oneOf('stale', 'inFlight')),
      holder: optional(textual),
      writer: optional(shaped({ id: textual, atMs: numeric })),
    }),
  ),
  steps: listOf(shaped({ atMs: numeric, edge: optional(textual), to: textual })),
  messages: listOf(shaped({ atMs: numeric, from: lifeline, to: lifeline, type: textual, detail: optional(textual) })),
  flush: optional(numeric),
  rivals: listOf(
    shaped({ id: textual, state: optional(textual), ageMs: optional(numeric), keyCount: optional(numeric) }),
  ),
});

const putCounts = numbers('begun', 'committed', 'stale', 'inFlight', 'refused', 'rolledBack', 'undecided', 'underWay');
const stateCounts = mapOf(numeric);

const frame = shaped({
  type: oneOf('frame'),
  ...numbers('number', 'atMs', 'intervalMs'),
  states: mapOf(stateCounts),
  edges: mapOf(stateCounts),
  puts: shaped(putCounts),
  sampling: shaped({
    ...numbers('oneIn', 'seen', 'chosen'),
    withheld: optional(numeric),
    keys: optional(listOf(textual)),
  }),
  transactions: listOf(transaction),
  locks: shaped({ held: numeric, shown: listOf(shaped({ key: textual, holder: textual, ageMs: optional(numeric) })) }),
  hotKeys: listOf(shaped({ key: textual, ...numbers('wins', 'stale', 'inFlight') })),
  flushes: shaped(numbers('count', 'transactions', 'bytes', 'busyMs', 'longestMs', 'failed', 'waiting')),
  flushRecords: listOf(
    shaped({
      ...numbers('number', 'startedMs', 'tookMs', 'transactions', 'bytes'),
      firstSeq: optional(numeric),
      error: optional(textual),
    }),
  ),
  blocks: shaped({
    sealed: listOf(shaped({ name: textual, bytes: numeric, kind: textual })),
    ...numbers('sealedCount', 'sealedBytes'),
    merging: listOf(textual),
  }),
  compactions: listOf(
    shaped({ ...numbers('endedMs', 'tookMs', 'inputs', 'bytesBefore', 'bytesAfter'), error: optional(textual) }),
  ),
});

const recording = shaped({ hello, frames: listOf(frame) });

function wrong(path: string, value: unknown, expected: string): string {
  const name = path === '' ? 'it' : `\`${path}\``;
  return value === undefined
    ? `${name} is missing; ${expected} was expected`
    : `${name} is ${describe(value)}, where ${expected} was expected`;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
