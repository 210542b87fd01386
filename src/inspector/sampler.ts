/**
 * Chooses at its start which put is shown, so that a busy server spends a bounded part of itself on being watched. Plain
 * arithmetic: the caller says how much time has passed.
 */

export interface SamplerRates {
  /** Shown a second where the viewer leaves the number to us; enough to see what goes on, and not too many to read. */
  readonly autoPerS: number;
  /** However small a number is asked for, no more than these. */
  readonly mostPerS: number;
}

const PAGE_RATES: SamplerRates = { autoPerS: 200, mostPerS: 400 };
/** One in 1, 2, 5, 10, 20, 50 … is easier to reckon with than one in 37. */
const ROUND = [1, 2, 5];

export class Sampler {
  readonly #rates: SamplerRates;
  readonly #random: () => number;
  #asked: number | 'auto' = 'auto';
  #keys: ReadonlySet<string> = new Set();
  #oneIn = 1;
  #seen = 0;
  #chosen = 0;
  /** What may still be chosen in this interval. */
  #budget = 0;
  #perSecond = 0;

  /** `random` gives numbers from 0 up to, but not including, 1. */
  constructor(rates = PAGE_RATES, random: () => number = Math.random) {
    this.#rates = rates;
    this.#random = random;
  }

  get asked(): number | 'auto' {
    return this.#asked;
  }

  /** One in so many is chosen now. */
  get oneIn(): number {
    return this.#oneIn;
  }

  /** All puts on these keys are chosen besides, as far as the budget goes. */
  get keys(): ReadonlySet<string> {
    return this.#keys;
  }

  ask(oneIn: number | 'auto', keys: ReadonlySet<string> = new Set()): void {
    this.#asked = oneIn;
    this.#keys = keys;
    this.#fit();
  }

  /** Asked once for every put; one for which there is no room is seen, and not chosen. */
  chooses(keys: Iterable<{ readonly key: string }>, hasRoom = true): boolean {
    this.#seen += 1;
    if (this.#budget <= 0 || !hasRoom) return false;
    if (this.#random() * this.#oneIn >= 1 && !this.#follows(keys)) return false;
    this.#budget -= 1;
    this.#chosen += 1;
    return true;
  }

  /** Ends an interval of so many milliseconds: what was seen in it, and how many of those were chosen. */
  takeInterval(intervalMs: number): { readonly seen: number; readonly chosen: number } {
    const counts = { seen: this.#seen, chosen: this.#chosen };
    this.#seen = 0;
    this.#chosen = 0;
    if (intervalMs > 0) {
      const perSecond = (counts.seen * 1000) / intervalMs;
      // Up at once, so that a burst is not all shown; down over about a second, so that the number is steady.
      this.#perSecond = Math.max(perSecond, this.#perSecond * 0.5 ** (intervalMs / 500));
    }
    this.#fit();
    this.#budget = Math.ceil((this.#rates.mostPerS * Math.min(Math.max(intervalMs, 50), 1000)) / 1000);
    return counts;
  }

  #fit(): void {
    const { autoPerS, mostPerS } = this.#rates;
    const least =
      this.#asked === 'auto' ? this.#perSecond / autoPerS : Math.max(this.#asked, this.#perSecond / mostPerS);
    this.#oneIn = this.#asked !== 'auto' && least <= this.#asked ? this.#asked : roundUp(least);
  }

  #follows(keys: Iterable<{ readonly key: string }>): boolean {
    if (this.#keys.size === 0) return false;
    for (const { key } of keys) if (this.#keys.has(key)) return true;
    return false;
  }
}

/** The next of 1, 2, 5, 10, 20, 50 … */
function roundUp(least: number): number {
  for (let scale = 1; ; scale *= 10) {
    for (const step of ROUND) if (step * scale >= least) return step * scale;
  }
}
