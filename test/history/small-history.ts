/** Histories and logs for tests, as short as they can be said: `put(1, 2, 'a@0=x b@3=y', acked(1))`, `get(3, 4, 'a@1=x')`. */
import type { GetOperation, LoggedTransaction, PutOperation, PutOutcomeSeen, RequestedWrite } from './history.ts';

/** A put from one moment to another: each key with the version that it expects and the value that it writes. */
export function put(invokedAt: number, completedAt: number, writes: string, outcome: Outcome): PutOperation {
  const requested = writes.split(' ').map((write): RequestedWrite => {
    const { key, version, value } = parsed(write);
    return { key, expected: version, value };
  });
  const versions = requested.map(({ expected }) => expected + 1);
  const seen: PutOutcomeSeen = outcome.kind === 'committed' ? { versions, ...outcome } : outcome;
  return { kind: 'put', client: invokedAt, invokedAt, completedAt, writes: requested, outcome: seen };
}

/** A put that nobody answered. */
export function lost(invokedAt: number, writes: string): PutOperation {
  return put(invokedAt, Number.POSITIVE_INFINITY, writes, unknown);
}

/** A get that saw this version and value; `a@0`: nothing. */
export function get(invokedAt: number, completedAt: number, seen: string): GetOperation {
  const { key, version, value } = parsed(seen);
  const found = version === 0 ? undefined : { version, value };
  return { kind: 'get', client: invokedAt, invokedAt, completedAt, key, found };
}

type Outcome = Exclude<PutOutcomeSeen, { kind: 'committed' }> | ReturnType<typeof acked>;

export function acked(seq: number): { readonly kind: 'committed'; readonly seq: number } {
  return { kind: 'committed', seq };
}

/** Refused, with the current version of each stale key: `stale('a@1 b@0')`. */
export function stale(current: string): PutOutcomeSeen & { readonly kind: 'stale' } {
  const seen = current.split(' ').filter((one) => one !== '');
  return { kind: 'stale', current: seen.map(parsed).map(({ key, version }) => ({ key, version })) };
}

export const refused = { kind: 'refused' } as const;
export const unknown = { kind: 'unknown' } as const;

/** A log of these transactions, each key with the version that it made: `logOf('a@1=x', 'a@2=y b@1=z')`. */
export function logOf(...transactions: readonly string[]): LoggedTransaction[] {
  return transactions.map((writes, at) => ({ seq: at + 1, writes: writes.split(' ').map(parsed) }));
}

function parsed(text: string): { readonly key: string; readonly version: number; readonly value: string } {
  const [, key, version, value] = /^(\w+)@(\d+)(?:=(\w+))?$/.exec(text)!;
  return { key: key!, version: Number(version), value: value ?? '' };
}
