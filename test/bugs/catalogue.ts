/** All planted bugs. A new one goes into the list of its kind. */
import { bugsInAnswers } from './answers.ts';
import { bugsInCompaction } from './compaction.ts';
import { bugsInDurability } from './durability.ts';
import type { PlantedBug } from './planted-bug.ts';
import { bugsInRecovery } from './recovery.ts';
import { bugsInRequests } from './requests.ts';

export const plantedBugs: readonly PlantedBug[] = [
  ...bugsInAnswers,
  ...bugsInDurability,
  ...bugsInRecovery,
  ...bugsInCompaction,
  ...bugsInRequests,
];
