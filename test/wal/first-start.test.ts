import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { NoRoom } from '../../src/wal/blank-block.ts';
import type { Fault } from '../support/faulty-files.ts';
import { newStore, StoreFixture, temporaryDirectory } from '../support/store-fixture.ts';
import { threeBlocks } from './support/three-blocks.ts';

const firstBlock = '0000000000000001.log';

test('a first start makes block 1 and then IDENTITY, each complete before it gets its name', async () => {
  const store = await newStore();
  const own = `syncDirectory ${basename(store.directory)}`;
  expect(store.files.changes().filter((change) => !change.startsWith('syncDirectory') || change === own)).toEqual([
    `openToAppend ${firstBlock}.tmp create`,
    `write ${firstBlock}.tmp 0+16384`,
    `sync ${firstBlock}.tmp`,
    `appendDurably ${firstBlock}.tmp 0+4096`,
    `rename ${firstBlock}.tmp to ${firstBlock}`,
    own,
    'create IDENTITY.tmp',
    'write IDENTITY.tmp 0+32',
    'sync IDENTITY.tmp',
    'rename IDENTITY.tmp to IDENTITY',
    own,
    own, // of the recovery, which goes on as it always does
    `openToAppend ${firstBlock} open`,
  ]);
  expect(store.opened.isNew).toBe(true);
  expect(store.notices).toEqual([]);
  expect(store.state).toEqual({});
  expect(await store.append({ k: 1 })).toBe(1);
});

test('a second start finds the store of the first', async () => {
  const store = await newStore();
  const { uuid } = store.opened;
  await store.append({ k: 1 });
  await store.restart();
  expect(store.opened).toMatchObject({ isNew: false, uuid });
  expect(store.state).toEqual({ k: [1, 1] });
});

test('S6: the directories above are synced first: an earlier start may have made them and died', async () => {
  const outer = temporaryDirectory();
  const directory = join(outer, 'a', 'b');
  mkdirSync(directory, { recursive: true });
  const store = await newStore({ directory });
  expect(store.files.changes().slice(0, 2)).toEqual(['syncDirectory a', `syncDirectory ${basename(outer)}`]);
  await store.restart();
  expect(store.files.changes()).not.toContain('syncDirectory a');
});

test.each(['EACCES', 'EPERM', 'EROFS'])('a directory above that is not ours (%s) is passed over', async (errno) => {
  const store = new StoreFixture();
  await store.start((files) => files.fail({ kind: 'syncDirectory', errno }));
  expect(store.opened.isNew).toBe(true);
});

test.each(['EIO', 'ENOSPC', 'EMFILE'])(
  'S6: one above that cannot be synced now (%s) stops the start',
  async (errno) => {
    const store = new StoreFixture();
    const failed = store.start((files) => files.fail({ kind: 'syncDirectory', errno }));
    await expect(failed).rejects.toMatchObject({ code: errno });
    expect(store.list()).toEqual([]);
  },
);

test('S35: a first start that dies at any step is begun anew, until its IDENTITY has its name', async () => {
  for (let calls = 0; ; calls += 1) {
    const store = new StoreFixture();
    const started = await store
      .start((files) => files.dieAfter(calls))
      .then(
        () => true,
        () => false,
      );
    const hadIdentity = store.list().includes('IDENTITY');
    await store.start();
    expect(store.opened.isNew, `after ${calls} calls`).toBe(!hadIdentity);
    expect(store.list(), `after ${calls} calls`).toEqual([firstBlock, 'IDENTITY']);
    expect(await store.append({ k: 1 })).toBe(1);
    await store.restart();
    expect(store.state).toEqual({ k: [1, 1] });
    if (started) {
      expect(calls).toBeGreaterThan(12);
      return;
    }
  }
});

test.each<[string, (store: StoreFixture, made: ReadonlyMap<string, Buffer>) => void]>([
  ['an empty directory', () => {}],
  ['the lock alone', (store) => store.write('LOCK', '')],
  ['block 1 unfinished', (store) => store.write(`${firstBlock}.tmp`, Buffer.alloc(5000))],
  ['block 1 alone, still empty', (store, made) => store.write(1, made.get(firstBlock)!)],
  [
    'block 1 and an unfinished IDENTITY',
    (store, made) => {
      store.write(1, made.get(firstBlock)!);
      store.write('IDENTITY.tmp', 'CNCV');
    },
  ],
])('S35: what a first start left behind is no store: %s', async (_, leave) => {
  const made = (await newStore()).snapshot();
  const store = new StoreFixture();
  leave(store, made);
  const temporaries = store.list().filter((name) => name.endsWith('.tmp'));
  await store.start();
  expect(store.opened.isNew).toBe(true);
  expect(store.list().filter((name) => name !== 'LOCK')).toEqual([firstBlock, 'IDENTITY']);
  expect(store.notices.map(({ message }) => message)).toEqual(
    temporaries.map((name) => `deleted ${name}, unfinished when the last run ended`),
  );
  expect(await store.append({ k: 1 })).toBe(1);
});

