/**
 * All short runs of a small store: every sequence of a few puts, one after the other or in one batch, that begins
 * where the next put rotates the log and the rotation begins a compaction. Everything happens in its order, so a run
 * is what its puts are.
 */
import type { PutOperation } from '../../src/outcome.ts';
import type { Store } from '../../src/store.ts';
import { Random } from '../support/random.ts';
import { type FaultPlan, noFaults } from './fault-plan.ts';
import { type Choice, inOrder, newestFirst, runUntil, Scheduler } from './scheduler.ts';
import type { SimulatedDisk } from './simulated-disk.ts';
import type { World } from './simulated-process.ts';
import { emptyDisk, SimulatedStore, smallSettings } from './simulated-store.ts';

export type SmallPut = 'one key' | 'two keys' | 'one page' | 'two pages';

export interface Workload {
  readonly puts: readonly { readonly kind: SmallPut; readonly isInBatchOfLast: boolean }[];
}

/** A moment at which the process may die. */
export interface CrashPoint {
  /** With all that is not synced. */
  readonly disk: SimulatedDisk;
  /** What was under way. */
  readonly call: string;
  /** Puts that were answered, and puts that were sent. */
  readonly answered: number;
  readonly sent: number;
}

export interface RecordedRun {
  readonly name: string;
  readonly points: readonly CrashPoint[];
  /** The state after the first 0, 1, 2 … puts. */
  readonly states: readonly string[];
}

const KINDS: readonly SmallPut[] = ['one key', 'two keys', 'two pages'];
const KEYS = ['a', 'b'];
/** Puts of one batch have keys of their own: two on one key are never under way at once. */
const ALL_KEYS = ['', '1', '2'].flatMap((prefix) => KEYS.map((key) => prefix + key));
/** So that the batch has just that many pages. */
const VALUE_BYTES: Readonly<Record<SmallPut, number>> = {
  'one key': 1,
  'two keys': 1,
  'one page': 3900,
  'two pages': 5000,
};
/** Two blocks full, the first of them sealed. */
const PUTS_BEFORE = 4;
const STEPS_MAX = 2000;

/** Every workload of exactly that many puts. */
export function workloadsOf(puts: number): Workload[] {
  if (puts === 0) return [{ puts: [] }];
  return workloadsOf(puts - 1).flatMap((shorter) =>
    KINDS.flatMap((kind) => {
      const sequels = puts === 1 ? [false] : [false, true];
      return sequels.map((isInBatchOfLast) => ({ puts: [...shorter.puts, { kind, isInBatchOfLast }] }));
    }),
  );
}

export function nameOf({ puts }: Workload): string {
  return puts
    .map(({ kind, isInBatchOfLast }, index) => (index === 0 ? '' : isInBatchOfLast ? ' + ' : ', then ') + kind)
    .join('');
}

export function worldOf(disk: SimulatedDisk, order: Choice = inOrder): World {
  return { disk, scheduler: new Scheduler(order), random: new Random(1), note: () => {} };
}

/** In which order file calls end that are under way together. */
export const ORDERS = new Map<string, (seed: number) => Choice>([
  ['oldest call first', () => inOrder],
  ['newest call first', () => newestFirst],
  ['any call', (seed) => anyOf(new Random(seed))],
]);

function anyOf(random: Random): Choice {
  return (count) => random.integer(0, count - 1);
}

export async function started(
  world: World,
  faults: FaultPlan = noFaults,
  onCrashPoint: () => void = () => {},
): Promise<SimulatedStore> {
  const subject = new SimulatedStore(world, faults, smallSettings);
  subject.process.onCrashPoint = onCrashPoint;
  await runUntil(world.scheduler, () => subject.state !== 'opening', STEPS_MAX, 'a start');
  return subject;
}

export function stateOf(store: Store): string {
  return ALL_KEYS.map((key) => {
    const held = store.get(key);
    return held ? `${key}@${held.version}=${shown(held.value as string)}` : '';
  })
    .filter((text) => text !== '')
    .join(' ');
}

