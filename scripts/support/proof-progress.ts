/** How far each proof has come, kept in `.prove` so that it can be gone on with after an interruption. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Proof } from '../../test/prove/proof.ts';
import { git } from './source-version.ts';

const ROOT = path.join(import.meta.dirname, '../..');
/** What a proof is about. Figures hold for these files as they are, whatever happens to the pages about them. */
export const PROVED = [
  'src',
  'proto',
  'test',
  'scripts',
  'package-lock.json',
  'vitest.config.ts',
  'stryker.config.json',
];

export interface Progress {
  /** First units of the portions that are done. */
  readonly done: number[];
  readonly figures: Record<string, number>;
  /** Added up over all portions, so at most what one processor would have taken. */
  workMs: number;
}

/** The progress of one proof on the sources as they are now. */
export class ProgressFile {
  readonly progress: Progress;
  readonly #file: string;

  constructor({ name, units, portion }: Proof, { fresh }: { readonly fresh: boolean }) {
    const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    this.#file = path.join(ROOT, '.prove', sourceHash(), `${slug}.${units}.${portion}.json`);
    if (fresh) rmSync(this.#file, { force: true });
    this.progress = existsSync(this.#file)
      ? (JSON.parse(readFileSync(this.#file, 'utf8')) as Progress)
      : { done: [], figures: {}, workMs: 0 };
  }

  add(from: number, figures: Readonly<Record<string, number>>, workMs: number): void {
    const { progress } = this;
    progress.done.push(from);
    progress.workMs += workMs;
    for (const [name, count] of Object.entries(figures)) progress.figures[name] = (progress.figures[name] ?? 0) + count;
    mkdirSync(path.dirname(this.#file), { recursive: true });
    // Whole or not at all: the run may be interrupted at any moment.
    writeFileSync(`${this.#file}.tmp`, JSON.stringify(progress));
    renameSync(`${this.#file}.tmp`, this.#file);
  }
}

let hash: string | undefined;

function sourceHash(): string {
  if (hash !== undefined) return hash;
  const all = createHash('sha256');
  for (const file of git('ls-files', '-co', '--exclude-standard', '--deduplicate', '--', ...PROVED).split('\n'))
    if (existsSync(path.join(ROOT, file)) && file !== '')
      all.update(`${file}\0`).update(readFileSync(path.join(ROOT, file)));
  hash = all.digest('hex').slice(0, 16);
  return hash;
}
