import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { outlineOf } from '../../src/inspector/machine-outline.ts';
import { machines } from '../../src/inspector/machines.ts';
import { Redaction } from '../../src/inspector/redaction.ts';
import { Sampler } from '../../src/inspector/sampler.ts';
import { until } from '../support/until.ts';
import { idOf, plainSight, recordOf, WatchedStore } from './support/watched-store.ts';

const edgesTaken = (steps: readonly { readonly edge?: string }[]) => steps.flatMap(({ edge }) => edge ?? []);
const said = (messages: readonly { from: string; to: string; type: string }[]) =>
  messages.map(({ from, to, type }) => `${from} → ${to}: ${type}`);

describe('a transaction that is shown', () => {
  test('committed: its path, messages, keys and flush', async () => {
    await using store = await WatchedStore.open();
    const watch = store.watch();
    const id = idOf(await store.put(['a', 'one', 0], ['b', 2, 0]));
    const frame = watch.frame();
    const record = recordOf(frame, id);
    expect(record).toMatchObject({ outcome: 'committed', code: 'COMMITTED', seq: 1, keyCount: 2, rivals: [] });
    expect(record.keys).toEqual([
      { key: 'a', expected: 0, current: 0, written: 1, value: '"one"' },
      { key: 'b', expected: 0, current: 0, written: 1, value: '2' },
    ]);
    expect(record.steps.map(({ to }) => to)).toEqual([
      'reserving',
      'validating',
      'staging',
      'awaitingFlush',
      'committed',
    ]);
    expect(edgesTaken(record.steps)).toEqual([
      'reserving: granted → validating',
      'validating: always [nothingStandsAgainstIt] → staging',
      'staging: always → awaitingFlush',
      'awaitingFlush: durable → committed',
    ]);
    expect(said(record.messages)).toEqual([
      'http → transaction: put',
      'transaction → keyLocks: reserve',
      'keyLocks → transaction: granted',
      'transaction → flusher: append',
      'flusher → disk: write',
      'disk → flusher: synced',
      'flusher → transaction: durable',
      'transaction → http: answer',
      'transaction → keyLocks: release',
    ]);
    const [flush] = frame.flushRecords;
    expect(flush).toMatchObject({ number: record.flush, transactions: 1, firstSeq: 1 });
    expect(record.startedMs).toBeLessThanOrEqual(flush!.startedMs);
    expect(flush!.startedMs + flush!.tookMs).toBeLessThanOrEqual(record.endedMs!);
  });

  test('stale: what was expected, what is there, and who wrote it', async () => {
    await using store = await WatchedStore.open();
    const watch = store.watch();
    const writer = idOf(await store.put(['k', 1, 0]));
    const id = idOf(await store.put(['other', 1, 0], ['k', 2, 7]));
    const record = recordOf(watch.frame(), id);
    expect(record).toMatchObject({ outcome: 'stale', code: 'STALE_VERSION' });
    expect(record.keys).toMatchObject([
      { key: 'other', expected: 0, current: 0 },
      { key: 'k', expected: 7, current: 1, conflict: 'stale', writer: { id: writer } },
    ]);
    expect(record.keys[0]).not.toHaveProperty('conflict');
    expect(record.steps.at(-1)!.to).toBe('rejected');
    expect(record).not.toHaveProperty('flush');
  });

  test('in flight: the rival, its state and its keys', async () => {
    await using store = await WatchedStore.open();
    const watch = store.watch();
    const goOn = store.files.hold('appendDurably');
    const winner = store.put(['k', 1, 0], ['l', 1, 0]);
    const id = idOf(await store.put(['k', 2, 0]));
    const during = watch.frame();
    goOn();
    const rival = idOf(await winner);
    const record = recordOf(during, id);
    expect(record).toMatchObject({ outcome: 'inFlight', code: 'KEY_IN_FLIGHT' });
    expect(record.keys).toMatchObject([{ key: 'k', conflict: 'inFlight', holder: rival }]);
    expect(record.rivals).toMatchObject([{ id: rival, state: 'awaitingFlush', keyCount: 2 }]);
    expect(recordOf(during, rival)).toMatchObject({ outcome: 'underWay' });
    expect(during.locks).toMatchObject({
      held: 2,
      shown: [
        { key: 'k', holder: rival },
        { key: 'l', holder: rival },
      ],
    });
    expect(during.puts.underWay).toBe(1);
    const after = watch.frame();
    expect(recordOf(after, rival)).toMatchObject({ outcome: 'committed' });
    expect(after.locks).toEqual({ held: 0, shown: [] });
  });

  test('refused for memory: the limit, in the words of the answer', async () => {
    await using store = await WatchedStore.open({ maxKeys: 1 });
    const watch = store.watch();
    expect(await store.put(['a', 1, 0], ['b', 1, 0])).toMatchObject({ code: 'KEYS_LIMIT' });
    const [record] = watch.frame().transactions;
    expect(record).toMatchObject({ outcome: 'refused', code: 'KEYS_LIMIT' });
    expect(record!.error).toContain('maxKeys');
  });

  test('rolled back: the disk is full', async () => {
    await using store = await WatchedStore.open();
    const watch = store.watch();
    store.files.fail({ kind: 'create', errno: 'ENOSPC', times: 1000 });
    store.files.fail({ kind: 'openToAppend', errno: 'ENOSPC', times: 1000 });
    const text = 'x'.repeat(6000);
    let outcome = await store.put(['k', text, 0]);
    for (let version = 1; outcome.code === 'COMMITTED'; version += 1) outcome = await store.put(['k', text, version]);
    expect(outcome).toMatchObject({ code: 'DISK_FULL' });
    const frame = watch.frame();
    const record = frame.transactions.findLast((one) => one.outcome === 'rolledBack');
    expect(record).toMatchObject({ code: 'DISK_FULL' });
    expect(said(record!.messages)).toContain('flusher → transaction: notApplied');
    const [flush] = frame.flushRecords.filter(({ error }) => error !== undefined);
    expect(flush).toMatchObject({ number: record!.flush, transactions: 1 });
    // Another that comes now is refused without a flush of its own, and not tied to one of others.
    const refused = await store.put(['other', 1, 0]);
    expect(refused).toMatchObject({ code: 'DISK_FULL' });
    const after = watch.frame();
    expect(after.transactions.at(-1)).toMatchObject({ outcome: 'rolledBack', code: 'DISK_FULL' });
    expect(after.transactions.at(-1)).not.toHaveProperty('flush');
    expect(after.flushRecords).toEqual([]);
    expect(frame.states.flusher).toEqual({ waitingForRoom: 1 });
    expect(frame.flushes.failed).toBe(1);
    expect(frame.flushRecords.find(({ number }) => number === record!.flush)).toHaveProperty('error');
    // What comes later is refused at once: no flush has carried it.
    await store.put(['later', 1, 0]);
    const later = watch.frame().transactions.at(-1)!;
    expect(later.keys).toMatchObject([{ key: 'later' }]);
    expect(later).not.toHaveProperty('flush');
    expect(later.messages.map(({ type }) => type)).not.toContain('write');
    store.files.heal();
  });

  test('undecided: the disk failed, and its keys stay held', async () => {
    await using store = await WatchedStore.open();
    const watch = store.watch();
    store.files.fail({ kind: 'appendDurably', errno: 'EIO' });
    expect(await store.put(['k', 1, 0])).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    const frame = watch.frame();
    expect(frame.transactions.at(-1)).toMatchObject({ outcome: 'undecided', code: 'OUTCOME_UNKNOWN' });
    expect(frame.locks).toMatchObject({ held: 1, shown: [{ key: 'k' }] });
    expect(frame.states).toMatchObject({ store: { halted: 1 }, flusher: { halted: 1 }, transaction: { undecided: 1 } });
    expect(frame.puts.undecided).toBe(1);
  });

  test('overdue: the caller was told that nobody knows, and it goes on', async () => {
    await using store = await WatchedStore.open({ putTimeoutMs: 100 });
    const watch = store.watch();
    const goOn = store.files.hold('appendDurably');
    expect(await store.put(['k', 1, 0])).toMatchObject({ code: 'OUTCOME_UNKNOWN', cause: 'timeout' });
    const during = watch.frame().transactions.at(-1)!;
    expect(during).toMatchObject({ outcome: 'underWay', code: 'OUTCOME_UNKNOWN' });
    expect(during.steps.at(-1)!.to).toBe('overdue');
    goOn();
    await store.store.drain();
    const after = recordOf(watch.frame(), during.id);
    expect(after).toMatchObject({ outcome: 'committed', code: 'OUTCOME_UNKNOWN', seq: 1 });
    expect(after.messages.filter(({ type }) => type === 'answer')).toHaveLength(1);
  });

  test('found overdue: its caller was told that nobody knows, whatever becomes of it', async () => {
    await using store = await WatchedStore.open({ putTimeoutMs: 100 });
    const goOn = store.files.hold('appendDurably');
    await store.put(['k', 1, 0]);
    const watch = store.watch();
    expect(watch.frame().transactions).toMatchObject([{ outcome: 'underWay', code: 'OUTCOME_UNKNOWN' }]);
    goOn();
    await store.store.drain();
    const record = watch.frame().transactions.at(-1)!;
    expect(record).toMatchObject({ outcome: 'committed', code: 'OUTCOME_UNKNOWN' });
    expect(record.messages.map(({ type }) => type)).not.toContain('answer');
  });

  test('a put of many keys tells of the first, and of all that stood against it', async () => {
    await using store = await WatchedStore.open();
    const watch = store.watch();
    await store.put(['key-40', 1, 0]);
    const operations = Array.from({ length: 60 }, (_, index) => [`key-${index}`, index, 0] as const);
    const id = idOf(await store.put(...operations));
    const record = recordOf(watch.frame(), id);
    expect(record.keyCount).toBe(60);
    expect(record.keys.map(({ key }) => key)).toEqual([...operations.slice(0, 20).map(([key]) => key), 'key-40']);
    expect(record.keys.at(-1)).toMatchObject({ conflict: 'stale', current: 1 });
  });
});

