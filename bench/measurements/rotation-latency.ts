/** What does it cost a put to meet the change from one block to the next, and how many syncs does a block cost? */
import type { Measurement, Section } from '../measurement.ts';
import type { RotatingPuts, RotatingPutsOptions } from '../programs/rotating-puts.ts';
import { median } from '../report/statistics.ts';
import { number } from '../report/words.ts';
import { runProgram } from '../support/run-program.ts';

const SYNCS_MAX = 4;
const KINDS = { small: 'blocks of 64 KiB', large: 'blocks of 4 MiB' } as const;

interface Data {
  readonly tasks: number;
  readonly small: readonly RotatingPuts[];
  readonly large: readonly RotatingPuts[];
}

export const rotationLatency: Measurement<Data> = {
  name: 'rotation-latency',
  title: 'Puts that meet a rotation',
  seconds: 40,
  async measure({ directory, size }) {
    const tasks = size({ smoke: 4, full: 64 });
    const seconds = size({ smoke: 0.1, full: 3 });
    const [small, large]: [RotatingPuts[], RotatingPuts[]] = [[], []];
    for (let round = 0; round < size({ smoke: 1, full: 5 }); round += 1)
      for (const [name, blockBytes, into] of [
        ['small', size({ smoke: 16 * 1024, full: 64 * 1024 }), small],
        ['large', 4 * 1024 * 1024, large],
      ] as const) {
        const options: RotatingPutsOptions = { dataDir: `${directory}/${name}${round}`, tasks, blockBytes, seconds };
        into.push(await runProgram<RotatingPuts>('rotating-puts', options));
      }
    return { tasks, small, large };
  },
  report(data): Section {
    const syncs = median(data.small.map((round) => round.syncs / round.blocks));
    const columns = [
      'engine alone',
      'blocks',
      'syncs a block',
      'p50 ms',
      'p99 ms',
      'p99.9 ms',
      'met a rotation',
      'their p50 ms',
      'their p99.9 ms',
    ];
    const rows = (['small', 'large'] as const).map((kind) => {
      const of = (figure: (round: RotatingPuts) => number) => number(median(data[kind].map(figure)));
      return [
        KINDS[kind],
        of(({ blocks }) => blocks),
        of(({ syncs, blocks }) => syncs / blocks),
        ...(['p50Ms', 'p99Ms', 'p999Ms', 'met', 'metP50Ms', 'metP999Ms'] as const).map((name) =>
          of((round) => round[name]),
        ),
      ];
    });
    return {
      about: `${data.tasks} tasks put one object each, at an engine without HTTP whose blocks are so small that many puts meet a rotation, and at one with the usual blocks. Counted at the file-system contract: every sync of a file or directory, and every durable write of a header or footer; the batches themselves are not among them. A block is made ahead of need: at the end of the count there is one that has cost syncs and has not begun. The last two columns are of those puts during which a block began.`,
      tables: [{ columns, rows }],
      findings: [
        {
          what: 'syncs that a new block costs',
          wanted: `at most ${SYNCS_MAX}`,
          shown: number(syncs),
          isMet: syncs <= SYNCS_MAX + 0.05,
        },
      ],
    };
  },
};
