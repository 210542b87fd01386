/** The table in `docs/reliability.md` that `npm run prove` keeps: a row for each proof, replaced when it is run again. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const PAGE = path.join(import.meta.dirname, '../../docs/reliability.md');
const BEGIN = '<!-- Written by npm run prove: begin -->';
const END = '<!-- Written by npm run prove: end -->';
const HEADING = [
  '| proof | units | figures | work | command | commit | date |',
  '|---|---|---|---|---|---|---|',
] as const;

export interface ProofRow {
  readonly name: string;
  readonly units: number;
  readonly figures: Readonly<Record<string, number>>;
  readonly workMs: number;
  readonly command: string;
  readonly commit: string;
  readonly date: string;
}

/** Replaces the row of each of these proofs, or adds it, and leaves the other rows as they are. */
export function writeRows(rows: readonly ProofRow[]): void {
  writeFileSync(PAGE, withRows(readFileSync(PAGE, 'utf8'), rows));
}

export function withRows(page: string, rows: readonly ProofRow[]): string {
  const [before, rest] = cut(page, BEGIN);
  const [table, after] = cut(rest, END);
  const lines = new Map(
    table
      .split('\n')
      .filter((line) => line.startsWith('| ') && line !== HEADING[0])
      .map((line): [string, string] => [line.split(' | ')[0]!.slice(2), line]),
  );
  for (const row of rows) lines.set(row.name, line(row));
  return [before + BEGIN, ...HEADING, ...lines.values(), END + after].join('\n');
}

function line({ name, units, figures, workMs, command, commit, date }: ProofRow): string {
  const counted = Object.entries(figures).map(([what, count]) => `${count.toLocaleString('en')} ${what}`);
  const range = units === 1 ? '0' : `0 to ${(units - 1).toLocaleString('en')}`;
  const work = `${Math.round(workMs / 1000).toLocaleString('en')} s`;
  return `| ${[name, range, counted.join(', '), work, `\`${command}\``, commit, date].join(' | ')} |`;
}

function cut(text: string, marker: string): [before: string, after: string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`docs/reliability.md has no line "${marker}"`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}