describe('a frame', () => {
  test('counts every put and every transition, and then begins anew', async () => {
    await using store = await WatchedStore.open();
    const watch = store.watch();
    await store.put(['a', 1, 0]);
    await store.put(['a', 2, 1]);
    await store.put(['a', 3, 1]);
    const frame = watch.frame();
    expect(frame).toMatchObject({ number: 1, puts: { begun: 3, committed: 2, stale: 1, inFlight: 0, underWay: 0 } });
    expect(frame.states.transaction).toEqual({ committed: 2, rejected: 1 });
    expect(frame.edges.transaction).toMatchObject({
      'reserving: granted → validating': 3,
      'awaitingFlush: durable → committed': 2,
      'validating: always [itsKeysAreHeld] → rejected': 1,
    });
    expect(frame.edges.keyLocks).toEqual({
      'serving: reserve [allAreFree] → stays': 3,
      'serving: release → stays': 3,
    });
    expect(frame.flushes).toMatchObject({ count: 2, transactions: 2, failed: 0, waiting: 0 });
    const next = watch.frame();
    expect(next).toMatchObject({ number: 2, edges: {}, puts: { begun: 0, committed: 0 }, transactions: [] });
    expect(next.states.transaction).toEqual({ committed: 2, rejected: 1 });
    expect(next.flushes).toMatchObject({ count: 0, transactions: 0, bytes: 0 });
  });

  test('names states and transitions as the machines do', async () => {
    await using store = await WatchedStore.open({ maxBlocks: 1 });
    const watch = store.watch();
    const text = 'x'.repeat(3000);
    for (let version = 0; version < 12; version += 1) await store.put(['k', text, version]);
    let frame = watch.frame();
    const compactions = [...frame.compactions];
    await until(async () => {
      await turn();
      frame = watch.frame();
      compactions.push(...frame.compactions);
      return compactions.length > 0;
    }, 'blocks are merged');
    expect(compactions[0]!.inputs).toBeGreaterThanOrEqual(2);
    expect(compactions[0]!.bytesAfter).toBeLessThan(compactions[0]!.bytesBefore);
    expect(compactions[0]).not.toHaveProperty('error');
    for (const [name, machine] of Object.entries(machines)) {
      const outline = outlineOf(machine);
      const states = Object.keys(frame.states[name as keyof typeof machines]);
      expect(outline.states.map((state) => state.name)).toEqual(expect.arrayContaining(states));
      const edges = Object.keys(frame.edges[name as keyof typeof machines] ?? {});
      expect(outline.edges.map((edge) => edge.name)).toEqual(expect.arrayContaining(edges));
    }
    expect(frame.states).toMatchObject({ store: { running: 1, 'running.serving': 1 }, keyLocks: { serving: 1 } });
    expect(frame.blocks.sealedCount).toBe(frame.blocks.sealed.length);
    expect(frame.blocks.sealed.some(({ kind }) => kind === 'compacted')).toBe(true);
  });

  test('tells which keys are hot, and who won and lost on them', async () => {
    await using store = await WatchedStore.open();
    const watch = store.watch();
    for (let version = 0; version < 3; version += 1) await store.put(['hot', 1, version]);
    await store.put(['hot', 1, 0]);
    await store.put(['cold', 1, 0]);
    const goOn = store.files.hold('appendDurably');
    const winner = store.put(['hot', 1, 3]);
    await store.put(['hot', 1, 3]);
    goOn();
    await winner;
    expect(watch.frame().hotKeys).toEqual([
      { key: 'hot', wins: 4, stale: 1, inFlight: 1 },
      { key: 'cold', wins: 1, stale: 0, inFlight: 0 },
    ]);
  });

  test('tells of puts that were under way before anybody watched', async () => {
    await using store = await WatchedStore.open();
    const goOn = store.files.hold('appendDurably');
    const put = store.put(['k', 1, 0]);
    await new Promise((resolve) => setImmediate(resolve));
    const watch = store.watch();
    const frame = watch.frame();
    expect(frame.states.transaction).toEqual({ awaitingFlush: 1 });
    expect(frame.transactions).toMatchObject([
      { outcome: 'underWay', steps: [{ to: 'reserving' }, { to: 'awaitingFlush' }] },
    ]);
    expect(frame.transactions[0]!.startedMs).toBeLessThan(0);
    goOn();
    const id = idOf(await put);
    expect(recordOf(watch.frame(), id)).toMatchObject({ outcome: 'committed', seq: 1 });
  });

  test('hides keys behind labels and leaves out values', async () => {
    await using store = await WatchedStore.open({ maxKeys: 2 });
    const redaction = new Redaction({ hidesKeys: true, hidesValues: true, secret: new Uint8Array(16).fill(1) });
    const watch = store.watch(redaction);
    const goOn = store.files.hold('appendDurably');
    const winner = store.put(['secret-key', 'secret-value', 0]);
    await store.put(['secret-key', 'secret-value', 0]);
    await store.put(['secret-key', 'secret-value', 5]);
    const during = watch.frame();
    goOn();
    await winner;
    await store.put(['a', 1, 0], ['secret-key2', 1, 0]);
    watch.recorder.sampler.ask('auto', new Set(['secret-key']));
    const text = JSON.stringify([during, watch.frame()]);
    expect(text).not.toContain('secret');
    const [label] = /key#[0-9a-f]{8}/.exec(text)!;
    expect(during.locks.shown).toMatchObject([{ key: label }]);
    expect(during.transactions.map(({ keys }) => keys[0]!.key)).toEqual([label, label, label]);
  });
});

