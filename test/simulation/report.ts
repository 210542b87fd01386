/** What a random run has to say when nothing was wrong with it. */

export interface Report {
  readonly seed: number;
  readonly counts: RunCounts;
  /** How often the store told its operator what. */
  readonly events: ReadonlyMap<string, number>;
  /** The same for two runs exactly when the same things happened in the same order. */
  readonly traceHash: string;
  readonly diskHash: string;
}

export interface RunCounts {
  powerLosses: number;
  processCrashes: number;
  cleanStops: number;
  /** Of the losses and crashes, those before the store had opened. */
  crashesInRecovery: number;
  refusals: number;
  faults: number;
  operations: number;
  committed: number;
  steps: number;
}

export function noCounts(): RunCounts {
  return {
    powerLosses: 0,
    processCrashes: 0,
    cleanStops: 0,
    crashesInRecovery: 0,
    refusals: 0,
    faults: 0,
    operations: 0,
    committed: 0,
    steps: 0,
  };
}
