/** Shows how far a proof or a bench has come: one line that changes on a terminal, a line now and then elsewhere. */

const CELLS = 24;
const LINE_INTERVAL_MS = 30_000;

export class ProgressBar {
  #name: string;
  readonly #units: number;
  readonly #startedAt: number;
  readonly #startedMs = performance.now();
  #lastLineMs = Number.NEGATIVE_INFINITY;

  constructor(name: string, units: number, done: number) {
    this.#name = name;
    this.#units = units;
    this.#startedAt = done;
    this.show(done);
  }

  /** `name` is what is being done now, where that is another thing than before. */
  show(done: number, name = this.#name): void {
    this.#name = name;
    const nowMs = performance.now();
    const isTerminal = process.stdout.isTTY;
    if (!isTerminal && done < this.#units && nowMs - this.#lastLineMs < LINE_INTERVAL_MS) return;
    this.#lastLineMs = nowMs;
    const filled = Math.floor((CELLS * done) / this.#units);
    const bar = '#'.repeat(filled) + '.'.repeat(CELLS - filled);
    const text = `[${bar}] ${done.toLocaleString('en')}/${this.#units.toLocaleString('en')} ${this.#rest(done, nowMs)} ${this.#name}`;
    process.stdout.write(isTerminal ? `\r\x1b[2K${text}` : `${text}\n`);
  }

  end(): void {
    if (process.stdout.isTTY) process.stdout.write('\n');
  }

  /** How long it will still take at the rate so far. */
  #rest(done: number, nowMs: number): string {
    if (done === this.#units) return 'done';
    if (done === this.#startedAt) return '';
    const restS = ((nowMs - this.#startedMs) / 1000 / (done - this.#startedAt)) * (this.#units - done);
    return restS < 120 ? `${Math.ceil(restS)} s left` : `${Math.ceil(restS / 60)} min left`;
  }
}
