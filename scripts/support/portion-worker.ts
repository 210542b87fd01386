/** A process that does portions of proofs, one after the other, as it is told by `npm run prove`. */
import { findProof } from '../../test/prove/proofs.ts';
import { endOnSignals } from './end-on-signals.ts';

export interface PortionOrder {
  readonly name: string;
  readonly from: number;
  readonly count: number;
}

export type PortionReply =
  | { readonly figures: Readonly<Record<string, number>> }
  /** What was wrong, and the command that shows it again. */
  | { readonly violation: string };

endOnSignals();
process.on('disconnect', () => process.exit(130));

process.on('message', async ({ name, from, count }: PortionOrder) => {
  const reply: PortionReply = await findProof(name)
    .run(from, count)
    .then(
      (figures) => ({ figures }),
      (error) => ({ violation: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  // Nobody listens any more where another worker has met a violation meanwhile.
  process.send!(reply, undefined, undefined, () => {});
});
