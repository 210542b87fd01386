/** The planted bugs as a proof, for `npm run prove`; `npm run prove:bugs` tells what caught each. */
import type { Proof } from '../prove/proof.ts';
import { plantedBugs } from './catalogue.ts';
import { hunt, passWithoutBug } from './hunt.ts';
import { ScratchTree } from './scratch-tree.ts';

/** Unit 0 is the tree without any bug, unit n the nth of the catalogue. */
export const plantedBugProof: Proof = {
  name: 'planted bugs',
  units: 1 + plantedBugs.length,
  portion: 1,
  async run(from, count) {
    using tree = new ScratchTree();
    const figures = { 'bugs caught': 0, 'in less than 10 s': 0 };
    for (const bug of [undefined, ...plantedBugs].slice(from, from + count)) {
      if (!bug) {
        await passWithoutBug(tree);
        continue;
      }
      const caught = await hunt(tree, bug);
      if (!caught) throw new Error(`nothing catches it; look with: npm run prove:bugs -- ${bug.name}`);
      figures['bugs caught'] += 1;
      if (caught.tookMs < 10_000) figures['in less than 10 s'] += 1;
    }
    return figures;
  },
};
