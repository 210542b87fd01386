/** What every bench shares: two sizes for each parameter, a fixed seed, and the words that it prints. */
import os from 'node:os';

/** `--smoke` runs a bench at its smallest, to show that it still runs; its figures mean nothing. */
export const isSmoke = process.argv.includes('--smoke');

export function parameter<T>(_name: string, { smoke, full }: { smoke: T; full: T }): T {
  return isSmoke ? smoke : full;
}

/** One line about where the figures come from. */
export function describeMachine(): string {
  const cpus = os.cpus();
  return `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown'}${isSmoke ? ', SMOKE SIZE: figures mean nothing' : ''}`;
}

export function median(figures: readonly number[]): number {
  return quantile(figures, 0.5);
}

export function quantile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Numbers in [0, 1) that are the same in every run: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A text of 36 characters, as long as a UUID, that says which key it is. */
export function text36(number: number): string {
  return `key-${number.toString().padStart(12, '0')}-${'0123456789abcdefghij'.slice(0, 19)}`;
}

export function table(rows: readonly Record<string, string | number>[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]!.length)));
  return cells
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
