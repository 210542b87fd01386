/** Whether a tool that a test needs is there and allowed to work: asked by running it. */
import { spawnSync } from 'node:child_process';

export function canRun(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
