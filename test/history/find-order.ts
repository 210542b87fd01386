/** Looks for a serial order; where several unknown puts can have made a version, for a choice that leaves one. */
import { findCycle } from './serial-order.ts';
import type { Timeline } from './timeline.ts';
import { type Applied, CERTAIN } from './unknown-puts.ts';
import { role, type VersionTable } from './version-table.ts';
import { describe, quote, type Rule, type Violation } from './violation.ts';

/** Sets of choices that are tried before the check gives up and says so. One is nearly always enough. */
const TRIES_MAX = 200;

/** `undefined`: there is a serial order. */
export function findOrder(table: VersionTable, timeline: Timeline, applied: Applied): Violation | undefined {
  const hole = applied.fillHoles(CERTAIN);
  if (hole !== 0) return missingWriter(table, hole);
  const choices = new Choices(applied);
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const unfilled = choices.complete();
    const cycle = unfilled === 0 ? findCycle(table, timeline, applied) : undefined;
    if (unfilled === 0 && !cycle) return undefined;
    const toBlame = cycle ? applied.choicesBehind(cycle) : choices.all;
    const isCertain = toBlame.size === 0;
    if (!choices.change(toBlame))
      return cycle ? noSerialOrder(table, cycle, isCertain) : missingWriter(table, unfilled);
  }
  return undecided(table, choices.first);
}

interface Choice {
  readonly hole: number;
  readonly writers: readonly number[];
  readonly dependsOnOthers: boolean;
  readonly before: Applied['mark'];
  taken: number;
  /** Earlier choices but for which one of its possibilities might do. */
  readonly blamed: Set<number>;
}

/** Choices are numbered from 1 on; later ones are made on top of earlier ones. */
class Choices {
  readonly #applied: Applied;
  readonly #choices: Choice[] = [];
  #first = 0;

  constructor(applied: Applied) {
    this.#applied = applied;
  }

  /** The first hole that left a choice. */
  get first(): number {
    return this.#first;
  }

  get all(): Set<number> {
    return new Set(this.#choices.map((_, at) => at + 1));
  }

  /** Chooses until no hole is left. Returns a hole that cannot be filled any more, or 0. */
  complete(): number {
    for (;;) {
      const level = this.#choices.length;
      const unfilled = level === CERTAIN ? 0 : this.#applied.fillHoles(level);
      if (unfilled !== 0) return unfilled;
      const choice = this.#applied.choice();
      if (!choice) return 0;
      if (level === CERTAIN) this.#first = choice.hole;
      this.#choices.push({ ...choice, before: this.#applied.mark, taken: 0, blamed: new Set() });
      this.#applied.apply(choice.writers[0]!, level + 1);
    }
  }

  /**
   * Takes another possibility of the last choice that is to blame; where it has none left, those choices are to blame but for
   * which one of its possibilities might have done. `false`: no choice helps.
   */
  change(toBlame: ReadonlySet<number>): boolean {
    for (let blamed = new Set(toBlame); blamed.size > 0; ) {
      const level = Math.max(...blamed);
      this.#choices.length = level;
      const choice = this.#choices[level - 1]!;
      this.#applied.undoTo(choice.before);
      for (const other of blamed) if (other < level) choice.blamed.add(other);
      choice.taken += 1;
      const writer = choice.writers[choice.taken];
      if (writer !== undefined) {
        this.#applied.apply(writer, level);
        return true;
      }
      this.#choices.pop();
      blamed = choice.dependsOnOthers ? this.all : choice.blamed;
    }
    return false;
  }
}

function missingWriter(table: VersionTable, hole: number): Violation {
  const key = table.keyName(hole);
  const version = `version ${table.version(hole)} of ${quote(key)}`;
  return violationOf('missing-writer', `${version} was seen or built on, and no put can have made it`, [], [key]);
}

function undecided(table: VersionTable, hole: number): Violation {
  const key = table.keyName(hole);
  const what = `version ${table.version(hole)} of ${quote(key)} and others that nobody saw`;
  const message = `${TRIES_MAX} choices of the unknown puts that made ${what} are impossible, others may not be: the log tells`;
  return violationOf('undecided', message, [], [key]);
}

function noSerialOrder(table: VersionTable, cycle: readonly number[], isCertain: boolean): Violation {
  const keys = new Set<string>();
  const steps = cycle.map((operation, at) => {
    const next = cycle[(at + 1) % cycle.length]!;
    const slot = sharedSlot(table, operation, next);
    if (slot === undefined) return `${name(table, operation)} had ended before ${name(table, next)} began`;
    keys.add(table.keyName(slot));
    return `${name(table, operation)} comes before ${name(table, next)}, ${why(table, operation, next, slot)}`;
  });
  const whatever = isCertain ? '' : ', whichever unknown puts are taken as applied';
  const message = `there is no serial order${whatever}: ${steps.join('; ')}`;
  const operations = cycle.map((operation) => table.operations[operation]!);
  return { rule: 'no-serial-order', message, operations, keys: [...keys] };
}

/** The slot that the first operation made or saw and that the second saw, or made the next one of. */
function sharedSlot(table: VersionTable, first: number, second: number): number | undefined {
  const offset = table.roles[second] === role.read ? 0 : 1;
  const firstIsRead = table.roles[first] === role.read;
  const wanted = new Set(slotsOf(table, second).map((slot) => slot - offset));
  return slotsOf(table, first).find((slot) => wanted.has(slot) && !(firstIsRead && offset === 0));
}

function slotsOf({ slotOf, firstReference }: VersionTable, operation: number): number[] {
  return [...slotOf.subarray(firstReference[operation], firstReference[operation + 1])];
}

function why(table: VersionTable, first: number, second: number, slot: number): string {
  const version = `${quote(table.keyName(slot))} at version ${table.version(slot)}`;
  if (table.roles[second] === role.read) return `which saw ${version}`;
  return table.roles[first] === role.read
    ? `which replaced what that saw, ${version}`
    : `which replaced its ${version}`;
}

function name(table: VersionTable, operation: number): string {
  return describe(table.operations[operation]!);
}

function violationOf(
  rule: Rule,
  message: string,
  operations: Violation['operations'],
  keys: readonly string[],
): Violation {
  return { rule, message, operations, keys };
}
