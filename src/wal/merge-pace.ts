/**
 * How fast a merge goes. It shares the cores and the disk with the puts, and is in no hurry while few blocks wait for it: it
 * works for a quarter of the time and rests for the others (docs/decisions/paced-merges.md). The more blocks wait, the less
 * it rests, so that the log never outruns what merging at full speed can keep up with.
 */
import type { Clock } from './platform.ts';

/**
 * How many blocks there are beyond those that are left alone. Shared memory: the compactor counts on while the thread that
 * merges looks.
 */
export class Backlog {
  /** Crosses to the thread, where another `Backlog` is made of it. */
  readonly shared: Int32Array;

  constructor(shared: Int32Array = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))) {
    this.shared = shared;
  }

  get blocks(): number {
    return Atomics.load(this.shared, 0);
  }

  set blocks(blocks: number) {
    Atomics.store(this.shared, 0, blocks);
  }
}

const WORK_SHARE_MIN = 1 / 4;
/** Up to so many blocks there is no hurry. */
const CALM_BLOCKS_MAX = 8;
/** From so many on a merge does not rest at all. */
const FULL_SPEED_BLOCKS = 16;

/** The part of the time that a merge may work: from a quarter to 1. */
export function workShare(backlogBlocks: number): number {
  const hurry = (backlogBlocks - CALM_BLOCKS_MAX) / (FULL_SPEED_BLOCKS - CALM_BLOCKS_MAX);
  return WORK_SHARE_MIN + (1 - WORK_SHARE_MIN) * Math.min(1, Math.max(0, hurry));
}

/** A timer is not more exact than this: what is owed below it is left for the next rest. */
const REST_MS_MIN = 1;
/** After so long it is looked again whether there is a hurry now. */
const REST_MS_MAX = 50;
/** What a step takes longer is no work: the process was stopped, or the disk hung. */
const STEP_MS_MAX = 1000;

/** Rests between the steps of one merge. */
export class MergePace {
  readonly #backlog: Pick<Backlog, 'blocks'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #sleep: (ms: number) => Promise<unknown>;
  #workingSinceMs: number;
  /** Time worked that no rest has made up for. A little below 0 after a rest that was longer than it was meant to be. */
  #workedMs = 0;

  constructor(backlog: Pick<Backlog, 'blocks'>, clock: Pick<Clock, 'now'>, sleep: (ms: number) => Promise<unknown>) {
    this.#backlog = backlog;
    this.#clock = clock;
    this.#sleep = sleep;
    this.#workingSinceMs = clock.now();
  }

  /** To be called after each step. Takes as long as what was worked since the last call is worth at the present backlog. */
  async rest(): Promise<void> {
    this.#workedMs += Math.min(this.#clock.now() - this.#workingSinceMs, STEP_MS_MAX);
    for (;;) {
      const restPerWork = 1 / workShare(this.#backlog.blocks) - 1;
      const owedMs = this.#workedMs * restPerWork;
      if (restPerWork === 0) this.#workedMs = 0;
      if (owedMs < REST_MS_MIN) break;
      const restingSinceMs = this.#clock.now();
      await this.#sleep(Math.min(owedMs, REST_MS_MAX));
      this.#workedMs -= Math.min(this.#clock.now() - restingSinceMs, 2 * REST_MS_MAX) / restPerWork;
    }
    this.#workingSinceMs = this.#clock.now();
  }
}
