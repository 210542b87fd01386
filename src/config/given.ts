/** A setting as one source gives it, before its value is looked at. */
import { ConfigError } from './config-error.ts';
import { configFileFlag, flagOf, type SettingName, settingNames, variableOf } from './settings.ts';

export interface Given {
  readonly name: SettingName;
  readonly text: string;
  /** Where it was given, as the person knows it: `--max-blocks`, `CONCAVE_MAX_BLOCKS`, `concave.yaml line 3`. */
  readonly source: string;
}

export const settingOfFlag = new Map(settingNames.map((name) => [flagOf(name), name]));
export const settingOfVariable = new Map(settingNames.map((name) => [variableOf(name), name]));
export const settingOfMember = new Map<string, SettingName>(settingNames.map((name) => [name, name]));

/**
 * `name` is what no source knows by `known`. What was given for it is not shown: it may be a secret under a mistyped name.
 */
export function unknownSetting(name: string, source: string, known: Iterable<string>): ConfigError {
  const near = nearest(name, known);
  return new ConfigError(
    `unknown setting ${source}; ${near === undefined ? '--help lists all' : `did you mean ${near}?`}`,
  );
}

export const knownFlags = [...settingOfFlag.keys(), configFileFlag, '--help', '--version'];

/** The known name that differs least, in at most every third letter and never more than three; `undefined` if none is near. */
function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.min(3, Math.ceil(bare(name).length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(bare(name), bare(candidate));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Without what all names of a source share. */
function bare(name: string): string {
  return name
    .slice(0, 64)
    .replace(/^CONCAVE_/, '')
    .toLowerCase();
}

/** Levenshtein: letters to insert, delete or replace to get from `a` to `b`. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
