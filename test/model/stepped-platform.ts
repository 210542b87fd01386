/**
 * A platform on which nothing happens by itself. Every file call begins and ends, and every turn of the event loop
 * comes, when `fc.scheduler` picks it; timers go off when nothing else is left to happen. So one run of a property is
 * one order of events, and the same seed gives the same order again.
 */
import type fc from 'fast-check';
import type { Clock, FileSystem, Platform } from '../../src/wal/platform.ts';

/** Nothing in the store takes longer than its longest pause between two attempts, a minute. */
const PATIENCE_MS = 600_000;

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

export class SteppedPlatform implements Platform {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly turns: Platform['turns'];
  readonly random: Platform['random'];
  readonly #scheduler: fc.Scheduler;
  #timers = new Set<Timer>();
  #nowMs = 0;

  /** `process` makes the random bytes of one process differ from those of the next. */
  constructor(scheduler: fc.Scheduler, files: FileSystem, process: number) {
    this.#scheduler = scheduler;
    this.files = inSteps(files, (label) => scheduler.schedule(Promise.resolve(), label));
    this.turns = { nextTurn: (callback) => void scheduler.schedule(Promise.resolve(), 'next turn').then(callback) };
    this.random = { bytes: (count) => new Uint8Array(count).fill(process) };
    this.clock = {
      now: () => this.#nowMs,
      setTimeout: (callback, delayMs) => {
        const timer: Timer = { dueMs: this.#nowMs + delayMs, callback };
        this.#timers.add(timer);
        return timer;
      },
      clearTimeout: (timer) => void this.#timers.delete(timer as Timer),
    };
  }

  /** Lets up to `count` of the calls and turns that are due happen, in the order that the scheduler wants. */
  async step(count = 1): Promise<void> {
    for (let step = 0; step < count && this.#scheduler.count() > 0; step += 1) {
      await this.#scheduler.waitOne();
      await settled();
    }
  }

  /** Lets happen what is due, and time pass where nothing is, until the work is done. */
  async untilSettled<T>(work: Promise<T>, what: string): Promise<T> {
    let isSettled = false;
    const note = () => {
      isSettled = true;
    };
    work.then(note, note);
    await settled();
    await this.until(() => isSettled, what);
    return work;
  }

  async until(isSo: () => boolean, what: string, patienceMs = PATIENCE_MS): Promise<void> {
    const deadlineMs = this.#nowMs + patienceMs;
    while (!isSo()) {
      if (this.#scheduler.count() > 0) await this.step();
      else if (!(await this.#nextTimer(deadlineMs))) throw new Error(`${what} did not come in ${patienceMs} ms`);
    }
  }

  /** Sets off the timers of the next while, whatever else is under way. */
  async letPass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    while (await this.#nextTimer(endMs));
    this.#nowMs = endMs;
  }

  /** The process is dead: its timers are gone with it. */
  stop(): void {
    this.#timers = new Set();
  }

  async #nextTimer(beforeMs: number): Promise<boolean> {
    const [next] = [...this.#timers].toSorted((a, b) => a.dueMs - b.dueMs);
    if (!next || next.dueMs > beforeMs) return false;
    this.#timers.delete(next);
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    next.callback();
    await settled();
    return true;
  }
}

/** All that follows from what happened, up to the next call, has happened too. */
function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/**
 * Each call has two moments: when it takes effect, and when the caller learns of it. What the scheduler puts between
 * them, the death of the process say, meets a disk that has changed and a caller that does not know.
 */
function inSteps<T extends object>(calls: T, due: (label: string) => Promise<unknown>): T {
  return new Proxy(calls, {
    get(_, name) {
      const call = Reflect.get(calls, name) as ((...given: unknown[]) => Promise<unknown>) | undefined;
      if (!call) return undefined; // `await` asks everything whether it is a promise
      return async (...given: unknown[]) => {
        await due(`${String(name)} begins`);
        try {
          const result = await call.apply(calls, given);
          return isOpenFile(result) ? inSteps(result, due) : result;
        } finally {
          await due(`${String(name)} ends`);
        }
      };
    },
  });
}

function isOpenFile(result: unknown): result is object {
  return typeof result === 'object' && result !== null && ('close' in result || 'release' in result);
}
