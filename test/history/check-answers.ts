/** What every answer must be by itself, whatever else happened. */
import type { Operation, PutOperation, SeenVersion } from './history.ts';
import { describe, quote, type Rule, VIOLATIONS_MAX, type Violation } from './violation.ts';

export function checkAnswers(operations: readonly Operation[]): readonly Violation[] {
  const violations: Violation[] = [];
  for (const operation of operations) {
    const violation = operation.kind === 'put' ? wrongAnswer(operation) : undefined;
    if (violation) violations.push(violation);
    if (violations.length >= VIOLATIONS_MAX) break;
  }
  return violations;
}

function wrongAnswer(put: PutOperation): Violation | undefined {
  const { outcome } = put;
  if (outcome.kind === 'committed') return wrongVersions(put, outcome.versions);
  if (outcome.kind === 'stale') return wrongConflict(put, outcome.current);
  return undefined;
}

function wrongVersions(put: PutOperation, versions: readonly number[]): Violation | undefined {
  const { writes } = put;
  if (versions.length === writes.length && versions.every((version, at) => version === writes[at]!.expected + 1))
    return undefined;
  const wanted = writes.map(({ expected }) => expected + 1).join(', ');
  return violationOf('wrong-versions', put, `makes versions ${wanted}, and was told ${versions.join(', ')}`, []);
}

function wrongConflict(put: PutOperation, current: readonly SeenVersion[]): Violation | undefined {
  const wrong = (what: string, ...keys: readonly string[]) => violationOf('wrong-conflict', put, what, keys);
  if (current.length === 0) return wrong('was refused as stale, and no key is said to be');
  for (const [index, { key, version }] of current.entries()) {
    const write = put.writes.find((one) => one.key === key);
    if (!write) return wrong(`was refused for ${quote(key)}, which is none of its keys`, key);
    if (write.expected === version)
      return wrong(`was refused for ${quote(key)}, which was at ${version} as expected`, key);
    if (current.findIndex((other) => other.key === key) < index)
      return wrong(`was refused for ${quote(key)} twice`, key);
  }
  return undefined;
}

function violationOf(rule: Rule, put: PutOperation, what: string, keys: readonly string[]): Violation {
  return { rule, message: `${describe(put)} ${what}`, operations: [put], keys };
}
