/** A bug that is planted into a copy of the sources, to see whether the tests catch it. Production code has no switches. */

export interface PlantedBug {
  /** Words joined by hyphens: also how it is asked for on the command line. */
  readonly name: string;
  /** What a caller would suffer. */
  readonly why: string;
  /** Nearly always one. */
  readonly edits: readonly Edit[];
  /** Test files that are likely to catch it, the cheapest first; the whole fast suite runs when they do not. */
  readonly detectors: readonly string[];
}

export interface Edit {
  readonly file: string;
  /** Must occur exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** The text of the file with the edit made. Throws where the text to find is not there, or there more than once. */
export function edited(source: string, { file, find, replace }: Edit): string {
  const at = source.indexOf(find);
  const problem = at < 0 ? 'is not there' : source.indexOf(find, at + 1) >= 0 ? 'is there more than once' : undefined;
  if (problem) throw new Error(`the patch no longer applies to ${file}: the text ${problem}:\n${find}`);
  return source.slice(0, at) + replace + source.slice(at + find.length);
}
