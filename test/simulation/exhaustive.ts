/**
 * Every power cut of a small run: at each moment at which a crash can make a difference, with each subset of what was
 * not synced, and again with each subset inside the recovery that follows. After all of them the store must hold what
 * some first so many puts made, all answered ones among them.
 */
import { Random } from '../support/random.ts';
import { noFaults } from './fault-plan.ts';
import { cutPower, type Fate, type Unsynced, unsyncedOf } from './power-loss.ts';
import { runUntil } from './scheduler.ts';
import type { SimulatedDisk } from './simulated-disk.ts';
import type { World } from './simulated-process.ts';
import type { SimulatedStore } from './simulated-store.ts';
import { type CrashPoint, type RecordedRun, started, stateOf, worldOf } from './small-workloads.ts';
import { Wrong } from './verdict.ts';

export interface Counts {
  workloads: number;
  crashPoints: number;
  /** One at each crash point: everything is still in the cache. */
  processCrashes: number;
  /** Crash points × what the disk kept. */
  powerLosses: number;
  /** The same inside recoveries. */
  powerLossesInRecovery: number;
  /** Different disks among all of these: each is recovered once. */
  differentDisks: number;
}

/** More things than these are not taken in all their subsets, but in as many random ones. */
const ALL_SUBSETS_MAX = 12;

export class Explorer {
  readonly counts: Counts = {
    workloads: 0,
    crashPoints: 0,
    processCrashes: 0,
    powerLosses: 0,
    powerLossesInRecovery: 0,
    differentDisks: 0,
  };
  /** By the hash of the disk that a power cut left. */
  readonly #known = new Map<string, Promise<Outcome>>();

  /** Rejects with the first power cut after which the store holds something else than it should. */
  async explore(run: RecordedRun): Promise<void> {
    this.counts.workloads += 1;
    for (const point of run.points) {
      this.counts.crashPoints += 1;
      this.counts.processCrashes += 1;
      const killed = { disk: point.disk, what: 'killed' };
      this.#check(run, point, killed, await this.#outcome(killed.disk));
      for (const image of imagesOf(point.disk)) {
        this.counts.powerLosses += 1;
        this.#check(run, point, image, await this.#outcome(image.disk));
      }
    }
  }

  /** Recovers a disk, once for all that are the same; with crashes inside that recovery. */
  #outcome(disk: SimulatedDisk): Promise<Outcome> {
    const { hash } = disk;
    const known = this.#known.get(hash) ?? this.#recoverWithCrashes(disk);
    this.#known.set(hash, known);
    return known;
  }

  async #recoverWithCrashes(disk: SimulatedDisk): Promise<Outcome> {
    this.counts.differentDisks += 1;
    // The copy: a recovery writes, and other crashes of the same moment start from the same disk.
    const { state, moments } = await recover(disk.clone());
    const states = new Map([[state, '']]);
    for (const moment of moments)
      for (const image of imagesOf(moment)) {
        this.counts.powerLossesInRecovery += 1;
        const again = await this.#recovered(image.disk);
        if (!states.has(again)) states.set(again, `, then in recovery ${image.what}`);
      }
    return { states };
  }

  readonly #simple = new Map<string, string>();

  /** Recovers a disk without a further crash. */
  async #recovered(disk: SimulatedDisk): Promise<string> {
    const { hash } = disk;
    const known = this.#simple.get(hash);
    if (known !== undefined) return known;
    this.counts.differentDisks += 1;
    const { state } = await recover(disk);
    this.#simple.set(hash, state);
    return state;
  }

  #check({ name, states }: RecordedRun, point: CrashPoint, { what }: Image, outcome: Outcome): void {
    const { answered, sent, call } = point;
    const allowed = states.slice(answered, sent + 1);
    for (const [state, how] of outcome.states)
      if (!allowed.includes(state))
        throw new Wrong(
          `"${name}", a crash at ${call} with ${answered} puts answered: ${what}${how}: ` +
            `the store holds ${state} and should hold ${allowed.join(' or ')}`,
        );
  }
}

interface Outcome {
  /** What recoveries of one disk came to, and how. */
  readonly states: ReadonlyMap<string, string>;
}

interface Image {
  readonly disk: SimulatedDisk;
  /** In words, which things were kept. */
  readonly what: string;
}

/** What a power cut may leave of a disk. */
export function* imagesOf(disk: SimulatedDisk): Generator<Image> {
  const things = unsyncedOf(disk);
  const random = new Random(things.length);
  const all = 2 ** Math.min(things.length, ALL_SUBSETS_MAX);
  for (let number = 0; number < all; number += 1) {
    const isKept = (index: number) =>
      things.length <= ALL_SUBSETS_MAX ? (number & (1 << index)) !== 0 : random.chance(0.5);
    const kept = things.map((_, index) => isKept(index));
    yield { disk: powerless(disk, (index) => kept[index]!), what: describe(things.filter((_, index) => kept[index])) };
  }
}

/** A copy of the disk after a power cut. */
export function powerless(disk: SimulatedDisk, fateOf: (index: number) => Fate): SimulatedDisk {
  const image = disk.clone();
  let index = 0;
  cutPower(image, () => fateOf(index++), new Random(1));
  return image;
}

/**
 * Starts a store on that disk; `moments` are the disks at which it could have died on the way. Then it must take a
 * put, and that must survive a power cut that keeps nothing more.
 */
export async function recover(disk: SimulatedDisk): Promise<{ state: string; moments: SimulatedDisk[] }> {
  const moments: SimulatedDisk[] = [];
  const world = worldOf(disk);
  const subject = await started(world, noFaults, () => void moments.push(disk.clone()));
  if (subject.state !== 'serving') return { state: refusalOf(subject), moments };
  subject.process.onCrashPoint = () => {};
  const state = stateOf(subject.store);
  await putLast(world, subject);
  subject.process.kill();
  cutPower(disk, () => false, world.random);
  const after = await started(worldOf(disk));
  const isKept = after.state === 'serving' && stateOf(after.store) === state && after.store.get(LAST_KEY) !== undefined;
  after.process.kill();
  return { state: isKept ? state : `${state}, and the next put is lost or takes others with it`, moments };
}

/** What a store on that disk holds when it has started. */
export async function startedState(disk: SimulatedDisk): Promise<string> {
  const subject = await started(worldOf(disk));
  const state = subject.state === 'serving' ? stateOf(subject.store) : refusalOf(subject);
  subject.process.kill();
  return state;
}

function refusalOf({ error }: SimulatedStore): string {
  return `nothing: ${(error as Error).message}`;
}

const LAST_KEY = 'last';

async function putLast({ scheduler }: World, { store }: SimulatedStore): Promise<void> {
  let code: string | undefined;
  void store.put([{ key: LAST_KEY, value: 'x', version: 0 }]).then((outcome) => {
    code = outcome.code;
  });
  await runUntil(scheduler, () => code !== undefined, 500, 'a put after a recovery');
  if (code !== 'COMMITTED') throw new Wrong(`a put after a recovery was answered ${code}`);
}

function describe(kept: readonly Unsynced[]): string {
  if (kept.length === 0) return 'nothing unsynced kept';
  return `kept ${kept.map(wordsFor).join(', ')}`;
}

function wordsFor(thing: Unsynced): string {
  if (thing.kind === 'name') return thing.change.what;
  if (thing.kind === 'length') return `length of ${thing.file.name}`;
  return `page ${thing.unit} of ${thing.file.name}`;
}
