/** The program of an HTTP thread that dies when it is told to. */
import { parentPort } from 'node:worker_threads';
import '../../../../src/http/threads/thread-main.ts';

export type Death = 'throws' | 'exits' | 'runs out of memory' | 'rejects';

parentPort!.on('message', (death: Death) => {
  switch (death) {
    case 'throws':
      throw new Error('it was told to');
    case 'rejects':
      void Promise.reject(new Error('it was told to'));
      break;
    case 'exits':
      process.exit(3);
      break;
    case 'runs out of memory': {
      const kept = [];
      for (;;) kept.push(new Array(100_000).fill({}));
    }
  }
});
// Waiting to be told is no reason to stay.
parentPort!.unref();
