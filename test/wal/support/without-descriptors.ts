/** A process that holds the lock of the directory given, uses up all its descriptors, and syncs the directory. */
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFileSystem } from '../../../src/wal/node-platform.ts';

const directory = process.argv[2]!;
await nodeFileSystem.lock(join(directory, 'LOCK'));
await nodeFileSystem.syncDirectory(directory); // loads whatever is loaded at first use
let errno = '';
while (errno === '') {
  try {
    openSync('/dev/null', 'r');
  } catch (error) {
    errno = (error as NodeJS.ErrnoException).code!;
  }
}
const outcome = await nodeFileSystem.syncDirectory(directory).then(
  () => 'synced',
  (error: NodeJS.ErrnoException) => error.code,
);
process.stdout.write(`${errno} ${outcome}\n`);
process.exit();
