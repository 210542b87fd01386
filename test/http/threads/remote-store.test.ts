/** The store across threads: the same answers, few messages, and bounds on what is under way. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anOperation } from '../support/http-fixture.ts';
import { operations, outcome, stored } from './support/arbitraries.ts';
import { LinkedStore, read } from './support/linked-store.ts';

const putOf = (key: string, value = 'v') => [{ key, value, version: 0 }];

describe('what is asked elsewhere is answered as it would be here', () => {
  test('reads and puts', async () => {
    using linked = new LinkedStore();
    expect(await read(linked.remote, 'k')).toBeUndefined();
    expect(await linked.remote.put(putOf('k'))).toMatchObject({ code: 'COMMITTED', versions: [1] });
    expect(await read(linked.remote, 'k')).toEqual({ value: 'v', version: 1 });
    expect(await linked.remote.put(putOf('k'))).toMatchObject({
      code: 'STALE_VERSION',
      conflicts: [{ key: 'k', reason: 'stale', expected: 0, current: 1 }],
    });
  });

  test('D12: whatever is put, answered or held', async () => {
    using linked = new LinkedStore({ queuedBytesMax: 100_000_000 });
    const { store, remote } = linked;
    await fc.assert(
      fc.asyncProperty(operations, outcome, stored, async (put, answer, held) => {
        store.outcome = answer;
        store.get = () => held;
        expect(await Promise.all([remote.put(put), read(remote, 'k')])).toStrictEqual([answer, held]);
        expect(store.puts.at(-1)).toStrictEqual(put);
      }),
    );
  });

  test('many keys, until what they hold is long enough, and before any put that comes later', async () => {
    using linked = new LinkedStore();
    const { store, remote } = linked;
    store.values.set('a', { value: 'v'.repeat(100), version: 1 });
    const many = (keys: readonly string[], max: number) =>
      new Promise<readonly unknown[]>((resolve) => remote.readMany(keys, max, resolve));
    const [before, committed] = await Promise.all([many(['k', 'a', 'none'], 1000), remote.put(putOf('k'))]);
    expect(before).toEqual([undefined, store.values.get('a'), undefined]);
    expect(committed.code).toBe('COMMITTED');
    expect(await many(['k', 'a', 'a', 'a'], 200)).toHaveLength(3);
    expect(await many(Array(10_000).fill('a'), 1000)).toHaveLength(10);
  });

  test('readiness', async () => {
    using linked = new LinkedStore();
    const ask = () => new Promise((resolve) => linked.remote.askReadiness(resolve));
    expect(await ask()).toEqual({ ready: true });
    linked.store.unreadiness = 'the disk is full';
    expect(await ask()).toEqual({ ready: false, reason: 'the disk is full' });
  });

  test('in whatever order the answers come', async () => {
    using linked = new LinkedStore();
    const { store, remote } = linked;
    store.isHolding = true;
    const puts = ['a', 'b', 'c'].map((key) => remote.put(putOf(key)));
    await store.received(3);
    expect(await read(remote, 'a')).toBeUndefined();
    store.release();
    expect((await Promise.all(puts)).map((answer) => answer.code)).toEqual(Array(3).fill('COMMITTED'));
  });
});

test('all requests of one turn are one message, and so are their answers', async () => {
  using linked = new LinkedStore();
  const { remote, threads } = linked;
  await Promise.all([...Array(500).keys()].flatMap((at) => [remote.put(putOf(`k${at}`)), read(remote, `k${at}`)]));
  const { toEngine, toThread } = threads[0]!;
  expect(toEngine.map((messages) => messages.map(({ type }) => type))).toEqual([['requests']]);
  // How it stood with puts when the thread began, which nobody waited for, may have gone ahead.
  expect(toThread.flat().map(({ type }) => type)).toEqual(['admission', 'answers']);
});

describe('S30 S7: puts that are refused unseen', () => {
  test('a thread learns of it without asking, and that it is over', async () => {
    using linked = new LinkedStore({ threads: 2 });
    const { store, threads } = linked;
    store.refusal = { code: 'DRAINING', error: 'the server stops' };
    for (const { remote } of threads) await read(remote, 'k');
    for (const { remote } of threads) expect(remote.refusesPuts()).toEqual(store.refusal);
    expect(await threads[0]!.remote.put(putOf('k'))).toEqual(store.refusal);
    expect(store.puts).toEqual([]);
    store.refusal = undefined;
    for (const { remote } of threads) await read(remote, 'k');
    for (const { remote } of threads) expect(remote.refusesPuts()).toBeUndefined();
  });

  test('a thread that comes later learns of it as well', async () => {
    using linked = new LinkedStore();
    linked.store.refusal = { code: 'HALTED', error: 'the disk failed' };
    await read(linked.remote, 'k');
    expect(linked.remote.refusesPuts()?.code).toBe('HALTED');
  });

  test('N3: room that comes while nobody asks for anything is noticed', async () => {
    using linked = new LinkedStore();
    const { store, remote } = linked;
    store.refusal = { code: 'QUEUE_FULL', error: 'too many wait' };
    await until(() => remote.refusesPuts() !== undefined);
    // A put of which nobody hears any more has ended.
    store.refusesPuts = () => undefined;
    await until(() => remote.refusesPuts() === undefined);
  });

  test('the store has the last word on a put that was under way', async () => {
    using linked = new LinkedStore();
    const { store, remote } = linked;
    const put = remote.put(putOf('k'));
    store.outcome = { code: 'DRAINING', error: 'the server stops' };
    expect(await put).toEqual(store.outcome);
  });
});

describe('N3: what is under way is bounded', () => {
  test('puts, for all threads together', async () => {
    using linked = new LinkedStore({ threads: 2, queuedPutsMax: 3 });
    const { store, threads } = linked;
    const [first, second] = threads.map(({ remote }) => remote);
    store.isHolding = true;
    const taken = [first!.put(putOf('a')), first!.put(putOf('b')), second!.put(putOf('c'))];
    const full = { code: 'QUEUE_FULL', error: '3 puts are waiting already (queuedPutsMax)' };
    for (const remote of [first!, second!]) {
      expect(remote.refusesPuts()).toEqual(full);
      expect(await remote.put(putOf('d'))).toEqual(full);
    }
    await store.received(3);
    store.release();
    await Promise.all(taken);
    expect(second!.refusesPuts()).toBeUndefined();
    expect(await second!.put(putOf('d'))).toMatchObject({ code: 'COMMITTED' });
    expect(store.puts.length).toBe(4);
  });

  test('their bytes, for all threads together, but for one that is alone', async () => {
    using linked = new LinkedStore({ threads: 2, queuedBytesMax: 10_000 });
    const { store, threads } = linked;
    const [first, second] = threads.map(({ remote }) => remote);
    store.isHolding = true;
    const large = first!.put(putOf('a', 'v'.repeat(20_000)));
    const full = { code: 'QUEUE_FULL', error: 'puts of 10000 bytes are waiting already (queuedBytesMax)' };
    expect(await second!.put(putOf('b'))).toEqual(full);
    expect(second!.refusesPuts()).toEqual(full);
    await store.received(1);
    store.release();
    await large;
    expect(second!.refusesPuts()).toBeUndefined();
    expect(await second!.put([anOperation])).toMatchObject({ code: 'COMMITTED' });
    expect(linked.counts.total('putBytes')).toBe(0);
  });

  test('values that were read, while the thread does not come to consume them', async () => {
    using linked = new LinkedStore();
    const { store, remote, threads } = linked;
    store.values.set('large', { value: 'v'.repeat(1024 * 1024), version: 1 });
    let reads = 0;
    const { get } = store;
    store.get = (key) => {
      reads += 1;
      return get.call(store, key);
    };
    const order: number[] = [];
    const all = [...Array(20).keys()].map((at) =>
      read(remote, at % 2 === 0 ? 'large' : 'none').then(() => {
        order.push(at);
      }),
    );
    // A put does not overtake the reads before it.
    const put = remote.put(putOf('none'));
    const { takeAnswers } = remote;
    const unread: Parameters<typeof takeAnswers>[0][] = [];
    remote.takeAnswers = (answers) => void unread.push(answers);
    await until(() => unread.length > 0);
    // 4 MiB, and what one read went beyond.
    expect(reads).toBe(7);
    expect(store.puts).toEqual([]);
    remote.takeAnswers = takeAnswers;
    for (const answers of unread) remote.takeAnswers(answers);
    await Promise.all(all);
    expect(await put).toMatchObject({ code: 'COMMITTED' });
    expect(reads).toBe(20);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(threads[0]!.toEngine.flat().filter(({ type }) => type === 'consumed').length).toBeGreaterThan(0);
  });

  test('a thread that reads small values is never asked to confirm', async () => {
    using linked = new LinkedStore();
    linked.store.values.set('k', { value: 1, version: 1 });
    for (let turn = 0; turn < 100; turn++) await read(linked.remote, 'k');
    expect(linked.threads[0]!.toEngine.flat().some(({ type }) => type === 'consumed')).toBe(false);
  });
});

describe('a thread that is gone', () => {
  test('gets no answers, and its puts run to their end', async () => {
    using linked = new LinkedStore();
    const { store, remote, threads } = linked;
    store.isHolding = true;
    let answer: unknown;
    void remote.put(putOf('k')).then((outcome) => {
      answer = outcome;
    });
    await store.received(1);
    threads[0]!.link.close();
    store.release();
    await until(() => store.values.has('k'));
    expect(answer).toBeUndefined();
  });
});

test('S32: after an error of the store nobody hears anything any more', async () => {
  using linked = new LinkedStore({ threads: 2 });
  const { store, threads, bugs } = linked;
  const [first, second] = threads.map(({ remote }) => remote);
  store.isHolding = true;
  const answers: unknown[] = [];
  void second!.put(putOf('a')).then((answer) => answers.push(answer));
  await store.received(1);
  const bug = new Error('a bug');
  store.get = () => {
    throw bug;
  };
  void read(first!, 'k').then((answer) => answers.push(answer));
  expect(await bugs.take()).toBe(bug);
  store.release();
  await until(() => store.values.has('a'));
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  expect(answers).toEqual([]);
});

async function until(question: () => boolean): Promise<void> {
  while (!question()) await new Promise(setImmediate);
}
