import { expect, test } from 'vitest';
import { exploreStore } from './store-exploration.ts';

const RUNS = 400;

/** What the commands must have brought about, each of them many times: else they would show less than they say. */
const BROUGHT_ABOUT = [
  ...['gets', 'restarts', 'crashes', 'compactions', 'broken disks', 'starts refused for want of room'],
  ...['COMMITTED', 'STALE_VERSION', 'KEY_IN_FLIGHT', 'DISK_FULL', 'HALTED', 'OUTCOME_UNKNOWN'],
  ...['puts without an answer that were found at a start', 'puts without an answer that were not'],
];

test('D3, D4, D5, D6, D12, S7, S9: in every order of events tried the store does what is specified', async () => {
  const figures: Record<string, number> = {};
  await exploreStore(1, RUNS, figures);
  const rare = BROUGHT_ABOUT.filter((what) => (figures[what] ?? 0) < RUNS / 20);
  expect({ rare, figures }).toMatchObject({ rare: [] });
}, 150_000);
