/** What does the engine do without HTTP, and how near is that to the least that its work must cost? */
import type { Measurement, Section } from '../measurement.ts';
import type { ActorLivesOptions } from '../programs/actor-lives.ts';
import type { EnginePutsOptions } from '../programs/engine-puts.ts';
import type { EnginePuts } from '../programs/program.ts';
import type { ReferencePutsOptions } from '../programs/reference-puts.ts';
import { median } from '../report/statistics.ts';
import { number, times } from '../report/words.ts';
import { runProgram } from '../support/run-program.ts';

const WANTED_PER_S = 150_000;
const WANTED_TIMES = 1.5;

interface Data {
  readonly tasks: number;
  /** Neighbours in time have the same index. */
  readonly engine: readonly EnginePuts[];
  readonly reference: readonly EnginePuts[];
  readonly actor: readonly EnginePuts[];
}

export const engineAlone: Measurement<Data> = {
  name: 'engine-alone',
  title: 'The engine alone',
  seconds: 50,
  async measure({ directory, size }) {
    const tasks = size({ smoke: 8, full: 512 });
    const keysOfEach = size({ smoke: 2, full: 20 });
    const seconds = size({ smoke: 0.05, full: 2 });
    const [engine, reference, actor]: [EnginePuts[], EnginePuts[], EnginePuts[]] = [[], [], []];
    for (let round = 0; round < size({ smoke: 1, full: 5 }); round += 1) {
      const puts: EnginePutsOptions = { dataDir: `${directory}/${round}`, tasks, keysOfEach, seconds };
      engine.push(await runProgram<EnginePuts>('engine-puts', puts));
      const least: ReferencePutsOptions = { keys: tasks * keysOfEach, seconds };
      reference.push(await runProgram<EnginePuts>('reference-puts', least));
      const lives: ActorLivesOptions = { seconds };
      actor.push(await runProgram<EnginePuts>('actor-lives', lives));
    }
    return { tasks, engine, reference, actor };
  },
  report({ tasks, engine, reference, actor }): Section {
    const rate = median(engine.map(rateOf));
    const ratio = median(engine.map((puts, at) => rateOf(reference[at]!) / rateOf(puts)));
    const row = (what: string, all: readonly EnginePuts[]) => [
      what,
      number(median(all.map(rateOf))),
      number(median(all.map(({ puts, seconds }) => (seconds / puts) * 1e6))),
      number(median(all.map(({ puts, cpuMicroseconds }) => cpuMicroseconds / puts))),
    ];
    return {
      about: `${tasks} tasks put one object each in the process of the engine, which writes and syncs as always. The reference is what no such engine can do without: the record encoded and checksummed, and two maps told; no file, and nothing that waits. Each put is an actor of XState: the last line is one that begins, gets one message and ends, and does nothing else.`,
      tables: [
        {
          columns: ['', 'puts/s', 'µs each', 'CPU µs each, all threads'],
          rows: [
            row('engine', engine),
            row('encoding, checksum and two maps', reference),
            row('an actor that does nothing', actor),
          ],
        },
      ],
      findings: [
        {
          what: 'engine alone, 512 tasks, transactions of one object',
          wanted: `${number(WANTED_PER_S)} a second, or within ${WANTED_TIMES} × of encoding, checksumming and two maps`,
          shown: `${number(rate)} a second; the three alone are ${times(ratio)} as fast`,
          isMet: rate >= WANTED_PER_S || ratio <= WANTED_TIMES,
          isHeadline: true,
        },
      ],
    };
  },
};

function rateOf({ puts, seconds }: EnginePuts): number {
  return puts / seconds;
}
