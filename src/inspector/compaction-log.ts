/** The merges of one watch, told from the compactor's transitions. Plain data. */
import type { CompactorContext } from '../actors/compactor.machine.ts';
import type { CompactionRecord, StateName } from './protocol.ts';

export interface CompactorSnapshot {
  readonly value: StateName;
  readonly context: CompactorContext;
}

export class CompactionLog {
  readonly #watchStartedMs: number;
  #records: CompactionRecord[] = [];

  /** On the clock that the compactor uses. */
  constructor(watchStartedMs: number) {
    this.#watchStartedMs = watchStartedMs;
  }

  /** The compactor goes from one state to another; `context` is what it knew before. */
  step(
    from: StateName,
    to: StateName,
    event: object,
    { run, result, startedMs }: CompactorContext,
    nowMs: number,
  ): void {
    const isWorking = from === 'merging' || from === 'publishing' || from === 'discarding';
    if (!isWorking || to === 'publishing' || to === 'discarding') return;
    const { error } = event as { readonly error?: unknown };
    const bytesBefore = run.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#records.push({
      endedMs: nowMs - this.#watchStartedMs,
      tookMs: nowMs - startedMs,
      inputs: run.length,
      bytesBefore,
      // A merged block that is in place counts, also where its inputs could not be deleted.
      bytesAfter: from === 'discarding' ? result!.bytes : bytesBefore,
      ...(error !== undefined && { error: error instanceof Error ? error.message : String(error) }),
    });
  }

  /** Ends an interval. */
  takeInterval(): readonly CompactionRecord[] {
    const taken = this.#records;
    this.#records = [];
    return taken;
  }
}
