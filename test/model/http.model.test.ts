import { expect, test } from 'vitest';
import { mayUse } from '../support/can-run.ts';
import { exploreServer } from './http-exploration.ts';

const onSmallDisk = mayUse('unshare') && mayUse('nsenter');

/** Few: each starts several processes. */
const RUNS = 3;

/** Whether two puts meet in flight is up to the network, and nothing to be demanded. */
const BROUGHT_ABOUT = [
  ...['gets', 'batches', 'restarts', 'crashes', 'compactions'],
  ...['COMMITTED', 'STALE_VERSION', 'DUPLICATE_KEY'],
  ...(onSmallDisk
    ? ['disks filled', 'disks freed while puts were refused', 'starts refused for want of room', 'DISK_FULL']
    : []),
];

test('D1, D3, D4, D5, D6, D12, S9: the server does over HTTP what the specification says', async () => {
  const figures: Record<string, number> = {};
  await exploreServer({ seed: 2, runs: RUNS, onSmallDisk }, figures);
  expect(BROUGHT_ABOUT.filter((what) => !figures[what])).toEqual([]);
}, 150_000);
