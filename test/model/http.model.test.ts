import { expect, test } from 'vitest';
import { exploreServer } from './http-exploration.ts';

/** Few: each starts several processes. */
const RUNS = 3;

/** Whether two puts meet in flight is up to the network, and nothing to be demanded. */
const BROUGHT_ABOUT = [
  ...['gets', 'restarts', 'crashes', 'compactions'],
  ...['COMMITTED', 'STALE_VERSION', 'DUPLICATE_KEY'],
];

test('D1, D3, D4, D5, D6, D12: the server does over HTTP what the specification says', async () => {
  const figures: Record<string, number> = {};
  await exploreServer(1, RUNS, figures);
  expect(BROUGHT_ABOUT.filter((what) => !figures[what])).toEqual([]);
}, 150_000);
