/**
 * The next flush of a server is held up until it is released; at the latest when the test ends, however it ends: a server
 * with a put under way waits for it before it closes. Use it with `using`, behind the server.
 */
import type { InspectedServer } from '../../support/inspected-server.ts';

export class HeldDisk implements Disposable {
  readonly release: () => void;

  constructor({ watched }: InspectedServer) {
    this.release = watched.files.hold('appendDurably');
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
