/** Everything that `npm run prove` runs. A new proof goes into the list of its folder. */
import { plantedBugProof } from '../bugs/proofs.ts';
import { crashProofs } from '../crash/proofs.ts';
import { historyProofs } from '../history/proofs.ts';
import { modelProofs } from '../model/proofs.ts';
import { simulationProofs } from '../simulation/proofs.ts';
import { coverageProof } from './branch-coverage.ts';
import { mutationProof } from './mutation.ts';
import type { Proof } from './proof.ts';

export const proofs: readonly Proof[] = [
  ...modelProofs,
  ...simulationProofs,
  ...historyProofs,
  ...crashProofs,
  plantedBugProof,
  coverageProof,
  mutationProof,
];

export function findProof(name: string): Proof {
  const proof = proofs.find((one) => one.name === name);
  if (!proof) throw new Error(`there is no proof "${name}"`);
  return proof;
}
