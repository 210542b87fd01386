/** A copy of the project in a temporary directory, where bugs can be planted and tests run. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Edit, edited } from './planted-bug.ts';

const ROOT = path.join(import.meta.dirname, '../..');
/** What the tests need of the tree. Packages are linked, not copied. */
const COPIED = [
  ...['src', 'test', 'proto', 'scripts', 'docs', 'bench', 'README.md', 'CHANGELOG.md', 'concave.sample.yaml'],
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'vitest.config.ts', 'stryker.config.json'],
];

export interface Ended {
  /** `undefined`: it did not end in time and was killed. */
  readonly exitCode: number | undefined;
  readonly output: string;
}

export class ScratchTree implements Disposable {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'concave-scratch-'));
  readonly #untouched = new Map<string, string>();

  readonly #environment: NodeJS.ProcessEnv;

  constructor(variables: Readonly<Record<string, string>> = {}) {
    this.#environment = { ...process.env, ...variables };
    for (const name of COPIED) cpSync(path.join(ROOT, name), path.join(this.directory, name), { recursive: true });
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(this.directory, 'node_modules'));
    process.once('exit', this.#remove);
  }

  /** Makes the edits. Throws where one does not apply, with nothing changed. */
  plant(edits: readonly Edit[]): void {
    const changed = new Map<string, string>();
    for (const edit of edits) {
      const source = changed.get(edit.file) ?? this.read(edit.file);
      changed.set(edit.file, edited(source, edit));
    }
    for (const [file, text] of changed) {
      this.#untouched.set(file, this.read(file));
      writeFileSync(this.#path(file), text);
    }
  }

  /** Takes out what was planted. */
  mend(): void {
    for (const [file, text] of this.#untouched) writeFileSync(this.#path(file), text);
    this.#untouched.clear();
  }

  read(file: string): string {
    return readFileSync(this.#path(file), 'utf8');
  }

  /** Runs a script of the tree, or of one of its packages, with this Node. */
  run(script: string, options: readonly string[], limitMs: number): Promise<Ended> {
    // A group of its own: what the tests themselves have started ends with them.
    const child = spawn(process.execPath, [script, ...options], {
      cwd: this.directory,
      detached: true,
      env: this.#environment,
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const endGroup = () => {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {} // all of it has ended
    };
    return new Promise((resolve, reject) => {
      let isLate = false;
      const limit = setTimeout(() => {
        isLate = true;
        endGroup();
      }, limitMs);
      process.once('exit', endGroup);
      child.on('error', reject);
      child.on('close', (exitCode) => {
        clearTimeout(limit);
        process.off('exit', endGroup);
        endGroup();
        resolve({ exitCode: isLate ? undefined : (exitCode ?? 1), output });
      });
    });
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#remove);
    this.#remove();
  }

  readonly #remove = () => rmSync(this.directory, { recursive: true, force: true });

  #path(file: string): string {
    return path.join(this.directory, file);
  }
}
