/** Which sources a figure is of. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '../..');

/** The commit, and whether any of these files and directories differs from it. Throws where there is no git. */
export function sourceVersion(paths: readonly string[]): string {
  const commit = git('rev-parse', '--short=12', 'HEAD').trim();
  return git('status', '--porcelain', '--', ...paths) === '' ? commit : `${commit} with changes`;
}

/** What the command prints. */
export function git(...words: readonly string[]): string {
  return execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' });
}
