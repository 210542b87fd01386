/** Who made each version: an acknowledged put, or an unknown one whose value was seen. Nobody else, and nobody twice. */
import type { GetOperation, PutOperation } from './history.ts';
import { type Applied, CERTAIN } from './unknown-puts.ts';
import { role, type VersionTable } from './version-table.ts';
import { describe, quote, type Rule, VIOLATIONS_MAX, type Violation } from './violation.ts';

export function findWriters(table: VersionTable, applied: Applied): readonly Violation[] {
  return new WriterSearch(table, applied).run();
}

class WriterSearch {
  readonly #table: VersionTable;
  readonly #applied: Applied;
  readonly #violations: Violation[] = [];

  constructor(table: VersionTable, applied: Applied) {
    this.#table = table;
    this.#applied = applied;
  }

  run(): readonly Violation[] {
    const { operations, roles, firstReader } = this.#table;
    for (let index = 0; index < operations.length; index += 1)
      if (roles[index] === role.committed) this.#take(index, 'two-writers', 'was acknowledged');
    // A broken chain of versions would make every reader of it look wrong.
    if (this.#violations.length > 0) return this.#violations;
    for (let index = 0; index < operations.length; index += 1)
      if (roles[index] === role.read) this.#findWhatWasRead(index);
    for (let slot = 1; slot < this.#table.slotCount; slot += 1)
      if (firstReader[slot] !== firstReader[slot + 1]) this.#applied.mustExist(slot, CERTAIN);
    return this.#violations;
  }

  #take(index: number, rule: Rule, because: string): void {
    const obstacle = this.#applied.obstacle(index);
    if (!obstacle) {
      this.#applied.apply(index, CERTAIN);
      return;
    }
    const put = this.#table.operations[index] as PutOperation;
    const it = `${describe(put)} ${because}`;
    if (obstacle.slot === 0) {
      this.#report('missing-writer', `${it}, and too few puts can have led to a version that it expected`, [index]);
      return;
    }
    const { operationOf } = this.#table;
    const other = operationOf[this.#applied.writerOf[obstacle.slot]! - 1]!;
    const version = `version ${this.#table.version(obstacle.slot)} of ${quote(this.#table.keyName(obstacle.slot))}`;
    const message = `${it}, and so made ${version}, which ${describe(this.#table.operations[other]!)} made as well`;
    this.#report(rule, message, [index, other], this.#table.keyName(obstacle.slot));
  }

  #findWhatWasRead(index: number): void {
    const operation = this.#table.operations[index]!;
    if (this.#sawTheImpossible(index)) {
      const message = `${describe(operation)} saw a version that too few puts can have led to`;
      this.#report('missing-writer', message, [index]);
      return;
    }
    if (operation.kind === 'get' && operation.found) this.#findWriterOfValue(index, operation, operation.found);
  }

  #sawTheImpossible(index: number): boolean {
    const { slotOf, firstReference } = this.#table;
    for (let reference = firstReference[index]!; reference < firstReference[index + 1]!; reference += 1)
      if (slotOf[reference] === 0) return true;
    return false;
  }

  /** The version of a get tells the writer; the value must be that writer's. */
  #findWriterOfValue(index: number, get: GetOperation, { value, version }: { value: string; version: number }): void {
    const slot = this.#table.slotOf[this.#table.firstReference[index]!]!;
    const writer = this.#applied.writerOf[slot]!;
    if (writer !== 0) {
      if (this.#table.valueWritten(writer - 1) !== value) this.#reportForeign(index, get);
      return;
    }
    const writers = this.#applied.candidates(slot).filter((put) => this.#writes(put, slot, value));
    if (writers.length > 1) throw new Error(`several puts write ${value} as version ${version} of ${quote(get.key)}`);
    if (writers.length === 0) this.#reportForeign(index, get);
    else this.#take(writers[0]!, 'half-put', `was seen by ${describe(get)}`);
  }

  #writes(put: number, slot: number, value: string): boolean {
    const { firstReference, slotOf } = this.#table;
    for (let reference = firstReference[put]!; reference < firstReference[put + 1]!; reference += 1)
      if (slotOf[reference] === slot && this.#table.valueWritten(reference) === value) return true;
    return false;
  }

  #reportForeign(index: number, get: GetOperation): void {
    if (this.#violations.length >= VIOLATIONS_MAX) return;
    const { key, found } = get;
    const { value, version } = found!;
    const wrote = this.#table.operations.findIndex((operation) => {
      return operation.kind === 'put' && operation.writes.some((write) => write.key === key && write.value === value);
    });
    const saw = `${describe(get)} saw version ${version} with value ${value}`;
    if (wrote === -1) {
      this.#report('foreign-value', `${saw}, which nobody wrote there`, [index], key);
      return;
    }
    const put = this.#table.operations[wrote] as PutOperation;
    const { expected } = put.writes.find((write) => write.key === key && write.value === value)!;
    const isRefused = put.outcome.kind === 'refused' || put.outcome.kind === 'stale';
    const message = `${saw}, and ${describe(put)} wrote that as version ${expected + 1}`;
    this.#report(isRefused ? 'refused-value' : 'foreign-value', message, [index, wrote], key);
  }

  #report(rule: Rule, message: string, indices: readonly number[], ...keys: readonly string[]): void {
    if (this.#violations.length >= VIOLATIONS_MAX) return;
    const operations = indices.map((index) => this.#table.operations[index]!);
    this.#violations.push({ rule, message, operations, keys });
  }
}