describe('more than fits into one frame', () => {
  test('comes in the next ones, ends first, and nothing is lost', async () => {
    await using store = await WatchedStore.open();
    const watch = store.watch();
    const goOn = store.files.hold('appendDurably');
    const puts = Array.from({ length: 500 }, (_, number) => store.put([`key-${number}`, 1, 0]));
    const first = watch.frame();
    expect(first.transactions.length).toBeLessThan(300);
    expect(first.sampling).toMatchObject({ seen: 500, chosen: 500, withheld: 500 - first.transactions.length });
    goOn();
    await Promise.all(puts);
    const ended = new Set<string>();
    let frames = 0;
    for (; ended.size < 500; frames += 1) {
      const { transactions } = watch.frame();
      expect(transactions.length).toBeGreaterThan(0);
      for (const { id, outcome } of transactions) if (outcome === 'committed') ended.add(id);
    }
    expect(frames).toBeLessThan(10);
    expect(watch.frame().sampling).not.toHaveProperty('withheld');
  });

  test('who comes later is told of those that are under way', async () => {
    await using store = await WatchedStore.open();
    const watch = store.watch();
    const goOn = store.files.hold('appendDurably');
    const put = store.put(['k', 1, 0]);
    expect(watch.frame().transactions).toHaveLength(1);
    expect(watch.frame().transactions).toHaveLength(0);
    watch.recorder.retell();
    expect(watch.frame().transactions).toMatchObject([{ outcome: 'underWay' }]);
    goOn();
    await put;
  });

  test('beyond a thousand shown ones under way no further is chosen, and all are counted', async () => {
    await using store = await WatchedStore.open({ queuedPutsMax: 2000 });
    const watch = store.watch();
    const goOn = store.files.hold('appendDurably');
    const puts = Array.from({ length: 1500 }, (_, number) => store.put([`key-${number}`, 1, 0]));
    expect(watch.frame()).toMatchObject({ puts: { begun: 1500 }, sampling: { seen: 1500, chosen: 1000 } });
    goOn();
    await Promise.all(puts);
  });
});

