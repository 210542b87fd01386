/** Changes one thing about a history or its log, such as a store with a bug would have it. */
import type { Random } from '../support/random.ts';
import type {
  GetOperation,
  History,
  LoggedTransaction,
  Operation,
  PutOperation,
  PutOutcomeSeen,
  RequestedWrite,
} from './history.ts';
import type { Sample } from './random-history.ts';

/** May change nothing, where what it would change is not there, or return something that is right as well. */
export function changed(sample: Sample, random: Random): Sample {
  return random.pick(changes)(sample, random);
}

type Change = (sample: Sample, random: Random) => Sample;

const changes: readonly Change[] = [
  changeGet(sawAnotherVersion),
  changeGet(sawAnotherWrite),
  changeGet(sawAnotherWrite),
  changeGet(sawNothing),
  changePut(hadAnotherOutcome),
  changePut(hadAnotherOutcome),
  changePut(wasToldWrongly),
  changePut(askedForLess),
  changePut(expectedAnother),
  swapMoments,
  swapMoments,
  swapMoments,
  swapMoments,
  dropOperation,
  moveRestart,
  moveTransaction,
  moveTransaction,
  changeLog(dropTransaction),
  changeLog(changeLoggedWrite),
  changeLog(halveTransaction),
];

function changeGet(change: (get: GetOperation, random: Random, history: History) => Operation): Change {
  return changeOneOf((operation) => operation.kind === 'get', change);
}

function changePut(change: (put: PutOperation, random: Random, history: History) => Operation): Change {
  return changeOneOf((operation) => operation.kind === 'put', change);
}

function changeOneOf<T extends Operation>(
  isOne: (operation: Operation) => operation is T,
  change: (operation: T, random: Random, history: History) => Operation,
): Change {
  return ({ history, log }, random) => {
    const { operations } = history;
    const candidates = operations.filter(isOne);
    if (candidates.length === 0) return { history, log };
    const operation = random.pick(candidates);
    const other = change(operation, random, history);
    return { history: { ...history, operations: operations.with(operations.indexOf(operation), other) }, log };
  };
}

function sawAnotherVersion(get: GetOperation, random: Random): Operation {
  if (!get.found) return get;
  return { ...get, found: { ...get.found, version: get.found.version + random.pick([-1, 1]) } };
}

/** A stale read, one of the future, or one of a put that was refused. */
function sawAnotherWrite(get: GetOperation, random: Random, { operations }: History): Operation {
  const writes = operations
    .filter((other) => other.kind === 'put')
    .flatMap((put) => put.writes)
    .filter(({ key }) => key === get.key);
  if (writes.length === 0) return get;
  const { value, expected } = random.pick(writes);
  return { ...get, found: { value, version: expected + 1 } };
}

function sawNothing(get: GetOperation): Operation {
  return { ...get, found: undefined };
}

function hadAnotherOutcome(put: PutOperation, random: Random): Operation {
  const versions = put.writes.map(({ expected }) => expected + 1);
  const current = put.writes
    .filter(() => random.chance(0.7))
    .map(({ key, expected }) => ({ key, version: Math.max(0, expected + random.integer(-1, 1)) }));
  const outcome = random.pick<PutOutcomeSeen>([
    { kind: 'committed', seq: random.integer(1, 5), versions },
    { kind: 'stale', current },
    { kind: 'refused' },
    { kind: 'unknown' },
    { kind: 'unknown' },
  ]);
  // Only what nobody knows can be without an answer.
  if (outcome.kind !== 'unknown' && put.completedAt === Number.POSITIVE_INFINITY) return put;
  return { ...put, outcome };
}

function wasToldWrongly(put: PutOperation, random: Random): Operation {
  const { outcome } = put;
  if (outcome.kind === 'committed') return { ...put, outcome: random.pick(wrongAcks)(outcome, random) };
  if (outcome.kind !== 'stale') return put;
  const at = random.integer(0, outcome.current.length - 1);
  const told = outcome.current[at];
  const current =
    !told || random.chance(0.4)
      ? outcome.current.filter((_, index) => index !== at)
      : outcome.current.with(at, { key: told.key, version: Math.max(0, told.version + random.pick([-1, 1])) });
  return { ...put, outcome: { kind: 'stale', current } };
}

type Ack = PutOutcomeSeen & { readonly kind: 'committed' };

const wrongAcks: readonly ((ack: Ack, random: Random) => Ack)[] = [
  (ack, random) => ({ ...ack, versions: ack.versions.map((version) => version + random.integer(0, 1)) }),
  (ack, random) => ({ ...ack, seq: ack.seq + random.pick([-1, 1]) }),
];