const steps: readonly (readonly [string, Fault])[] = [
  ['making block 1', { kind: 'openToAppend', errno: 'ENOSPC' }],
  ['filling block 1', { kind: 'write', errno: 'ENOSPC', afterBytes: 100 }],
  ['writing its header', { kind: 'appendDurably', errno: 'EIO', afterBytes: 100 }],
  ['naming it', { kind: 'rename', errno: 'EIO' }],
  ['making IDENTITY', { kind: 'create', errno: 'EMFILE' }],
  ['writing it', { kind: 'write', file: 'IDENTITY.tmp', errno: 'ENOSPC', afterBytes: 10 }],
  ['syncing it', { kind: 'sync', file: 'IDENTITY.tmp', errno: 'EIO' }],
  ['giving it its name', { kind: 'rename', file: 'IDENTITY.tmp', errno: 'EIO' }],
];

test.each(steps)(
  'a first start that fails in %s does not serve, and the next one makes the store',
  async (_, fault) => {
    const store = new StoreFixture();
    const error = await store.start((files) => files.fail(fault)).catch((error) => error);
    expect(error instanceof NoRoom ? (error.cause as { code: string }).code : error.code).toBe(fault.errno);
    await store.start();
    expect(store.opened.isNew).toBe(true);
    expect(store.list()).toEqual([firstBlock, 'IDENTITY']);
  },
);

/** A directory without IDENTITY whose start must be refused, with everything left as it was. */
async function expectNoStore(store: StoreFixture, found: string): Promise<void> {
  const before = store.snapshot();
  const refusal = await store.refusal();
  expect(refusal.exitCode).toBe(65);
  expect(refusal.message).toBe(
    `${store.directory} holds ${found} and no IDENTITY file: neither a store nor an empty directory; restore IDENTITY from a copy, or choose another directory`,
  );
  expect(store.snapshot()).toEqual(before);
}

test('S35: a store that lost its IDENTITY is refused, and nothing of it is touched', async () => {
  const store = await threeBlocks();
  store.remove('IDENTITY');
  await expectNoStore(store, firstBlock);
  store.remove(1);
  await expectNoStore(store, '0000000000000002.log');
});

test('S35: one whose only block holds a single put is refused too', async () => {
  const store = await newStore();
  await store.append({ k: 1 });
  await store.crash();
  store.remove('IDENTITY');
  await expectNoStore(store, firstBlock);
});

test('files of somebody else are no place for a store, and none is deleted', async () => {
  for (const name of ['notes.txt', 'notes.tmp', 'blank-x.tmp', '.hidden']) {
    const store = new StoreFixture();
    store.write(name, 'mine');
    store.write('blank-1.tmp', 'ours perhaps');
    await expectNoStore(store, JSON.stringify(name));
  }
});

test('the root of a freshly made volume is a place for a store', async () => {
  const store = new StoreFixture();
  mkdirSync(store.path('lost+found'));
  await store.start();
  expect(store.opened.isNew).toBe(true);
  expect(store.warnings).toEqual([]);
  expect(existsSync(store.path('lost+found'))).toBe(true);
});

test('a file of somebody else under the name of block 1 is not deleted', async () => {
  const made = await newStore();
  const block = made.read(1);
  for (const content of ['', 'somebody else', Buffer.alloc(16384), block.subarray(0, 4095), 'x'.repeat(5000)]) {
    const store = new StoreFixture();
    store.write(1, content);
    await expectNoStore(store, firstBlock);
  }
});

test('a block 1 that cannot be read is not taken for an empty one', async () => {
  const made = await newStore();
  const store = new StoreFixture();
  store.write(1, made.read(1));
  const refusal = await store.refusal((files) => files.fail({ kind: 'read', nth: 2, errno: 'EIO' }));
  expect(refusal.message).toBe(`cannot read ${store.path(1)} at offset 4096: EIO`);
});
