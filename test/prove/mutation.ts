/** How many small changes of a source file its tests notice, measured with StrykerJS in a copy of the tree. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ScratchTree } from '../bugs/scratch-tree.ts';
import { type MutatedFile, mutatedFiles } from './mutated-files.ts';
import type { Proof } from './proof.ts';

/** Percent of the mutants of each file that its tests must notice. */
const SCORE_MIN = 85;
const RUN_LIMIT_MS = 3_600_000;

export interface MutationResult {
  readonly killed: number;
  readonly mutants: number;
  /** `line:column kind: replacement` of each mutant that no test noticed. */
  readonly survivors: readonly string[];
}

/** The unit is the file. */
export const mutationProof: Proof = {
  name: 'mutants of the pure files killed',
  units: mutatedFiles.length,
  portion: 1,
  async run(from, count) {
    const figures: Record<string, number> = {};
    for (const file of mutatedFiles.slice(from, from + count)) {
      const { killed, mutants } = await mutate(file);
      const score = Math.round((1000 * killed) / mutants) / 10;
      if (score < SCORE_MIN)
        throw new Error(`${file.source}: ${killed} of ${mutants}; look with: npm run prove:mutants -- ${file.source}`);
      figures[`% of ${mutants} in ${path.basename(file.source)}`] = score;
    }
    return figures;
  },
};

export async function mutate({ source, tests }: MutatedFile): Promise<MutationResult> {
  using tree = new ScratchTree({ MUTATION_TESTS: tests.join(',') });
  const stryker = 'node_modules/@stryker-mutator/core/bin/stryker.js';
  const { exitCode, output } = await tree.run(stryker, ['run', '--mutate', source], RUN_LIMIT_MS);
  if (exitCode !== 0) throw new Error(`StrykerJS failed on ${source}: ${output.slice(-2000)}`);
  return resultIn(readFileSync(path.join(tree.directory, 'mutation.json'), 'utf8'));
}

/** The parts of StrykerJS's report that are read here. */
interface Report {
  readonly files: Record<string, { readonly mutants: readonly Mutant[] }>;
}

interface Mutant {
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

/** Mutants that do not compile or load say nothing and are left out. */
function resultIn(json: string): MutationResult {
  const mutants = Object.values((JSON.parse(json) as Report).files).flatMap((file) => file.mutants);
  const killed = mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout');
  const survivors = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  return {
    killed: killed.length,
    mutants: killed.length + survivors.length,
    survivors: survivors.map(({ status, mutatorName, replacement, location: { start } }) => {
      const where = `${start.line}:${start.column} ${mutatorName}`;
      return `${where}${status === 'NoCoverage' ? ' (never run)' : ''}: ${replacement.replaceAll(/\s+/g, ' ').slice(0, 100)}`;
    }),
  };
}
