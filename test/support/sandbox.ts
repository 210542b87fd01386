/**
 * Commands under which a server meets a machine in trouble: system calls that fail, hang or lie, a file system that is
 * small or may not be written to, too few descriptors, files that may not grow.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { ServerOptions } from './server-process.ts';

/** What `ServerOptions` need for a server to run in it. */
export type Sandbox = Required<Pick<ServerOptions, 'prefix'>> & Pick<ServerOptions, 'env'>;

export interface Tracing {
  /** Where strace writes what it saw. */
  readonly log: string;
  readonly calls: readonly string[];
  /** As strace takes it behind `inject=call:`, such as `error=EIO:when=3`. Of all `calls`. */
  readonly inject?: string;
  /** Only calls on exactly these files. */
  readonly paths?: readonly string[];
}

/**
 * One thread for all file calls, so that `when=N` means the Nth call of the server and not of some thread. Calls that go
 * through io_uring would not be seen at all.
 */
export function traced({ log, calls, inject, paths = [] }: Tracing): Required<Sandbox> {
  const names = calls.join(',');
  const injection = inject === undefined ? [] : ['-e', `inject=${names}:${inject}`];
  const only = paths.flatMap((path) => ['-P', path]);
  return {
    prefix: ['strace', '-f', '-y', '-qq', '-s', '8', '-o', log, '-e', `trace=${names}`, ...injection, ...only],
    env: { UV_THREADPOOL_SIZE: '1', UV_USE_IO_URING: '0' },
  };
}

export interface TracedCall {
  readonly call: string;
  /** Base name of the file that the call is about; of a rename, of the old name. */
  readonly file: string;
  readonly isInjected: boolean;
  /** The whole line of strace. */
  readonly line: string;
}

/** The calls on files and directories, in order; not those on pipes and terminals. */
export function readTrace(log: string): TracedCall[] {
  const found: TracedCall[] = [];
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const [, call, path] = /^\d+ +(\w+)\((?:AT_FDCWD<[^>]*>, )?(?:\d+<|")(\/[^>"]*)/.exec(line) ?? [];
    if (call === undefined || path === undefined) continue;
    found.push({ call, file: basename(path), isInjected: line.endsWith('(INJECTED)'), line });
  }
  return found;
}

/** A file system of its own at `mountPoint`, which only the server sees. Options as `mount` takes them. */
export function onTmpfs(mountPoint: string, options: string, before = 'true'): Sandbox {
  const script = `mount -t tmpfs -o ${options} tmpfs ${mountPoint} && ${before} && exec "$@"`;
  return { prefix: ['unshare', '-Urm', 'sh', '-c', script, 'sh'] };
}

/** With the mounts that another process sees, which `onTmpfs` started, and where that one works. */
export function inNamespacesOf(pid: number): Sandbox {
  return { prefix: ['nsenter', '-t', String(pid), '-U', '--preserve-credentials', '-m', '--wd'] };
}

/** At most that many descriptors. */
export function withDescriptors(count: number): Sandbox {
  return { prefix: ['prlimit', `--nofile=${count}:${count}`] };
}

/** Files may not become larger than that. The signal that comes with it is one that Node ignores. */
export function withFilesUpTo(bytes: number): Sandbox {
  return { prefix: ['prlimit', `--fsize=${bytes}:${bytes}`] };
}
