/** What the history checkers report: a broken rule, and a sentence that says which operations break it. */
import type { Operation } from './history.ts';

export type Rule =
  // What one answer says about itself.
  | 'wrong-versions'
  | 'wrong-conflict'
  // Who made which version.
  | 'two-writers'
  | 'half-put'
  | 'missing-writer'
  | 'refused-value'
  | 'foreign-value'
  // The order of everything.
  | 'no-serial-order'
  | 'undecided'
  // The log beside the history.
  | 'log-order'
  | 'log-version'
  | 'log-content'
  | 'lost-put'
  | 'wrong-seq'
  | 'real-time'
  | 'wrong-read'
  // Over restarts.
  | 'log-rewritten'
  | 'late-put'
  | 'version-decreased'
  | 'state-differs';

export interface Violation {
  readonly rule: Rule;
  readonly message: string;
  readonly operations: readonly Operation[];
  readonly keys: readonly string[];
}

/** More of them help nobody, and each may take a search through the whole history. */
export const VIOLATIONS_MAX = 20;

const KEYS_SHOWN_MAX = 5;

/** Such as `the put of "a"@3 by client 7 (21 to 25, committed)`: keys with the versions that it expected, and its moments. */
export function describe(operation: Operation): string {
  const { client, invokedAt, completedAt } = operation;
  const until = completedAt === Number.POSITIVE_INFINITY ? 'never answered' : `to ${completedAt}`;
  if (operation.kind === 'get') return `the get of ${quote(operation.key)} by client ${client} (${invokedAt} ${until})`;
  const { writes, outcome } = operation;
  const shown = writes.slice(0, KEYS_SHOWN_MAX).map(({ key, expected }) => `${quote(key)}@${expected}`);
  if (writes.length > KEYS_SHOWN_MAX) shown.push(`${writes.length - KEYS_SHOWN_MAX} more`);
  return `the put of ${shown.join(', ')} by client ${client} (${invokedAt} ${until}, ${outcome.kind})`;
}

export function quote(key: string): string {
  return JSON.stringify(key);
}
