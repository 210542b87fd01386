/** One watch of one server, live or from a file: its frames, and what was worked out from them as they came. */
import type { Frame, Hello, PutCounts } from '../protocol.ts';
import { FrameRing, LIVE_BOUNDS, type RingBounds } from './frame-ring.ts';
import { endedPuts } from './outcomes.ts';
import { Seconds } from './seconds.ts';
import { TransactionIndex } from './transaction-index.ts';

export class Watch {
  readonly hello: Hello;
  readonly ring: FrameRing;
  readonly transactions = new TransactionIndex();
  readonly seconds = new Seconds();
  /** Whether any put was ever seen, also in frames that are gone. */
  hasSeenPuts = false;

  constructor(hello: Hello, bounds: RingBounds = LIVE_BOUNDS) {
    this.hello = hello;
    this.ring = new FrameRing(hello, bounds);
  }

  push(frame: Frame, bytes: number, watched?: number): void {
    if (!this.ring.push(frame, bytes, watched)) return;
    this.transactions.add(this.ring.last, frame);
    this.seconds.add(frame);
    this.transactions.dropBefore(this.ring.first);
    this.seconds.dropBefore(this.ring.at(this.ring.first)!.atMs);
    this.hasSeenPuts ||= frame.puts.begun > 0 || endedPuts(frame.puts) > 0;
  }

  /** The frames of the last while up to a moment, newest first. */
  *framesBack(index: number, ms: number): Generator<Frame> {
    const until = (this.ring.at(index)?.atMs ?? 0) - ms;
    for (let i = index; i >= this.ring.first; i--) {
      const frame = this.ring.at(i)!;
      if (frame.atMs <= until && i !== index) return;
      yield frame;
    }
  }
}

/** Of a span that ends with a moment. */
export interface Recent {
  readonly ms: number;
  readonly puts: PutCounts;
}

export function recentPuts(watch: Watch, index: number, ms: number): Recent {
  const puts = { begun: 0, committed: 0, stale: 0, inFlight: 0, refused: 0, rolledBack: 0, undecided: 0, underWay: 0 };
  let covered = 0;
  for (const frame of watch.framesBack(index, ms)) {
    covered += frame.intervalMs;
    for (const name of COUNTS) puts[name] += frame.puts[name];
  }
  puts.underWay = watch.ring.at(index)?.puts.underWay ?? 0;
  return { ms: covered, puts };
}

const COUNTS = ['begun', 'committed', 'stale', 'inFlight', 'refused', 'rolledBack', 'undecided'] as const;
