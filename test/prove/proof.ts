/** One part of `npm run prove`: work that can be cut into numbered units, done in any portions, and gone on with later. */
export interface Proof {
  /** As the table of `docs/reliability.md` says it. */
  readonly name: string;
  /** Units of work; unit `i` is the same work each time (a seed, a cycle, a call position). */
  readonly units: number;
  /** How many units are done between two savings of the progress; some seconds' worth. */
  readonly portion: number;
  /**
   * Does units `from` to `from + count - 1`. Resolves with figures that are added up over all portions; rejects with what was
   * wrong, and the command that shows it again.
   */
  run(from: number, count: number): Promise<Readonly<Record<string, number>>>;
}
