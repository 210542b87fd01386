/** Any life of a log, checked against a plain object: whatever happens, the next start finds what was acknowledged. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NoRoom } from '../../src/wal/blank-block.ts';
import { newStore, type Put, type State, type StoreFixture } from '../support/store-fixture.ts';
import { holdsAlways } from './support/property.ts';

/** What the log should hold. A put that nobody was told of may be in it, or not. */
interface Model {
  state: State;
  lastSeq: number;
}

interface Step {
  readonly run: (store: StoreFixture, model: Model) => Promise<void>;
  toString(): string;
}

const key = fc.constantFrom('a', 'b', 'c', '__proto__', '\u{1f600}');
const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.integer({ min: 1000, max: 9000 }).map((length) => 'x'.repeat(length)),
  fc.constant(undefined),
);
const put: fc.Arbitrary<Put> = fc
  .uniqueArray(fc.tuple(key, value), { minLength: 1, maxLength: 3, selector: ([key]) => key })
  .map((entries) => Object.fromEntries(entries));
const batch = fc.array(put, { minLength: 1, maxLength: 3 });

function step(name: string, run: Step['run']): Step {
  return { run, toString: () => name };
}

async function acknowledged(store: StoreFixture, model: Model, puts: readonly Put[]): Promise<void> {
  expect(await store.append(...puts)).toBe(model.lastSeq + 1);
  model.state = store.state;
  model.lastSeq += puts.length;
}

async function startsWith(store: StoreFixture, model: Model): Promise<void> {
  await store.start();
  expect(store.state).toEqual(model.state);
  expect(store.writer.lastSeq).toBe(model.lastSeq);
  expect(store.warnings.filter((warning) => !/cut \d+ bytes|sealed now/.test(warning))).toEqual([]);
}

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: batch.map((puts) => step(`append ${puts.length}`, (...at) => acknowledged(...at, puts))) },
  { weight: 1, arbitrary: fc.constant(step('mark', (store) => store.mark())) },
  {
    weight: 2,
    arbitrary: fc.constant(
      step('kill', async (store, model) => {
        await store.crash();
        await startsWith(store, model);
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      step('stop', async (store, model) => {
        await store.close();
        await startsWith(store, model);
        expect(store.notices).toEqual([]);
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(12), batch).map(([calls, puts]) =>
      step(`kill after ${calls} calls of append ${puts.length}`, async (store, model) => {
        const { lastSeq } = store.writer;
        store.files.dieAfter(calls);
        const isAcknowledged = await store.append(...puts).then(
          () => true,
          () => false,
        );
        const { state } = store;
        await store.start();
        const isThere = store.writer.lastSeq > lastSeq;
        if (isAcknowledged) expect(isThere).toBe(true);
        if (isAcknowledged) expect(store.state).toEqual(state);
        if (!isThere) expect(store.state).toEqual(model.state);
        Object.assign(model, { state: store.state, lastSeq: lastSeq + (isThere ? puts.length : 0) });
        expect(store.writer.lastSeq).toBe(model.lastSeq);
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(5000), batch).map(([bytes, puts]) =>
      step(`kill after ${bytes} bytes of append ${puts.length}`, async (store, model) => {
        await store.mark(); // so that the fault below meets the batch, or a block that is made for it
        store.files.fail({ kind: 'appendDurably', errno: 'EIO', afterBytes: bytes });
        await expect(store.append(...puts)).rejects.toThrow('EIO');
        await store.start();
        const isThere = store.writer.lastSeq > model.lastSeq;
        if (!isThere) expect(store.state).toEqual(model.state);
        Object.assign(model, { state: store.state, lastSeq: store.writer.lastSeq });
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: batch.map((puts) =>
      step(`append ${puts.length} to a full disk`, async (store, model) => {
        store.files.fail({ kind: 'write', errno: 'ENOSPC', times: 2 });
        const error = await store.append(...puts).catch((error: unknown) => error);
        if (typeof error === 'number') Object.assign(model, { state: store.state, lastSeq: store.writer.lastSeq });
        else expect(error).toBeInstanceOf(NoRoom);
        await store.crash();
        await startsWith(store, model);
      }),
    ),
  },
);

test('S22, S31: every start finds all that was acknowledged, in order, whatever happened before it', async () => {
  await holdsAlways(
    fc.array(steps, { maxLength: 25 }),
    async (steps) => {
      const store = await newStore();
      const model: Model = { state: {}, lastSeq: 0 };
      for (const { run } of steps) await run(store, model);
      await store.crash();
      await startsWith(store, model);
      await store.crash();
    },
    60,
  );
});
