/** How long does a merge hold the event loop, on which every put and get waits? */
import type { Measurement, Section } from '../measurement.ts';
import type { MergingPuts, MergingPutsOptions } from '../programs/merging-puts.ts';
import { median } from '../report/statistics.ts';
import { number } from '../report/words.ts';
import { runProgram } from '../support/run-program.ts';

interface Data {
  readonly keys: number;
  readonly quiet: readonly MergingPuts[];
  readonly merging: readonly MergingPuts[];
}

export const mergeStall: Measurement<Data> = {
  name: 'merge-stall',
  title: 'The event loop during a merge',
  seconds: 40,
  async measure({ directory, size }) {
    const keys = size({ smoke: 500, full: 20_000 });
    const blockBytes = size({ smoke: 64 * 1024, full: 4 * 1024 * 1024 });
    const [quiet, merging]: [MergingPuts[], MergingPuts[]] = [[], []];
    for (let round = 0; round < size({ smoke: 1, full: 5 }); round += 1)
      for (const [into, maxBlocks] of [
        [quiet, 100_000],
        [merging, 1],
      ] as const) {
        const options: MergingPutsOptions = {
          dataDir: `${directory}/${round}-${maxBlocks}`,
          keys,
          blockBytes,
          maxBlocks,
        };
        into.push(await runProgram<MergingPuts>('merging-puts', options));
      }
    return { keys, quiet, merging };
  },
  report({ keys, quiet, merging }): Section {
    const row = (what: string, rounds: readonly MergingPuts[]) => [
      what,
      number(median(rounds.map(({ merges }) => merges))),
      number(median(rounds.map(({ p99Ms }) => p99Ms))),
      number(median(rounds.map(({ maxMs }) => maxMs))),
      number(Math.max(...rounds.map(({ maxMs }) => maxMs))),
    ];
    return {
      about: `Every key of ${keys.toLocaleString('en')} put twice, 36 + 964 characters, 20 a put, one at a time, at an engine without HTTP: with nothing to merge, and with merges that go on all the while in their thread. The delay of the main event loop is sampled every millisecond; part of it is the puts' own work and the machine's other tenants, and what counts is the difference.`,
      tables: [
        {
          columns: ['event loop', 'merges', 'p99 ms', 'longest ms', 'longest of all rounds ms'],
          rows: [row('nothing to merge', quiet), row('merging all the while', merging)],
        },
      ],
    };
  },
};
