/**
 * S16 to S18 and S1, all of it: stores of 64 KiB of which one bit is flipped, or one file is cut, given to recovery in
 * process. Each is refused and the file named, or has the same state, or lacks exactly the last unmarked batch and says so.
 */
import { Damage, StartRefusal } from '../../src/wal/refusal.ts';
import { MemoryFiles } from '../support/memory-files.ts';
import { directory, recoverState, type StoreState, sampleStore } from './sample-store.ts';

export type Verdict = 'refused' | 'sameState' | 'lastBatchMissing';
export type Verdicts = Record<Verdict, number>;

/** One file of the store, changed. */
interface Change {
  readonly file: string;
  readonly bytes: Buffer;
  /** The place in words, for whoever reads the failure. */
  readonly what: string;
}

/** Something that can be done to a store in numbered ways. */
export interface Damaging {
  readonly units: number;
  /** Unit `i` is always the same change. */
  change(unit: number): Change;
}

/** A good store, and what may come of it once it is damaged. */
export class Subject {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly #whole: StoreState;
  /** `undefined`: a mark proves the last batch, so it may not go missing. */
  readonly #withoutLastBatch: StoreState | undefined;

  private constructor(files: ReadonlyMap<string, Buffer>, whole: StoreState, withoutLastBatch?: StoreState) {
    this.files = files;
    this.#whole = whole;
    this.#withoutLastBatch = withoutLastBatch;
  }

  /** Log blocks only; nothing lies behind the last batch. */
  static async unmarked(): Promise<Subject> {
    const { files, state, stateBeforeLast } = await sampleStore({ isMarked: false, isCompacted: false });
    return new Subject(files, state, stateBeforeLast);
  }

  /** A compacted block, log blocks, and a mark at the end. */
  static async marked(): Promise<Subject> {
    const { files, state } = await sampleStore({ isMarked: true, isCompacted: true });
    return new Subject(files, state);
  }

  /** Every bit of every file. */
  bitFlips(): Damaging {
    const bits = (bytes: Buffer) => bytes.length * 8;
    return this.#damaging(bits, (bytes, bit) => {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      return [flipped, `bit ${bit & 7} of byte ${bit >> 3} flipped`];
    });
  }

  /** Every file cut to every length that is less than its own. */
  truncations(): Damaging {
    const lengths = (bytes: Buffer) => bytes.length;
    return this.#damaging(lengths, (bytes, length) => [bytes.subarray(0, length), `cut to ${length} bytes`]);
  }

  /** Starts the store with the change made. Rejects where that ends in anything but what is allowed. */
  async verdictOn({ file, bytes, what }: Change): Promise<Verdict> {
    const files = new MemoryFiles(new Map(this.files).set(file, bytes));
    const how = `${file}: ${what}`;
    try {
      const { state, events } = await recoverState(files);
      if (isSame(state, this.#whole)) return 'sameState';
      if (!this.#withoutLastBatch || !isSame(state, this.#withoutLastBatch)) throw new Error(`${how}: a wrong state`);
      if (!events.includes('torn_tail')) throw new Error(`${how}: the last batch is missing, and nobody is told`);
      return 'lastBatchMissing';
    } catch (error) {
      if (!(error instanceof StartRefusal)) throw error;
      if (error.exitCode !== 65) throw new Error(`${how}: exit code ${error.exitCode}`, { cause: error });
      if (!error.message.includes(`${directory}/${file}`)) throw new Error(`${how}: not named`, { cause: error });
      const end = this.files.get(file)!.length;
      if (error instanceof Damage && error.report.offset >= end) throw new Error(`${how}: no place`, { cause: error });
      return 'refused';
    }
  }

  #damaging(unitsOf: (bytes: Buffer) => number, change: (bytes: Buffer, unit: number) => [Buffer, string]): Damaging {
    const files = [...this.files];
    const units = files.reduce((sum, [, bytes]) => sum + unitsOf(bytes), 0);
    return {
      units,
      change(unit) {
        let left = unit;
        for (const [file, whole] of files) {
          if (left < unitsOf(whole)) {
            const [bytes, what] = change(whole, left);
            return { file, bytes, what };
          }
          left -= unitsOf(whole);
        }
        throw new RangeError(`there is no unit ${unit}`);
      },
    };
  }
}

/** Does some of the units, and counts what came of them. */
export async function damage(subject: Subject, { change }: Damaging, units: Iterable<number>): Promise<Verdicts> {
  const verdicts: Verdicts = { refused: 0, sameState: 0, lastBatchMissing: 0 };
  for (const unit of units) verdicts[await subject.verdictOn(change(unit))] += 1;
  return verdicts;
}

function isSame(one: StoreState, other: StoreState): boolean {
  if (one.size !== other.size) return false;
  for (const [key, text] of one) if (other.get(key) !== text) return false;
  return true;
}
