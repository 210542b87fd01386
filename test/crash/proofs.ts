/** The large sizes of the tests of this directory, for `npm run prove`. */
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Proof } from '../prove/proof.ts';
import { needs } from '../support/can-run.ts';
import { type Damaging, damage, Subject } from './damaged-stores.ts';
import { fillAndFree } from './full-disk.ts';
import { killCycles } from './kill-cycles.ts';
import { raceForDirectory } from './one-server.ts';
import { overload } from './overload.ts';
import { stopCycles } from './stop-cycles.ts';
import { type Call, callsOfWorkload, type End, type Fault, runWithFault } from './system-calls.ts';

const kills: Proof = {
  name: 'real SIGKILL cycles under load, histories checked (S31, S22)',
  units: 1000,
  portion: 20,
  // One store a portion; in every other one blocks are merged all the time.
  run: (from, count) => killCycles({ cycles: count, seed: from, compaction: (from / kills.portion) % 2 >= 1 }),
};

const stops: Proof = {
  name: 'real SIGTERM stops under load, histories checked (S30)',
  units: 200,
  portion: 20,
  run: (from, count) => stopCycles({ cycles: count, seed: from }),
};

const races: Proof = {
  name: 'starts of 20 servers at once on one directory, each ended by SIGKILL (S24)',
  units: 100,
  portion: 2,
  async run(_from, count) {
    await raceForDirectory(Array<number>(count).fill(20));
    return { starts: 20 * count };
  },
};

const fullDisk: Proof = {
  name: 'a file system that fills up and is freed (S9)',
  units: 1000,
  portion: 20,
  async run(_from, count) {
    needs('unshare');
    using root = mkdtempDisposableSync(join(tmpdir(), 'concave-full-'));
    return { ...(await fillAndFree(root.path, count)) };
  },
};

const overloads: Proof = {
  name: 'seconds of ten times more puts than can be served (N3)',
  units: 600,
  portion: 20,
  run: (_from, count) => overload(count),
};

const errnos = ['EIO', 'ENOSPC', 'EDQUOT', 'EMFILE', 'EINTR', 'EAGAIN', 'EBADF'];
/** Every position of every call, with every error. */
const faults: readonly Fault[] = Object.entries(callsOfWorkload).flatMap(([call, count]) =>
  Array.from({ length: count }, (_, index) => index + 1).flatMap((nth) =>
    errnos.map((errno) => ({ call: call as Call, nth, errno })),
  ),
);

const systemCalls: Proof = {
  name: 'system calls of the real server that fail once (S7, S10, S11, S14)',
  units: faults.length,
  portion: 4,
  async run(from, count) {
    needs('strace');
    const ends: Record<End, number> = { refused: 0, unharmed: 0, noRoom: 0, halted: 0 };
    for (const fault of faults.slice(from, from + count)) ends[await runWithFault(fault)] += 1;
    return ends;
  },
};

const subjects = [
  ['not marked', await Subject.unmarked()],
  ['marked and compacted', await Subject.marked()],
] as const;

const damages = subjects.flatMap(([which, subject]) => [
  damageProof(`single-bit flips of a 64 KiB store, ${which} (S16, S17, S18)`, subject, subject.bitFlips()),
  damageProof(`truncations of a 64 KiB store, ${which} (S1, S16)`, subject, subject.truncations()),
]);

export const crashProofs: readonly Proof[] = [kills, stops, races, fullDisk, overloads, systemCalls, ...damages];

function damageProof(name: string, subject: Subject, damaging: Damaging): Proof {
  const { units } = damaging;
  const unitsFrom = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
  return { name, units, portion: 20_000, run: (from, count) => damage(subject, damaging, unitsFrom(from, count)) };
}
