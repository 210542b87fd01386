/** How long a transaction stayed in each state. */
import type { Step, TransactionRecord } from '../protocol.ts';

export interface Stay {
  readonly state: string;
  readonly fromMs: number;
  readonly ms: number;
  /** It is there still. */
  readonly isOpen: boolean;
}

/** One after the other, without the state that it ended in: nothing stays there. */
export function staysOf({ steps, endedMs }: TransactionRecord, nowMs: number): Stay[] {
  const stays = steps.map((step, i): Stay => {
    const next: Step | undefined = steps[i + 1];
    const until = next?.atMs ?? endedMs ?? Math.max(nowMs, step.atMs);
    return { state: step.to, fromMs: step.atMs, ms: until - step.atMs, isOpen: !next && endedMs === undefined };
  });
  return endedMs === undefined ? stays : stays.slice(0, -1);
}
