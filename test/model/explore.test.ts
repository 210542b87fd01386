import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explore } from './explore.ts';
import { anyOrder, schedulerFor } from './order.ts';

interface Race {
  readonly scheduler: fc.Scheduler;
  readonly finishers: string[];
}

const runner = (name: string): fc.AsyncCommand<object, Race> => ({
  check: () => true,
  run: async (_, { scheduler, finishers }) => {
    void scheduler.schedule(Promise.resolve()).then(() => finishers.push(name));
  },
  toString: () => name,
});

/** Fails where `b` comes in before an `a` that was started before it. Notes each race. */
const races = (noted: string[]) => (replayPath: string | undefined) => {
  const commands = fc.commands([fc.constantFrom('a', 'b', 'c').map(runner)], { ...(replayPath && { replayPath }) });
  return fc.asyncProperty(anyOrder, commands, async (order, program) => {
    const race: Race = { scheduler: schedulerFor(order), finishers: [] };
    await fc.asyncModelRun(() => ({ model: {}, real: race }), program);
    await race.scheduler.waitAll();
    const started = [...program].join('').replace(/\/\*.*/, '');
    const finished = race.finishers.join('');
    noted.push(`${started} came in as ${finished}`);
    if (/^[^b]*a/.test(started) && /^[^a]*b/.test(finished)) throw new Error('b overtook a');
  });
};

test('a failing order of events is shrunk, and what the message says to run shows it again at once', async () => {
  const explored = { testFile: 'test/of.test.ts', seed: 5, runs: 500 };
  const failure: Error = await explore({ ...explored, property: races([]), replay: undefined }).catch((e) => e);
  expect(failure.message).toContain('b overtook a');
  const [, shrunk] = /shrunk [1-9]\d* times, to: ([abc,]+) /.exec(failure.message)!;

  const [, replay] = /MODEL_REPLAY='([^']*)' npx vitest run test\/of\.test\.ts$/.exec(failure.message)!;
  const noted: string[] = [];
  const again: Error = await explore({ ...explored, property: races(noted), replay }).catch((e) => e);
  expect(again.message).toContain('b overtook a');
  expect(again.message).toContain(`to: ${shrunk} `);
  expect(noted).toHaveLength(1);
});

test('a property that holds is run as often as asked', async () => {
  let runs = 0;
  const property = () =>
    fc.asyncProperty(fc.boolean(), async () => {
      runs += 1;
    });
  await explore({ testFile: 'none', seed: 1, runs: 20, property, replay: undefined });
  expect(runs).toBe(20);
});
