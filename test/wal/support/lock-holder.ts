/** A process of its own that takes the lock on the path given, says so, and holds it until it is killed. */
import { setImmediate } from 'node:timers/promises';
import { nodeFileSystem } from '../../../src/wal/node-platform.ts';

const isHeld = await takeLock();
await setImmediate();
// Nobody keeps the lock from here on: with --expose-gc, this shows whether it is held all the same.
(globalThis as { gc?: () => void }).gc?.();
await setImmediate();
process.stdout.write(isHeld ? 'held\n' : 'refused\n');
if (isHeld) process.stdin.resume();

async function takeLock(): Promise<boolean> {
  return (await nodeFileSystem.lock(process.argv[2]!)) !== undefined;
}
