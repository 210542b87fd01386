/**
 * Decides what happens next in a simulated world: the end of a file call, a turn of the event loop, a timer, a
 * client's next step. Nothing happens by itself, and time passes only here, so the same choices give the same run.
 */
import type { Clock, Turns } from '../../src/wal/platform.ts';

/** Whoever waits for something: a process, or the clients. What a dead one waits for never happens. */
export interface Owner {
  readonly isDead: boolean;
}

export interface Task {
  readonly owner: Owner;
  readonly run: () => void;
  /** Not before this time. */
  readonly notBeforeMs: number;
}

interface Timer extends Task {
  readonly number: number;
}

/** Picks one of `count` things, from 0 on. */
export type Choice = (count: number) => number;

/** Takes the oldest first, always. */
export const inOrder: Choice = () => 0;

/** A timer that is due before any turn, and that before the newest call. */
export const newestFirst: Choice = (count) => count - 1;

export class Scheduler {
  nowMs = 0;
  readonly #choice: Choice;
  /** Milliseconds that pass with one step; also how clocks jump. */
  readonly #stepMs: () => number;
  #tasks: Task[] = [];
  #turns: Task[] = [];
  #timers: Timer[] = [];
  #made = 0;

  constructor(choice: Choice, stepMs: () => number = () => 0.01) {
    this.#choice = choice;
    this.#stepMs = stepMs;
  }

  /** Whether all that is left are timers. */
  get isIdle(): boolean {
    return this.#tasks.length === 0 && this.#turns.length === 0;
  }

  /** Something outside, such as a file call, that ends whenever it likes. */
  whenever(owner: Owner, run: () => void, delayMs = 0): void {
    this.#tasks.push({ owner, run, notBeforeMs: this.nowMs + delayMs });
  }

  clockOf(owner: Owner): Clock {
    return {
      now: () => this.nowMs,
      setTimeout: (callback, delayMs) => {
        this.#made += 1;
        const notBeforeMs = this.nowMs + Math.max(1, delayMs);
        const timer: Timer = { owner, run: () => callback(), notBeforeMs, number: this.#made };
        this.#timers.push(timer);
        return timer;
      },
      clearTimeout: (timer) => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  turnsOf(owner: Owner): Turns {
    return { nextTurn: (callback) => void this.#turns.push({ owner, run: callback, notBeforeMs: 0 }) };
  }

  /** Forgets what the dead wait for. */
  forgetTheDead(): void {
    const lives = ({ owner }: Task) => !owner.isDead;
    this.#tasks = this.#tasks.filter(lives);
    this.#turns = this.#turns.filter(lives);
    this.#timers = this.#timers.filter(lives);
  }

  /**
   * Lets one thing happen, and all that follows from it at once. `false`: there is nothing that could, now or later.
   * Turns and timers come in their order, as in Node; whether before or after a file call is open.
   */
  step(): boolean {
    this.nowMs += this.#stepMs();
    const turn = this.#turns[0];
    const timer = this.#nextTimer();
    const isDue = timer !== undefined && timer.notBeforeMs <= this.nowMs && !turn;
    const ready = this.#tasks.filter(({ notBeforeMs }) => notBeforeMs <= this.nowMs);
    const count = ready.length + (turn ? 1 : 0) + (isDue ? 1 : 0);
    if (count === 0) return this.#wait();
    const chosen = ready[this.#choice(count)];
    if (chosen) this.#tasks = this.#tasks.filter((task) => task !== chosen);
    else if (turn) this.#turns.shift();
    else this.#timers = this.#timers.filter((other) => other !== timer);
    (chosen ?? turn ?? timer)!.run();
    return true;
  }

  /** Nothing can happen now: time goes on to where something can. */
  #wait(): boolean {
    const times = [...this.#tasks, ...this.#timers].map(({ notBeforeMs }) => notBeforeMs);
    if (times.length === 0) return false;
    this.nowMs = Math.max(this.nowMs, Math.min(...times));
    return true;
  }

  #nextTimer(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (!next || timer.notBeforeMs < next.notBeforeMs) next = timer;
    return next;
  }
}

/**
 * Resolves when all promises have had their say that could. A tick runs when the queue of promise reactions is empty,
 * and nothing in a simulated world ticks but this.
 */
export function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** Lets things happen until `isDone`. Throws if that takes more than `stepsMax`, or if nothing can happen any more. */
export async function runUntil(
  scheduler: Scheduler,
  isDone: () => boolean,
  stepsMax: number,
  what: string,
): Promise<void> {
  await settled();
  for (let steps = 0; !isDone(); steps += 1) {
    if (steps >= stepsMax) throw new Stall(`${what} took more than ${stepsMax} steps`);
    if (!scheduler.step()) throw new Stall(`${what}: nothing is left that could happen`);
    await settled();
  }
}

export class Stall extends Error {
  override readonly name = 'Stall';
}
