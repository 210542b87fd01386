/** What the loader of the settings learns from the process it runs in. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import type { Surroundings } from '../config.ts';
import type { TextFile } from './token.ts';

export function surroundingsOfProcess(): Surroundings {
  return {
    argv: process.argv.slice(2),
    environment: process.env,
    machine: {
      workingDirectory: process.cwd(),
      heapBytesMax: getHeapStatistics().heap_size_limit,
      openFilesMax: openFilesMax(),
    },
    readFile,
  };
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
