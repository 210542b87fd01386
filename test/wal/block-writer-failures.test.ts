import { expect, test, vi } from 'vitest';
import { NoRoom } from '../../src/wal/blank-block.ts';
import { type Fault, systemError } from '../support/faulty-files.ts';
import { newStore, type StoreFixture } from '../support/store-fixture.ts';

/** A store whose first block is full: the next batch needs another. */
async function fullStore(): Promise<StoreFixture> {
  const store = await newStore();
  await store.append({ a: 1 });
  await store.append({ a: 2 });
  return store;
}

const fullState = { a: [2, 2] };

/** Whatever happened to the puts of nobody, those that were acknowledged are there, and the seqs go on. */
async function expectAfterRestart(store: StoreFixture, state: unknown, nextSeq: number): Promise<void> {
  await store.reopen();
  expect(store.state).toEqual(state);
  expect(await store.append({ next: true })).toBe(nextSeq);
}

const noRoom: readonly (readonly [string, Fault])[] = [
  ['no descriptor for it', { kind: 'openToAppend', errno: 'EMFILE' }],
  ['no descriptor on the machine', { kind: 'openToAppend', errno: 'ENFILE' }],
  ['no inode for it', { kind: 'openToAppend', errno: 'ENOSPC' }],
  ['a full disk', { kind: 'write', errno: 'ENOSPC', afterBytes: 5000 }],
  ['a full quota', { kind: 'write', errno: 'EDQUOT' }],
  ['a limit of file size', { kind: 'write', errno: 'EFBIG', afterBytes: 100 }],
  ['a full disk that shows in the sync', { kind: 'sync', errno: 'ENOSPC' }],
  ['a full disk that shows in the header', { kind: 'appendDurably', file: 'blank-1.tmp', errno: 'ENOSPC' }],
  ['a full disk that shows in the rename', { kind: 'rename', errno: 'ENOSPC' }],
];

test('a name that is given and reported as not given is final: nothing more may go into the block before it', async () => {
  const store = await fullStore();
  const rename = store.files.rename.bind(store.files);
  vi.spyOn(store.files, 'rename').mockImplementationOnce(async (from, to) => {
    await rename(from, to);
    throw systemError('ENOSPC', { kind: 'rename', file: from });
  });
  await expect(store.append({ a: 3 })).rejects.toMatchObject({ code: 'ENOSPC' });
  await expect(store.append({ a: 3 })).rejects.toMatchObject({ code: 'ENOSPC' });
  await expectAfterRestart(store, fullState, 3);
});

test.each(noRoom)(
  'S9, S11: %s is no room: nothing was written, and the writer goes on when there is',
  async (_, fault) => {
    const store = await fullStore();
    const before = store.snapshot();
    store.files.fail(fault);
    const failed = store.append({ b: 1 }, { c: 1 });
    await expect(failed).rejects.toBeInstanceOf(NoRoom);
    await expect(failed).rejects.toThrow(/^no room for the next log block: /);
    expect(store.snapshot()).toEqual(before); // not a byte more, and the unfinished file is gone
    expect(store.writer.lastSeq).toBe(2);

    expect(await store.append({ d: 1 })).toBe(3);
    await expectAfterRestart(store, { ...fullState, d: [1, 1] }, 4);
  },
);

test('S9: a disk that stays full refuses every batch and takes the next one when there is room', async () => {
  const store = await fullStore();
  store.files.fail({ kind: 'write', errno: 'ENOSPC', times: 5 });
  for (let round = 0; round < 5; round += 1) await expect(store.append({ b: round })).rejects.toBeInstanceOf(NoRoom);
  expect(store.list()).toEqual(['0000000000000001.log', 'IDENTITY']);
  expect(await store.append({ b: 1 })).toBe(3);
  await expectAfterRestart(store, { ...fullState, b: [1, 1] }, 4);
});

test('a spare that failed for want of room is made anew when a block is needed', async () => {
  const store = await newStore();
  store.files.fail({ kind: 'write', errno: 'ENOSPC' });
  store.writer.prepareSpare();
  await store.append({ a: 1 });
  await store.append({ a: 2 });
  expect(await store.append({ a: 3 })).toBe(3);
  expect(store.files.changes()).toContain('rename blank-2.tmp to 0000000000000002.log');
});

test('making room tries until there is some, and is refused until then', async () => {
  const store = await fullStore();
  store.files.fail({ kind: 'write', errno: 'ENOSPC', times: 3 });
  await expect(store.append({ b: 1 })).rejects.toBeInstanceOf(NoRoom);
  await expect(store.writer.makeRoom()).rejects.toBeInstanceOf(NoRoom);
  await expect(store.writer.makeRoom()).rejects.toBeInstanceOf(NoRoom);
  await store.writer.makeRoom();
  await store.writer.makeRoom(); // there is room already
  const calls = store.files.calls.length;
  expect(await store.append({ b: 1 })).toBe(3);
  expect(store.files.changes(calls)[0]).toBe('appendDurably blank-4.tmp 0+4096');
});

test('a mark without room for the next block is refused, and nothing is lost', async () => {
  const store = await fullStore();
  store.files.fail({ kind: 'openToAppend', errno: 'EMFILE' });
  await expect(store.mark()).rejects.toBeInstanceOf(NoRoom);
  expect(await store.append({ b: 1 })).toBe(3);
});

