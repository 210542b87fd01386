/** The whole corpus: hostile, odd and merely unusual requests, each with its documented answer. */
import { batches } from './batches.ts';
import { bodyEntries } from './bodies.ts';
import { framing } from './framing.ts';
import { keysAndValues } from './keys-and-values.ts';
import type { CorpusEntry } from './request.ts';
import { senders } from './senders.ts';
import { targets } from './targets.ts';

/** In this order: some refusals are about keys that an entry before them has stored, and the large ones come last. */
export const corpus: readonly CorpusEntry[] = [
  ...targets,
  ...senders,
  ...framing,
  ...keysAndValues,
  ...batches,
  ...bodyEntries,
];