describe('sampling', () => {
  test('chooses some, counts all', async () => {
    await using store = await WatchedStore.open();
    let turn = 0;
    const sampler = new Sampler({ autoPerS: 1e6, mostPerS: 1e6 }, () => (turn++ % 2) * 0.9);
    const watch = store.watch(plainSight, sampler);
    sampler.ask(2);
    for (let number = 0; number < 6; number += 1) await store.put([`key-${number}`, 1, 0]);
    const frame = watch.frame();
    expect(frame.sampling).toEqual({ oneIn: 2, asked: 2, seen: 6, chosen: 3 });
    expect(frame.transactions).toHaveLength(3);
    expect(frame.puts.committed).toBe(6);
    expect(frame.states.transaction).toEqual({ committed: 6 });
  });
});

describe('a store that has stopped', () => {
  test('can still be looked at: what was so at its end', async () => {
    await using store = await WatchedStore.open();
    await store.put(['k', 1, 0]);
    await store.store.close();
    const watch = store.watch();
    const frame = watch.frame();
    expect(frame.states).toMatchObject({ store: { closed: 1 }, compactor: { closed: 1 } });
    expect(frame.locks.held).toBe(0);
  });
});

describe('when the watch ends', () => {
  test('nothing is left attached, and another may begin', async () => {
    await using store = await WatchedStore.open();
    const first = store.watch();
    await store.put(['a', 1, 0]);
    first.stop();
    await store.put(['b', 1, 0]);
    expect(first.frame().puts.begun).toBe(1);
    const second = store.watch();
    await store.put(['c', 1, 0]);
    expect(second.frame()).toMatchObject({ number: 1, puts: { begun: 1 } });
    expect(first.frame().puts.begun).toBe(0);
  });

  test('a watcher that throws is taken off, and the put is committed all the same', async () => {
    await using store = await WatchedStore.open();
    const broken = new Sampler({ autoPerS: 1e6, mostPerS: 1e6 }, () => {
      throw new Error('a bug in the inspector');
    });
    const watch = store.watch(plainSight, broken);
    expect(await store.put(['a', 1, 0])).toMatchObject({ code: 'COMMITTED' });
    expect(await store.put(['a', 1, 1])).toMatchObject({ code: 'COMMITTED' });
    expect(store.errors.splice(0)).toMatchObject([{ message: 'a bug in the inspector' }]);
    expect(watch.frame().puts.begun).toBe(1);
  });

  test('two watch at once, each for itself', async () => {
    await using store = await WatchedStore.open();
    await using other = await WatchedStore.open();
    const [one, two] = [store.watch(), store.watch()];
    const elsewhere = other.watch();
    await store.put(['a', 1, 0]);
    expect([one.frame().puts.begun, two.frame().puts.begun]).toEqual([1, 1]);
    expect(elsewhere.frame()).toMatchObject({ puts: { begun: 0 }, edges: {}, transactions: [] });
  });
});
