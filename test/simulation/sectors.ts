/** A power cut while a batch of one full page is under way, with every fate of every sector. */
import { powerless, startedState } from './exhaustive.ts';
import { type Unsynced, unsyncedOf } from './power-loss.ts';
import type { SimulatedDisk } from './simulated-disk.ts';
import { SECTOR_BYTES, SECTORS, type SectorFate, UNIT_BYTES } from './simulated-file.ts';
import { type CrashPoint, record } from './small-workloads.ts';
import { Wrong } from './verdict.ts';

export interface SectorCounts {
  powerLosses: number;
  differentDisks: number;
}

const FATES: readonly SectorFate[] = ['kept', 'old', 'zero', 'garbage'];

/**
 * Cuts the power while a batch of one full page is under way, each of its sectors being kept, old, zero or garbage.
 * What was there before are zeros, so old is zero and each such pair of disks is recovered once.
 */
export async function exploreSectors(): Promise<SectorCounts> {
  const run = await record({ puts: [{ kind: 'one page', isInBatchOfLast: false }] });
  const { disk, page } = mustFindFullPage(run.points);
  const counts = { powerLosses: 0, differentDisks: 0 };
  const known = new Map<string, string>();
  for (const sectors of allFates()) {
    const name = sectors.join(' ').replaceAll('old', 'zero');
    counts.powerLosses += 1;
    const state = known.get(name) ?? (await startedState(powerless(disk, (index) => index === page && sectors)));
    known.set(name, state);
    const isWhole = sectors.every((fate) => fate === 'kept');
    if (state !== run.states[isWhole ? 1 : 0])
      throw new Wrong(`sectors ${sectors.join(' ')}: the store holds ${state}`);
  }
  counts.differentDisks = known.size;
  return counts;
}

function* allFates(): Generator<readonly SectorFate[]> {
  for (let number = 0; number < FATES.length ** SECTORS; number += 1)
    yield Array.from(
      { length: SECTORS },
      (_, index) => FATES[Math.floor(number / FATES.length ** index) % FATES.length]!,
    );
}

/**
 * The moment at which a batch of one page, full to its last sector, is under way, and which unsynced thing the page
 * is.
 */
function mustFindFullPage(points: readonly CrashPoint[]): { readonly disk: SimulatedDisk; readonly page: number } {
  for (const { call, disk } of points) {
    const page = call.startsWith('appendDurably') ? unsyncedOf(disk).findIndex(isFullPage) : -1;
    if (page !== -1) return { disk, page };
  }
  throw new Error('no batch of one full page');
}

function isFullPage(thing: Unsynced): boolean {
  if (thing.kind !== 'unit' || !thing.file.name.endsWith('.log')) return false;
  const page = thing.file.content.subarray(thing.unit * UNIT_BYTES, (thing.unit + 1) * UNIT_BYTES);
  const sectors = Array.from({ length: SECTORS }, (_, index) => {
    return page.subarray(index * SECTOR_BYTES, (index + 1) * SECTOR_BYTES);
  });
  return sectors.every((sector) => sector.some((byte) => byte !== 0));
}
