import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PutOperation } from '../src/outcome.ts';
import { openStore, type Store, type StoreSettings } from '../src/store.ts';
import { nodePlatform } from '../src/wal/node-platform.ts';
import { StartRefusal } from '../src/wal/refusal.ts';
import { type Value, WholeFloat } from '../src/wal/value.ts';
import { FaultyFiles } from './support/faulty-files.ts';

const defaults = {
  batchTime: 0,
  maxBatchSize: 8192,
  maxBlockSize: 64 * 1024,
  maxBlocks: 3,
  idleMarkMs: 60_000,
  putTimeoutMs: 60_000,
  queuedPutsMax: 1000,
  queuedBytesMax: 1024 * 1024,
  memoryMax: 10_000_000,
  maxKeys: 10_000,
} as const;

let directory: string;
let files: FaultyFiles;
let opened: Store[];
let notices: string[];
let bugs: unknown[];
let halts: unknown[];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'concave-store-'));
  files = new FaultyFiles();
  opened = [];
  notices = [];
  bugs = [];
  halts = [];
});

afterEach(async () => {
  await Promise.allSettled(opened.map((store) => store.close()));
  await files.crash(); // closes what a halted store leaves open for the end of its process
  rmSync(directory, { recursive: true, force: true });
  expect(bugs).toEqual([]);
});

async function open(settings: Partial<StoreSettings> = {}): Promise<Store> {
  const note = ({ event }: { event?: string }) => notices.push(String(event));
  const store = await openStore({
    config: { dataDir: path.join(directory, 'data'), ...defaults, ...settings },
    platform: { ...nodePlatform(), files },
    log: { info: note, warn: note, error: note } as never,
    onBug: (error) => bugs.push(error),
    onHalt: (error) => halts.push(error),
  });
  opened.push(store);
  return store;
}

const op = (key: string, value: Value, version: number): PutOperation => ({ key, value, version });

describe('a store', () => {
  test('gives back what was put, and after a restart the same', async () => {
    const values: [string, Value][] = [
      ['text', 'größe \u{1f980}'],
      ['integer', 2],
      ['whole float', new WholeFloat(2)],
      ['negative zero', new WholeFloat(-0)],
      ['int64', -(2n ** 63n)],
      ['float', 0.1],
      ['bool', false],
      ['array', [1, new WholeFloat(1), 2.5, 2n ** 60n]],
      ['__proto__', 'a key like any other'],
    ];
    const store = await open();
    const outcome = await store.put(values.map(([key, value]) => op(key, value, 0)));
    expect(outcome).toEqual({
      code: 'COMMITTED',
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      seq: 1,
      versions: values.map(() => 1),
    });
    await store.close();
    const again = await open();
    for (const [key, value] of values) expect(again.get(key)).toEqual({ value, version: 1 });
    expect(again.recovered).toMatchObject({ isNew: false, keys: values.length, transactions: 1 });
  });

  test('numbers transactions densely, over restarts too, and gives each another id', async () => {
    const store = await open();
    const first = await store.put([op('a', 1, 0)]);
    await store.put([op('a', 1, 0)]);
    const second = await store.put([op('a', 2, 1)]);
    await store.close();
    const third = await (await open()).put([op('a', 3, 2)]);
    expect([first, second, third].map((outcome) => (outcome as { seq: number }).seq)).toEqual([1, 2, 3]);
    expect(new Set([first, second, third].map((outcome) => (outcome as { id: string }).id)).size).toBe(3);
  });

  test('applies all of a put or nothing of it', async () => {
    const store = await open();
    await store.put([op('b', 'old', 0)]);
    const outcome = await store.put([op('a', 'new', 0), op('b', 'new', 5), op('c', 'new', 0)]);
    expect(outcome.code).toBe('STALE_VERSION');
    expect(store.get('a')).toBeUndefined();
    expect(store.get('b')).toEqual({ value: 'old', version: 1 });
  });

  test('lets one of several puts on a key through, and tells the others who it was', async () => {
    const store = await open();
    const outcomes = await Promise.all(['x', 'y', 'z'].map((value) => store.put([op('a', value, 0)])));
    expect(outcomes.map(({ code }) => code)).toEqual(['COMMITTED', 'KEY_IN_FLIGHT', 'KEY_IN_FLIGHT']);
    const winner = (outcomes[0] as { id: string }).id;
    expect(outcomes[1]).toMatchObject({
      conflicts: [{ key: 'a', reason: 'in_flight', expected: 0, current: 0, holder: winner }],
    });
    expect(store.get('a')).toEqual({ value: 'x', version: 1 });
  });

  test('shows a put to readers only when it is durable', async () => {
    const store = await open();
    const put = store.put([op('a', 1, 0)]);
    expect(store.get('a')).toBeUndefined();
    await put;
    expect(store.get('a')).toEqual({ value: 1, version: 1 });
  });

  test('writes puts of one turn with one append', async () => {
    const store = await open();
    const before = files.calls.length;
    await Promise.all(Array.from({ length: 50 }, (_, n) => store.put([op(`k${n}`, n, 0)])));
    const appends = files.changes(before).filter((call) => call.startsWith('appendDurably'));
    expect(appends).toHaveLength(1);
  });

  test('merges blocks in its own time, and nothing is missing after', async () => {
    const store = await open();
    const value = 'x'.repeat(2000);
    let version = 0;
    while (!notices.includes('compacted')) {
      const outcome = await store.put(Array.from({ length: 20 }, (_, n) => op(`k${n}`, value + version, version)));
      expect(outcome.code).toBe('COMMITTED');
      version += 1;
    }
    await store.close();
    expect(readdirSync(path.join(directory, 'data')).some((name) => name.endsWith('.cmp'))).toBe(true);
    const again = await open();
    for (let n = 0; n < 20; n += 1) expect(again.get(`k${n}`)).toEqual({ value: value + (version - 1), version });
  });
});

