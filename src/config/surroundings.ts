/** What the loader of the settings learns from the process it runs in. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { Surroundings } from '../config.ts';
import type { TextFile } from './token.ts';

export function surroundingsOfProcess(): Surroundings {
  return {
    argv: process.argv.slice(2),
    environment: process.env,
    machine: {
      workingDirectory: process.cwd(),
      cores: availableParallelism(),
      heapBytesMax: oldSpaceBytes(getHeapStatistics().heap_size_limit, flagsOfNode()),
      openFilesMax: openFilesMax(),
    },
    readFile,
  };
}

const MiB = 1024 * 1024;
/** What V8 allows itself on 64-bit machines where nobody said otherwise. */
const SEMI_SPACE_MIB = 32;

/**
 * What of V8's heap is there for objects that stay, as keys and values do. Its limit counts the young generation as well: three
 * semi-spaces, which hold nothing for long.
 */
export function oldSpaceBytes(heapBytesMax: number, flags: readonly string[]): number {
  const given = flags.map((flag) => /^--max[-_]semi[-_]space[-_]size=(\d+)$/.exec(flag)?.[1]);
  const semiSpaceMiB = Number(given.findLast((size) => size !== undefined) ?? SEMI_SPACE_MIB);
  return Math.max(heapBytesMax - 3 * semiSpaceMiB * MiB, heapBytesMax / 4);
}

/** Those of the command line win, so they come last. */
function flagsOfNode(): readonly string[] {
  return [...(process.env.NODE_OPTIONS ?? '').split(/\s+/), ...process.execArgv];
}

/** Throws if it is no regular file of UTF-8 text. Mode and text are of one and the same file: both are read through one descriptor. */
export function readFile(path: string): TextFile {
  const descriptor = openSync(path, 'r');
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new Error('not a regular file');
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(descriptor));
    return { text, mode: stat.mode & 0o777 };
  } finally {
    closeSync(descriptor);
  }
}

/** The soft limit in the words of Linux's `/proc/self/limits`; `undefined` if there is none. */
export function openFilesIn(limits: string): number | undefined {
  const soft = /^Max open files +(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? undefined : Number(soft);
}

function openFilesMax(): number | undefined {
  try {
    return openFilesIn(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    // Only Linux has that file.
    return undefined;
  }
}
