import { expect, it } from 'vitest';
import { callsOfFixedRun, FEW_WAYS, FIXED_CALLS, failCall } from './call-faults.ts';

it('S7 S12 S13: whichever file call fails, acknowledged puts stay and the rest is told as it is', async () => {
  const calls = await callsOfFixedRun();
  expect(calls.length).toBe(FIXED_CALLS);
  for (const kind of ['appendDurably', 'sync', 'syncDirectory', 'rename', 'unlink', 'create', 'openToAppend', 'write'])
    expect(
      calls.some((call) => call.kind === kind),
      kind,
    ).toBe(true);
  let runs = 0;
  for (const index of calls.keys()) runs += await failCall(calls, index, FEW_WAYS);
  expect(runs).toBeGreaterThan(1000);
}, 120_000);