describe('limits', () => {
  test('S29: beyond memoryMax a put is refused with 507 words, and nothing of it stays', async () => {
    const store = await open({ memoryMax: 2000 });
    expect((await store.put([op('a', 'x'.repeat(1500), 0)])).code).toBe('COMMITTED');
    expect(await store.put([op('b', 'x'.repeat(1500), 0)])).toMatchObject({ code: 'MEMORY_LIMIT' });
    expect((await store.put([op('b', 'x', 0)])).code).toBe('COMMITTED');
  });

  test('S29: a store that is larger than the limits refuses to start with the figure', async () => {
    await (await open()).put([op('a', 'x'.repeat(5000), 0)]);
    await opened.pop()!.close();
    const refusal = await open({ memoryMax: 1000 }).catch((error) => error);
    expect(refusal).toBeInstanceOf(StartRefusal);
    expect(refusal).toMatchObject({ exitCode: 78, message: expect.stringContaining('memoryMax is 1000') });
  });

  test('N3: beyond queuedPutsMax puts are refused at once, and taken again when there is room', async () => {
    const store = await open({ queuedPutsMax: 2 });
    const puts = ['a', 'b', 'c'].map((key) => store.put([op(key, 1, 0)]));
    expect(store.refusesPuts()).toMatchObject({ code: 'QUEUE_FULL', error: expect.stringContaining('queuedPutsMax') });
    expect((await Promise.all(puts)).map(({ code }) => code)).toEqual(['COMMITTED', 'COMMITTED', 'QUEUE_FULL']);
    expect(store.refusesPuts()).toBeUndefined();
  });

  test('N3: beyond queuedBytesMax too', async () => {
    const store = await open({ queuedBytesMax: 1000 });
    const puts = ['a', 'b'].map((key) => store.put([op(key, 'x'.repeat(1000), 0)]));
    expect((await Promise.all(puts)).map(({ code }) => code)).toEqual(['COMMITTED', 'QUEUE_FULL']);
  });
});

describe('a full disk', () => {
  test('S9: is a definite failure: keys free, old values, reads go on, and writing resumes by itself', async () => {
    const store = await open();
    await store.put([op('a', 'old', 0)]);
    files.fail({ kind: 'write', errno: 'ENOSPC', times: 1_000_000 });
    let version = 1;
    let outcome = await store.put([op('a', 'x'.repeat(20_000), version)]);
    while (outcome.code === 'COMMITTED') {
      version += 1;
      outcome = await store.put([op('a', 'x'.repeat(20_000), version)]);
    }
    expect(outcome.code).toBe('DISK_FULL');
    expect(store.get('a')?.version).toBe(version);
    expect(store.readiness()).toMatchObject({ ready: false });
    expect(readdirSync(path.join(directory, 'data')).filter((name) => name.endsWith('.tmp'))).toEqual([]);

    files.heal();
    const resumed = await untilReady(store);
    expect(resumed).toEqual({ ready: true });
    expect(await store.put([op('a', 'new', version)])).toMatchObject({ code: 'COMMITTED', seq: version + 1 });
  });
});