/** What the store did then is a put with a key too many. */
function askedForLess(put: PutOperation, random: Random): Operation {
  if (put.writes.length < 2) return put;
  return withWrites(put, put.writes.toSpliced(random.integer(0, put.writes.length - 1), 1));
}

function expectedAnother(put: PutOperation, random: Random): Operation {
  const at = random.integer(0, put.writes.length - 1);
  const write = put.writes[at]!;
  const expected = Math.max(0, write.expected + random.pick([-1, 1]));
  return withWrites(put, put.writes.with(at, { ...write, expected }));
}

function withWrites(put: PutOperation, writes: readonly RequestedWrite[]): PutOperation {
  if (put.outcome.kind !== 'committed') return { ...put, writes };
  return { ...put, writes, outcome: { ...put.outcome, versions: writes.map(({ expected }) => expected + 1) } };
}

function swapMoments({ history, log }: Sample, random: Random): Sample {
  const { operations } = history;
  const moments = operations.flatMap(({ invokedAt, completedAt }) => [invokedAt, completedAt]).filter(Number.isFinite);
  const [one, other] = [random.pick(moments), random.pick(moments)];
  const swapped = (moment: number) => (moment === one ? other : moment === other ? one : moment);
  const moved = operations.map((operation): Operation => {
    return { ...operation, invokedAt: swapped(operation.invokedAt), completedAt: swapped(operation.completedAt) };
  });
  if (moved.some(({ invokedAt, completedAt }) => invokedAt >= completedAt)) return { history, log };
  return { history: { ...history, operations: moved }, log };
}

function dropOperation({ history, log }: Sample, random: Random): Sample {
  const { operations } = history;
  return {
    history: { ...history, operations: operations.toSpliced(random.integer(0, operations.length - 1), 1) },
    log,
  };
}

/** To a moment at which nothing else was, so before or behind everything. */
function moveRestart({ history, log }: Sample, random: Random): Sample {
  const moments = history.operations.flatMap(({ invokedAt, completedAt }) => [invokedAt, completedAt]);
  const free = Array.from({ length: moments.length + 4 }, (_, moment) => moment + 1).filter(
    (moment) => !moments.includes(moment),
  );
  return { history: { ...history, restarts: random.chance(0.5) ? [random.pick(free)] : [] }, log };
}

/** To another place in the order, of which the callers are told: only versions and real time show it. */
function moveTransaction({ history, log }: Sample, random: Random): Sample {
  if (log.length === 0) return { history, log };
  const moved = log.toSpliced(random.integer(0, log.length - 1), 1);
  const [taken] = log.filter((transaction) => !moved.includes(transaction));
  moved.splice(random.integer(0, moved.length), 0, taken!);
  const operations = history.operations.map((operation): Operation => {
    if (operation.kind === 'get' || operation.outcome.kind !== 'committed') return operation;
    const { outcome } = operation;
    const at = moved.findIndex(({ seq }) => seq === outcome.seq);
    return { ...operation, outcome: { ...outcome, seq: at + 1 } };
  });
  return { history: { ...history, operations }, log: moved.map(({ writes }, at) => ({ seq: at + 1, writes })) };
}

function changeLog(
  change: (log: readonly LoggedTransaction[], random: Random) => readonly LoggedTransaction[],
): Change {
  return ({ history, log }, random) => {
    const wrong = log.length === 0 ? log : change(log, random);
    return { history, log: wrong.map(({ writes }, at) => ({ seq: at + 1, writes })) };
  };
}

function dropTransaction(log: readonly LoggedTransaction[], random: Random): readonly LoggedTransaction[] {
  return log.toSpliced(random.integer(0, log.length - 1), 1);
}

function changeLoggedWrite(log: readonly LoggedTransaction[], random: Random): readonly LoggedTransaction[] {
  const at = random.integer(0, log.length - 1);
  const { seq, writes } = log[at]!;
  const { key, version, value } = writes[0]!;
  const wrong = random.chance(0.5) ? { key, version: version + 1, value } : { key, version, value: `${value}!` };
  return log.with(at, { seq, writes: writes.with(0, wrong) });
}

function halveTransaction(log: readonly LoggedTransaction[], random: Random): readonly LoggedTransaction[] {
  const at = random.integer(0, log.length - 1);
  const { seq, writes } = log[at]!;
  return writes.length < 2 ? log : log.with(at, { seq, writes: writes.slice(1) });
}
