/** Whether a tool that a test needs is there and allowed to work: asked by running it. */
import { spawnSync } from 'node:child_process';
import { chromiumCommand } from './chromium-command.ts';

export function canRun(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** What each tool must be able to do; the Debian package that brings it is in `.ci/run`. */
const trials = {
  chromium: ['--version'],
  etcd: ['--version'],
  strace: ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=fsync', '-e', 'inject=fsync:error=EIO', 'true'],
  unshare: ['-Urm', 'sh', '-c', 'mount -t tmpfs -o size=64k tmpfs /mnt'],
  nsenter: ['--version'],
  'redis-server': ['--version'],
  prlimit: ['--nofile=200:200', 'true'],
} as const;

export type Tool = keyof typeof trials;

const answers = new Map<Tool, boolean>();

/**
 * Whether tests that use `tool` can run. Where they cannot, they are skipped with a notice that nobody can overlook; where
 * CI is set the file that asks fails instead, for there a skipped test would look like one that passed.
 */
export function mayUse(tool: Tool): boolean {
  const known = answers.get(tool);
  if (known !== undefined) return known;
  const isUsable = canRun(tool === 'chromium' ? chromiumCommand() : tool, ...trials[tool]);
  answers.set(tool, isUsable);
  if (isUsable) return true;
  const name = tool === 'chromium' ? 'CHROMIUM (CHROMIUM_PATH)' : tool.toUpperCase();
  const notice = `THE COMMAND ${name} IS MISSING OR NOT ALLOWED HERE: THE TESTS THAT NEED IT DO NOT RUN`;
  if (process.env.CI) throw new Error(notice);
  // biome-ignore lint/suspicious/noConsole: a skipped test must be seen.
  console.warn(notice);
  return false;
}

/** For what is worth nothing without the tool: a proof that left it out would say more than it showed. */
export function needs(tool: Tool): void {
  if (!mayUse(tool)) throw new Error(`${tool} is missing or not allowed here: this proof needs it`);
}
