/** Compares the checkers with brute force on small histories. */
import { hasSerialOrder } from './brute-force.ts';
import { checkAgainstLog } from './check-against-log.ts';
import { checkHistory } from './check-history.ts';
import { KINDS_OF_SAMPLES, sampleOf } from './random-history.ts';
import type { Violation } from './violation.ts';

/** How many samples were right and wrong, for the black box and for the white box. */
export interface Figures {
  histories: number;
  right: number;
  wrong: number;
  rightByLog: number;
  wrongByLog: number;
}

/** Throws where a checker and brute force differ on the sample of a seed, and tells what each says. */
export function compareWithBruteForce(firstSeed: number, count: number): Figures {
  const figures = { histories: count, right: 0, wrong: 0, rightByLog: 0, wrongByLog: 0 };
  for (let seed = firstSeed; seed < firstSeed + count; seed += 1) {
    const { history, log } = sampleOf(seed);
    const isRight = hasSerialOrder(history);
    const isRightByLog = hasSerialOrder(history, log);
    if (seed % KINDS_OF_SAMPLES === 0 && !isRightByLog) throw new Error(`sample ${seed} is not right as it was made`);
    demandSame(seed, 'black box', isRight, checkHistory(history));
    demandSame(seed, 'white box', isRightByLog, checkAgainstLog(history, log));
    figures[isRight ? 'right' : 'wrong'] += 1;
    figures[isRightByLog ? 'rightByLog' : 'wrongByLog'] += 1;
  }
  return figures;
}

function demandSame(seed: number, name: string, isRight: boolean, violations: readonly Violation[]): void {
  if (isRight === (violations.length === 0)) return;
  const says = violations.map(({ message }) => message).join('; ') || 'nothing is wrong';
  throw new Error(`sample ${seed} is ${isRight ? 'right' : 'wrong'}; the ${name} check says: ${says}`);
}
