import { expect, it } from 'vitest';
import type { PutOutcome } from '../../src/outcome.ts';
import type { Store } from '../../src/store.ts';
import { exitCodes, type StartRefusal } from '../../src/wal/refusal.ts';
import type { Call } from '../support/faulty-files.ts';
import { Random } from '../support/random.ts';
import type { FaultPlan, InjectedFault } from './fault-plan.ts';
import { cutPower } from './power-loss.ts';
import { inOrder, runUntil, Scheduler } from './scheduler.ts';
import type { SimulatedDisk } from './simulated-disk.ts';
import type { World } from './simulated-process.ts';
import { emptyDisk } from './simulated-store.ts';
import { started, stateOf } from './small-workloads.ts';

function worldOn(disk: SimulatedDisk, seed = 1): World {
  return { disk, scheduler: new Scheduler(inOrder), random: new Random(seed), note: () => {} };
}

async function put({ scheduler }: World, store: Store, key: string, value: string): Promise<PutOutcome> {
  let outcome: PutOutcome | undefined;
  void store.put([{ key, value, version: store.get(key)?.version ?? 0 }]).then((answer) => {
    outcome = answer;
  });
  await runUntil(scheduler, () => outcome !== undefined, 1000, 'a put');
  return outcome!;
}

/** The nth call of these kinds that serves a put has that fault. */
function nth(wanted: number, kinds: readonly Call['kind'][], fault: InjectedFault): FaultPlan & { isOn: boolean } {
  let seen = 0;
  const plan = (({ kind }: Call) => {
    if (!plan.isOn || !kinds.includes(kind)) return undefined;
    seen += 1;
    return seen === wanted ? fault : undefined;
  }) as FaultPlan & { isOn: boolean };
  plan.isOn = false;
  return plan;
}

it('S27: a put that the disk does not answer is unknown after a time and holds its keys until it does', async () => {
  const world = worldOn(emptyDisk());
  const faults = nth(1, ['appendDurably'], { hangMs: 60_000 });
  const { store, process } = await started(world, faults);
  faults.isOn = true;
  expect(await put(world, store, 'a', 'slow')).toMatchObject({ code: 'OUTCOME_UNKNOWN', cause: 'timeout' });
  expect(store.get('a')).toBeUndefined();
  expect(store.readiness().ready).toBe(false);
  expect(await put(world, store, 'a', 'next')).toMatchObject({ code: 'KEY_IN_FLIGHT' });
  await runUntil(world.scheduler, () => store.get('a') !== undefined, 1000, 'the disk');
  expect(store.get('a')).toEqual({ value: 'slow', version: 1 });
  expect(store.readiness().ready).toBe(true);
  expect(await put(world, store, 'a', 'next')).toMatchObject({ code: 'COMMITTED', versions: [2] });
  process.kill();
});

it('S8: what a start shows after a failed sync is on disk before anybody sees it', async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 20; seed += 1) {
    const disk = emptyDisk();
    const world = worldOn(disk, seed);
    const faults = nth(2, ['appendDurably'], { errno: 'EIO', share: 1 });
    const first = await started(world, faults);
    faults.isOn = true;
    await put(world, first.store, 'a', 'one');
    expect(await put(world, first.store, 'a', 'two')).toMatchObject({ code: 'OUTCOME_UNKNOWN', cause: 'sync_failed' });
    first.process.kill();
    for (const file of disk.files) if (seed % 2 === 0) file.evict();

    const second = await started(worldOn(disk, seed));
    const shown = stateOf(second.store);
    second.process.kill();
    cutPower(disk, () => false, world.random);
    const third = await started(worldOn(disk, seed));
    expect(stateOf(third.store)).toBe(shown);
    third.process.kill();
    seen.add(shown);
  }
  // The cache had the put in one half of the runs, and of the others the disk had it in some.
  expect([...seen].toSorted()).toEqual(['a@1=one', 'a@2=two']);
});

it('S28: a sync that lies is found by what comes after it; only the last put can vanish unseen', async () => {
  const ends = new Map<string, number>();
  const puts = ['one', 'two', 'three', 'four'];
  for (let lie = 1; ; lie += 1) {
    const disk = emptyDisk();
    const world = worldOn(disk);
    let lied: Call | undefined;
    const inner = nth(lie, ['appendDurably', 'sync', 'syncDirectory'], { isLie: true });
    const faults: FaultPlan = (call) => {
      const fault = inner(call);
      if (fault) lied = call;
      return fault;
    };
    const first = await started(world, faults);
    inner.isOn = true;
    for (const value of puts) expect((await put(world, first.store, 'a', value)).code).toBe('COMMITTED');
    first.process.kill();
    if (!lied) break;
    cutPower(disk, () => false, world.random);

    const after = await started(worldOn(disk));
    const end =
      after.state === 'serving' ? stateOf(after.store) : `refused with ${(after.error as StartRefusal).exitCode}`;
    after.process.kill();
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  expect(Object.fromEntries(ends)).toEqual({
    [`refused with ${exitCodes.damage}`]: expect.any(Number),
    'a@4=four': expect.any(Number),
    'a@3=three': 1,
  });
});
