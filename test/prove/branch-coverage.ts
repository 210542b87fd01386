/** Which branches of the engine its tests never take, and why each of those is left. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ScratchTree } from '../bugs/scratch-tree.ts';
import type { Proof } from './proof.ts';
import { type UntakenBranch, untakenBranches } from './untaken-branches.ts';

const TESTS = [
  'test/wal',
  'test/actors',
  'test/model',
  'test/simulation',
  'test/store.test.ts',
  'test/main-disk.test.ts',
];
const RUN_LIMIT_MS = 1_200_000;

export interface BranchCoverage {
  readonly branches: number;
  readonly untaken: readonly Omit<UntakenBranch, 'why'>[];
}

/** One unit. It fails where a branch is not taken that is not listed, and where one is listed that is taken or gone. */
export const coverageProof: Proof = {
  name: 'branches of src/wal and src/actors taken',
  units: 1,
  portion: 1,
  async run() {
    const { branches, untaken } = await branchCoverage();
    const outdated = differences(untaken, untakenBranches);
    if (outdated.length > 0) throw new Error(`test/prove/untaken-branches.ts is out of date:\n${outdated.join('\n')}`);
    return { branches, taken: branches - untaken.length, 'listed with a reason': untaken.length };
  },
};

export async function branchCoverage(): Promise<BranchCoverage> {
  using tree = new ScratchTree();
  const reports = mkdtempSync(path.join(tmpdir(), 'concave-coverage-'));
  try {
    const coverage = ['--coverage', '--coverage.reporter=json', `--coverage.reportsDirectory=${reports}`];
    const include = ['--coverage.include=src/wal/**/*.ts', '--coverage.include=src/actors/**/*.ts'];
    const vitest = 'node_modules/vitest/vitest.mjs';
    const { exitCode, output } = await tree.run(vitest, ['run', ...TESTS, ...coverage, ...include], RUN_LIMIT_MS);
    if (exitCode !== 0) throw new Error(`the tests failed:\n${output.slice(-2000)}`);
    return coverageIn(readFileSync(path.join(reports, 'coverage-final.json'), 'utf8'), tree);
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
}

/** What is untaken and not listed, and what is listed and not untaken. */
export function differences(untaken: BranchCoverage['untaken'], listed: readonly UntakenBranch[]): string[] {
  const text = ({ file, line, branch }: Omit<UntakenBranch, 'why'>) => `${file}: ${branch} of: ${line}`;
  const found = new Set(untaken.map(text));
  const known = new Set(listed.map(text));
  return [
    ...[...found].filter((one) => !known.has(one)).map((one) => `never taken, and not listed: ${one}`),
    ...[...known].filter((one) => !found.has(one)).map((one) => `listed, and taken or gone: ${one}`),
  ];
}

/** The parts of the report that are read here; all of it is Istanbul's format. */
interface FileReport {
  readonly path: string;
  readonly branchMap: Record<
    string,
    { readonly type: string; readonly locations: readonly Location[]; readonly loc: Location }
  >;
  readonly b: Record<string, readonly number[]>;
}

interface Location {
  readonly start: { readonly line?: number };
}

function coverageIn(json: string, tree: ScratchTree): BranchCoverage {
  let branches = 0;
  const untaken: Omit<UntakenBranch, 'why'>[] = [];
  for (const { path: file, branchMap, b } of Object.values(JSON.parse(json) as Record<string, FileReport>)) {
    const name = path.relative(tree.directory, file);
    const lines = tree.read(name).split('\n');
    for (const [id, counts] of Object.entries(b)) {
      branches += counts.length;
      const { type, locations, loc } = branchMap[id]!;
      counts.forEach((count, index) => {
        // A branch that is not written, the `else` of an `if` say, has no place of its own.
        const line = lines[(locations[index]!.start.line ?? loc.start.line!) - 1]!.trim();
        if (count === 0) untaken.push({ file: name, line, branch: `${type} ${index + 1}` });
      });
    }
  }
  return { branches, untaken };
}