test('S30: a clean stop with a full disk leaves the block unsealed and lets go of everything', async () => {
  const store = await newStore();
  await store.append({ a: 1 });
  store.files.fail({ kind: 'write', errno: 'ENOSPC' });
  await store.close();
  expect(store.files.openFiles).toEqual([]);
  expect(store.list()).toEqual(['0000000000000001.log', 'IDENTITY']);
  await expectAfterRestart(store, { a: [1, 1] }, 2);
});

test('a clean stop that fails in its seal says so, and the next start finishes it', async () => {
  const store = await newStore();
  await store.append({ a: 1 });
  store.files.fail({ kind: 'appendDurably', file: '0000000000000001.log', errno: 'EIO', afterBytes: 100 });
  await expect(store.close()).rejects.toMatchObject({ code: 'EIO' });
  await expectAfterRestart(store, { a: [1, 1] }, 2);
  expect(store.events).toContain('warn seal_finished');
});

const final: readonly (readonly [string, Fault])[] = [
  ['writing the zeros of the next block', { kind: 'write', errno: 'EIO' }],
  ['syncing the next block', { kind: 'sync', errno: 'EIO' }],
  ['writing the next header', { kind: 'appendDurably', file: 'blank-1.tmp', errno: 'EIO' }],
  ['naming the next block', { kind: 'rename', errno: 'EIO' }],
  ['syncing the directory', { kind: 'syncDirectory', errno: 'EIO' }],
  ['syncing the directory, for want of room', { kind: 'syncDirectory', errno: 'ENOSPC' }],
  ['writing the footer', { kind: 'appendDurably', file: '0000000000000001.log', errno: 'EIO' }],
  ['writing half of the footer', { kind: 'appendDurably', file: '0000000000000001.log', errno: 'EIO', afterBytes: 60 }],
  ['writing the batch', { kind: 'appendDurably', file: '0000000000000002.log', errno: 'EIO' }],
  ['writing half of the batch', { kind: 'appendDurably', file: '0000000000000002.log', errno: 'EIO', afterBytes: 50 }],
  [
    'S10: writing the batch, for want of room',
    { kind: 'appendDurably', file: '0000000000000002.log', errno: 'ENOSPC' },
  ],
];

test.each(final)('S7, S10: a failure in %s is final: no later call touches the log', async (_, fault) => {
  const store = await fullStore();
  store.files.fail(fault);
  const error = await store.append({ b: 1 }).then(
    () => undefined,
    (error: Error) => error,
  );
  expect(error).toMatchObject({ code: fault.errno });
  expect(error).not.toBeInstanceOf(NoRoom);
  const calls = store.files.calls.length;
  await expect(store.append({ c: 1 })).rejects.toBe(error);
  await expect(store.mark()).rejects.toBe(error);
  await expect(store.writer.makeRoom()).rejects.toBe(error);
  await store.close();
  expect(store.files.changes(calls).filter((change) => !change.includes('blank-'))).toEqual([]);
});

test.each(final)('after a failure in %s a new start finds every acknowledged put', async (_, fault) => {
  const store = await fullStore();
  store.files.fail(fault);
  await expect(store.append({ b: 1 })).rejects.toThrow();
  await expectAfterRestart(store, fullState, 3);
});

test('S7: a failed append is final also where all of it reached the disk, and the next start finds the batch', async () => {
  const store = await newStore();
  await store.append({ a: 1 });
  store.files.fail({ kind: 'appendDurably', errno: 'EIO', afterBytes: 4096 });
  await expect(store.append({ b: 1 })).rejects.toMatchObject({ code: 'EIO' });
  await expect(store.append({ c: 1 })).rejects.toMatchObject({ code: 'EIO' });
  await expectAfterRestart(store, { a: [1, 1], b: [1, 1] }, 3);
});

test('S7: a failed mark is final too', async () => {
  const store = await newStore();
  await store.append({ a: 1 });
  store.files.fail({ kind: 'appendDurably', errno: 'EIO' });
  await expect(store.mark()).rejects.toMatchObject({ code: 'EIO' });
  await expect(store.append({ b: 1 })).rejects.toMatchObject({ code: 'EIO' });
});

test('a spare that failed for good is told when it is needed, and is final', async () => {
  const store = await newStore();
  store.files.fail({ kind: 'sync', errno: 'EIO' });
  store.writer.prepareSpare();
  await store.append({ a: 1 });
  await store.append({ a: 2 });
  await expect(store.append({ a: 3 })).rejects.toMatchObject({ code: 'EIO' });
  await expect(store.append({ a: 3 })).rejects.toMatchObject({ code: 'EIO' });
  await expectAfterRestart(store, fullState, 3);
});

test('S22: a process that dies at any step of a rotation loses nothing that was acknowledged', async () => {
  for (let calls = 0; ; calls += 1) {
    const store = await fullStore();
    store.files.dieAfter(calls);
    const acknowledged = await store.append({ b: 1 }).then(
      () => true,
      () => false,
    );
    await store.reopen();
    if (acknowledged) {
      expect(calls, 'calls of a rotation and an append').toBe(9);
      return;
    }
    expect(store.state, `after ${calls} calls`).toEqual(fullState);
    expect(await store.append({ next: true })).toBe(3);
    await store.restart();
    expect(store.state).toEqual({ ...fullState, next: [1, true] });
  }
});