describe('a broken disk', () => {
  test('S7: is final: the batch is undecided, the rest refused, and nothing is written any more', async () => {
    const store = await open();
    await store.put([op('a', 'old', 0)]);
    files.fail({ kind: 'appendDurably', errno: 'EIO' });
    const undecided = store.put([op('a', 'new', 1)]);
    const outcome = await undecided;
    expect(outcome).toMatchObject({ code: 'OUTCOME_UNKNOWN', cause: 'sync_failed' });
    expect(store.refusesPuts()).toMatchObject({ code: 'HALTED' });
    expect((await store.put([op('b', 1, 0)])).code).toBe('HALTED');
    expect(store.get('a')).toEqual({ value: 'old', version: 1 });
    expect(halts).toEqual([expect.objectContaining({ code: 'EIO' })]);
    opened.pop();
  });

  test('S25: a data directory that is taken away halts the store, and none is made in its place', async () => {
    await open();
    renameSync(path.join(directory, 'data'), path.join(directory, 'elsewhere'));
    while (halts.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(String(halts[0])).toContain('was removed or replaced');
    expect(readdirSync(directory)).toEqual(['elsewhere']);
    opened.pop();
  });
});

describe('the end', () => {
  test('a store that drains answers what it has taken in and refuses what comes', async () => {
    const store = await open();
    const taken = store.put([op('a', 1, 0)]);
    const drained = store.drain();
    expect((await store.put([op('b', 1, 0)])).code).toBe('DRAINING');
    await drained;
    expect((await taken).code).toBe('COMMITTED');
    expect(store.get('a')).toEqual({ value: 1, version: 1 });
  });

  test('after a close the directory is free, and the next start has nothing to mend', async () => {
    await (await open()).put([op('a', 1, 0)]);
    await opened.pop()!.close();
    notices.length = 0;
    await open();
    expect(notices).toEqual([]);
  });

  test('S24: a second store on the directory is refused while the first has it', async () => {
    await open();
    const refusal = await open().catch((error) => error);
    expect(refusal).toMatchObject({
      exitCode: 75,
      message: expect.stringContaining('is in use by another concave server'),
    });
  });

  test('puts that wait for a disk that does not answer can be told that nobody knows', async () => {
    const store = await open();
    const release = files.hold('appendDurably');
    const put = store.put([op('a', 1, 0)]);
    await new Promise((resolve) => setImmediate(resolve));
    store.abandonPuts();
    expect(await put).toMatchObject({ code: 'OUTCOME_UNKNOWN', cause: 'timeout' });
    expect((await store.put([op('a', 1, 0)])).code).toBe('KEY_IN_FLIGHT');
    release();
    await store.drain();
    expect(store.get('a')).toEqual({ value: 1, version: 1 });
  });

  test('S27: a put is told so after putTimeoutMs, its key stays held, and it is applied when the disk answers', async () => {
    const store = await open({ putTimeoutMs: 100 });
    const release = files.hold('appendDurably');
    expect(await store.put([op('a', 1, 0)])).toMatchObject({ code: 'OUTCOME_UNKNOWN', cause: 'timeout' });
    expect(store.readiness()).toMatchObject({ ready: false, reason: expect.stringContaining('putTimeoutMs') });
    expect((await store.put([op('a', 1, 0)])).code).toBe('KEY_IN_FLIGHT');
    expect(store.get('a')).toBeUndefined();
    release();
    await store.drain();
    expect(store.get('a')).toEqual({ value: 1, version: 1 });
  });

  test('D17: who tries again after an unknown outcome learns from version and value whether the first try was applied', async () => {
    const store = await open({ putTimeoutMs: 100 });
    const release = files.hold('appendDurably');
    expect((await store.put([op('a', 'mine 1', 0)])).code).toBe('OUTCOME_UNKNOWN');
    release();
    await store.drain();
    await store.close();
    const again = await open();
    expect(await again.put([op('a', 'mine 1', 0)])).toMatchObject({
      code: 'STALE_VERSION',
      conflicts: [{ key: 'a', expected: 0, current: 1 }],
    });
    expect(again.get('a')).toEqual({ value: 'mine 1', version: 1 });
  });
});

/** Lets turns pass until the store is ready; the test's own time limit bounds it. */
async function untilReady(store: Store) {
  for (;;) {
    const readiness = store.readiness();
    if (readiness.ready) return readiness;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
