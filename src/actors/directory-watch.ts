/** Notices that the data directory was removed or replaced under a running store. */
import { fromCallback } from 'xstate';
import type { Platform } from '../wal/platform.ts';
import type { DirectoryLost } from './messages.ts';

export interface DirectoryWatchInput {
  readonly platform: Platform;
  readonly dataDir: string;
}

export class DirectoryGone extends Error {
  override readonly name = 'DirectoryGone';
}

const CHECK_INTERVAL_MS = 1000;

/** Sends `directoryLost` once the path leads to another directory, or to none. Our files may then be anywhere. */
export const directoryWatch = fromCallback<{ type: string }, DirectoryWatchInput, DirectoryLost>(
  ({ input: { platform, dataDir }, sendBack }) => {
    const { clock, files } = platform;
    let stopped = false;
    let timer: unknown;
    let identity: string | undefined;
    const check = async () => {
      // A stat that fails for another reason says nothing about the directory; the next one may tell.
      const found = await files.stat(dataDir).catch(() => 'unknown' as const);
      if (stopped) return;
      if (found !== 'unknown') {
        identity ??= found?.identity;
        if (!found || found.identity !== identity) {
          const error = new DirectoryGone(
            `data directory ${dataDir} was removed or replaced while the server was running`,
          );
          sendBack({ type: 'directoryLost', error });
          return;
        }
      }
      timer = clock.setTimeout(() => void check(), CHECK_INTERVAL_MS);
    };
    void check();
    return () => {
      stopped = true;
      clock.clearTimeout(timer);
    };
  },
);