/** Runs a workload to its clean end, and remembers the disk at each moment at which a crash could make a difference. */
export async function record(workload: Workload, order: Choice = inOrder): Promise<RecordedRun> {
  const world = worldOf(emptyDisk(), order);
  const run = new Recording(nameOf(workload), world, await started(world));
  for (let number = 0; number < PUTS_BEFORE; number += 1) await run.put([{ kind: 'one key', isInBatchOfLast: false }]);
  run.begin();
  for (const batch of batchesOf(workload)) await run.put(batch);
  await run.stop();
  return run;
}

/** The very first start of a store and its first put. */
export async function recordFirstStart(order: Choice = inOrder): Promise<RecordedRun> {
  const world = worldOf(emptyDisk(), order);
  const subject = new SimulatedStore(world, noFaults, smallSettings);
  const run = new Recording('the first start', world, subject);
  run.states.push('');
  run.begin();
  await runUntil(world.scheduler, () => subject.state !== 'opening', STEPS_MAX, 'a start');
  await run.put([{ kind: 'one key', isInBatchOfLast: false }]);
  await run.stop();
  return run;
}

function batchesOf({ puts }: Workload): Workload['puts'][] {
  const starts = [...puts.keys()].filter((index) => !puts[index]!.isInBatchOfLast);
  return starts.map((start, index) => puts.slice(start, starts[index + 1]));
}

/** All that the bound has: the first start, and every sequence of up to three puts, in each order of the file calls. */
export const SMALL_RUNS: readonly (() => Promise<RecordedRun>)[] = [...ORDERS.values()].flatMap((orderOf, index) => [
  () => recordFirstStart(orderOf(index)),
  ...[1, 2, 3].flatMap(workloadsOf).map((workload) => () => record(workload, orderOf(index))),
]);

class Recording implements RecordedRun {
  readonly name: string;
  readonly points: CrashPoint[] = [];
  readonly states: string[] = [];
  readonly #world: World;
  readonly #subject: SimulatedStore;
  #answered = 0;
  #sent = 0;
  #values = 0;

  constructor(name: string, world: World, subject: SimulatedStore) {
    this.name = name;
    this.#world = world;
    this.#subject = subject;
  }

  begin(): void {
    this.#answered = 0;
    this.#sent = 0;
    this.states.splice(0, this.states.length - 1);
    const { process } = this.#subject;
    process.onCrashPoint = ({ kind, file }) => {
      const { disk } = this.#world;
      this.points.push({ disk: disk.clone(), call: `${kind} ${file}`, answered: this.#answered, sent: this.#sent });
    };
  }

  /** Sends puts in one turn, so that one batch takes them, and waits for their answers. */
  async put(puts: Workload['puts']): Promise<void> {
    const { store } = this.#subject;
    const batch = puts.map(({ kind }, index) => this.#operations(kind, store, index));
    for (const operations of batch) {
      this.#sent += 1;
      void store.put(operations).then(() => {
        this.#answered += 1;
        this.states.push(stateOf(store));
      });
    }
    const { scheduler } = this.#world;
    await runUntil(scheduler, () => this.#answered === this.#sent, STEPS_MAX, 'a put');
  }

  /** Lets the compactor come to rest and the idle mark be written, then stops. */
  async stop(): Promise<void> {
    const { scheduler } = this.#world;
    const restsAtMs = scheduler.nowMs + 2 * smallSettings.idleMarkMs;
    await runUntil(scheduler, () => scheduler.isIdle && scheduler.nowMs > restsAtMs, STEPS_MAX, 'coming to rest');
    this.#subject.close();
    await runUntil(scheduler, () => this.#subject.state === 'closed', STEPS_MAX, 'a clean stop');
  }

  #operations(kind: SmallPut, store: Store, index: number): PutOperation[] {
    const prefix = index === 0 ? '' : `${index}`;
    const keys = (kind === 'two keys' ? KEYS : KEYS.slice(0, 1)).map((key) => prefix + key);
    this.#values += 1;
    const value = `v${this.#values}`;
    return keys.map((key) => {
      const version = store.get(key)?.version ?? 0;
      return { key, value: value.padEnd(VALUE_BYTES[kind], '.'), version };
    });
  }
}

function shown(value: string): string {
  return value.length > 10 ? `${value.slice(0, 3)}(${value.length})` : value;
}
