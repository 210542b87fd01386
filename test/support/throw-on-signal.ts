/** Loaded into a server ahead of its program: on SIGUSR2 our own code throws there, in the thread of the store. */
import { isMainThread } from 'node:worker_threads';

if (isMainThread)
  process.on('SIGUSR2', () => {
    throw new Error('a bug');
  });
