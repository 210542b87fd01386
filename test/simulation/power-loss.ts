/** A power cut: which of the things that nobody has synced are on disk afterwards. */
import type { Random } from '../support/random.ts';
import { type Directory, type DirectoryChange, loseUnsyncedNames, type SimulatedDisk } from './simulated-disk.ts';
import { SECTORS, type SectorFate, type SimulatedFile } from './simulated-file.ts';

/** One thing that a power cut may keep or lose, independent of all others. */
export type Unsynced =
  | { readonly kind: 'unit'; readonly file: SimulatedFile; readonly unit: number }
  | { readonly kind: 'length'; readonly file: SimulatedFile }
  | { readonly kind: 'name'; readonly directory: Directory; readonly change: DirectoryChange };

/** What becomes of one such thing: for a unit sector by sector. */
export type Fate = readonly SectorFate[] | boolean;

const KEPT: readonly SectorFate[] = Array.from({ length: SECTORS }, () => 'kept');

/** In a fixed order: the same disk gives the same list. */
export function unsyncedOf(disk: SimulatedDisk): Unsynced[] {
  const found: Unsynced[] = [];
  for (const directory of disk.directories)
    for (const change of directory.pending) found.push({ kind: 'name', directory, change });
  for (const file of disk.files) {
    if (file.isLengthUnsynced) found.push({ kind: 'length', file });
    for (const unit of file.unsyncedUnits) found.push({ kind: 'unit', file, unit });
  }
  return found;
}

/** Cuts the power. `random` makes the garbage. */
export function cutPower(disk: SimulatedDisk, fateOf: (thing: Unsynced) => Fate, random: Random): void {
  const names = new Set<DirectoryChange>();
  const lengths = new Set<SimulatedFile>();
  const units = new Map<SimulatedFile, Map<number, readonly SectorFate[]>>();
  for (const thing of unsyncedOf(disk)) {
    const fate = fateOf(thing);
    if (fate === false) continue;
    if (thing.kind === 'name') names.add(thing.change);
    else if (thing.kind === 'length') lengths.add(thing.file);
    else fatesOf(units, thing.file).set(thing.unit, fate === true ? KEPT : fate);
  }
  for (const file of disk.files) file.loseUnsynced(units.get(file) ?? new Map(), lengths.has(file), random);
  for (const directory of disk.directories) loseUnsyncedNames(directory, (change) => names.has(change));
}

/** Cuts the power as a seed decides: sometimes all or nothing survives, mostly some of it, now and then in pieces. */
export function cutPowerAtRandom(disk: SimulatedDisk, random: Random): void {
  const keptShare = random.pick([0, 0.2, 0.5, 0.5, 0.8, 1]);
  const tornShare = random.pick([0, 0, 0.3, 1]);
  const fates = random.pick<readonly SectorFate[]>([
    ['kept', 'old'],
    ['kept', 'zero'],
    ['kept', 'old', 'zero', 'garbage'],
    ['old', 'garbage'],
  ]);
  const fateOf = ({ kind }: Unsynced): Fate => {
    if (kind === 'unit' && random.chance(tornShare)) return Array.from({ length: SECTORS }, () => random.pick(fates));
    return random.chance(keptShare);
  };
  cutPower(disk, fateOf, random);
}

function fatesOf<K>(units: Map<K, Map<number, readonly SectorFate[]>>, file: K): Map<number, readonly SectorFate[]> {
  const known = units.get(file) ?? new Map<number, readonly SectorFate[]>();
  units.set(file, known);
  return known;
}
