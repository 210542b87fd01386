/** The recovery table, fourth part: compacted blocks, whole or left half-way by a crash. */
import { expect, test } from 'vitest';
import { encodeEntries } from '../../src/wal/tx-codec.ts';
import { newStore, type State, type StoreFixture } from '../support/store-fixture.ts';
import { compact } from './support/compact.ts';
import { expectDamage } from './support/three-blocks.ts';

const log = (block: number) => `000000000000000${block}.log`;
const cmp = (first: number, last: number, generation: number) =>
  `000000000000000${first}-000000000000000${last}.0000000${generation}.cmp`;

/** Blocks 1 to 5, two transactions each, `gone` deleted in block 2; block 6 is the newest and empty. */
async function fiveBlocks(): Promise<{ store: StoreFixture; state: State }> {
  const store = await newStore();
  for (let block = 1; block <= 5; block += 1) {
    await store.append({ k: block, [`k${block}`]: 'value' });
    await store.append(block === 2 ? { gone: undefined } : { gone: block });
    await store.restart();
  }
  await store.crash();
  expect(store.list().filter((name) => name.endsWith('.log'))).toEqual([1, 2, 3, 4, 5, 6].map(log));
  return { store, state: store.state };
}

/** The same, with blocks 1 to 3 compacted and their log blocks gone. */
async function compactedStore(): Promise<{ store: StoreFixture; state: State }> {
  const made = await fiveBlocks();
  await compact(made.store, 1, 3, 1);
  for (const block of [1, 2, 3]) made.store.remove(log(block));
  return made;
}

test('a compacted block in the place of its inputs gives the same state, tombstones and versions included', async () => {
  const { store, state } = await compactedStore();
  const before = store.snapshot();
  await store.start();
  expect(store.state).toEqual(state);
  expect(store.notices).toEqual([]);
  expect(store.snapshot()).toEqual(before);
  expect(store.recovered.sealed.map(({ name, bytes }) => [name.first, name.last, bytes])).toEqual([
    [1, 3, store.read(cmp(1, 3, 1)).length],
    [4, 4, 16384],
    [5, 5, 16384],
  ]);
  expect(await store.append({ k: 6, gone: 'back' })).toBe(11);
  await store.reopen();
  expect(store.state).toMatchObject({ k: [6, 6], gone: [6, 'back'] });
});

test('the progress of a start counts the bytes of compacted blocks and the transactions that they replaced', async () => {
  const { store } = await compactedStore();
  await store.start();
  const bytes = [cmp(1, 3, 1), log(4), log(5), log(6)].reduce((sum, file) => sum + store.read(file).length, 0);
  expect(store.recovered.progress).toEqual({ blocksDone: 4, blocks: 4, bytesDone: bytes, bytes, transactions: 10 });
  expect(store.progress.length).toBeGreaterThan(1);
  for (const [index, { blocks, bytesDone, transactions }] of store.progress.entries()) {
    expect(blocks).toBe(4);
    expect(bytesDone).toBeGreaterThan(store.progress[index - 1]?.bytesDone ?? 0);
    expect(bytesDone).toBeLessThanOrEqual(bytes);
    expect(transactions).toBeLessThanOrEqual(10);
  }
});

const leftOverRow =
  'row "block (log or compacted) whose range lies inside a verified `.cmp` of a higher generation": left over: ';

test(`${leftOverRow}fsync the .cmp, fsync the directory, only then unlink, fsync again; info`, async () => {
  const { store, state } = await fiveBlocks();
  await compact(store, 2, 4, 1);
  await store.start();
  expect(store.state).toEqual(state);
  const directory = expect.stringMatching(/^syncDirectory /);
  expect(store.files.changes()).toEqual([
    directory,
    `openToAppend ${cmp(2, 4, 1)} open`,
    `sync ${cmp(2, 4, 1)}`,
    directory,
    `unlink ${log(2)}`,
    `unlink ${log(3)}`,
    `unlink ${log(4)}`,
    directory,
    `openToAppend ${log(6)} open`,
  ]);
  expect(store.notices).toEqual([
    {
      level: 'info',
      event: 'left_over',
      message: `${cmp(2, 4, 1)} replaces ${log(2)}, ${log(3)}, ${log(4)}: deleted, left over from a compaction`,
    },
  ]);
  await store.reopen();
  expect(store.notices).toEqual([]);
  expect(store.state).toEqual(state);
});

test(`${leftOverRow}some of the inputs are deleted already`, async () => {
  const { store, state } = await fiveBlocks();
  await compact(store, 1, 4, 1);
  for (const block of [1, 3]) store.remove(log(block));
  await store.start();
  expect(store.state).toEqual(state);
  expect(store.events).toEqual(['info left_over']);
  expect(store.list()).toEqual([cmp(1, 4, 1), log(5), log(6), 'IDENTITY']);
});

test(`${leftOverRow}compacted inputs as well as log blocks`, async () => {
  const { store, state } = await fiveBlocks();
  await compact(store, 1, 4, 2);
  await compact(store, 1, 2, 1);
  for (const block of [1, 2]) store.remove(log(block));
  await store.start();
  expect(store.state).toEqual(state);
  expect(store.list()).toEqual([cmp(1, 4, 2), log(5), log(6), 'IDENTITY']);
});

test(`${leftOverRow}S22: a process that dies at any step of that is recovered by the next one`, async () => {
  for (let calls = 0; calls <= 9; calls += 1) {
    const { store, state } = await fiveBlocks();
    await compact(store, 2, 4, 1);
    await store.start((files) => files.dieAfter(calls)).catch(() => {});
    expect(store.files.isDead).toBe(calls < 9);
    await store.start();
    expect(store.state, `after ${calls} calls`).toEqual(state);
    expect(store.list()).toEqual([log(1), cmp(2, 4, 1), log(5), log(6), 'IDENTITY'].toSorted());
    await store.crash();
  }
});

test.each(['sync', 'syncDirectory'] as const)(
  `${leftOverRow}S23: nothing is deleted where a %s before it fails`,
  async (kind) => {
    const { store } = await fiveBlocks();
    await compact(store, 2, 4, 1);
    const nth = kind === 'sync' ? 1 : 2;
    await expect(store.start((files) => files.fail({ kind, nth, errno: 'EIO' }))).rejects.toMatchObject({
      code: 'EIO',
    });
    expect(store.list()).toEqual(expect.arrayContaining([2, 3, 4].map(log)));
  },
);

test(`${leftOverRow}but not where it stands for another log than its successor does`, async () => {
  const { store } = await fiveBlocks();
  const file = await compact(store, 2, 4, 1, ({ lastInput }) => ({
    lastInput: { ...lastInput!, digest: new Uint8Array(32) },
  }));
  const what = `it stands for other log blocks than the predecessors of ${log(5)}`;
  await expectDamage(store, { file, offset: 0, seqs: { first: 3, last: 8 }, what });
});

test(`${leftOverRow}but not where the block behind it is missing`, async () => {
  const { store } = await fiveBlocks();
  await compact(store, 2, 4, 1);
  for (const block of [5, 6]) store.remove(log(block));
  const refusal = await store.refusal();
  expect(refusal.message).toContain(`${cmp(2, 4, 1)} is sealed, and its successor is not there`);
});

const quarantineRow =
  'row "`.cmp` fails its digest, but all its inputs are there and verify": quarantine by rename, use the inputs, warn: ';

test.each<[string, (store: StoreFixture, file: string) => void]>([
  ['a flipped bit in an entry', (store, file) => store.flipBit(file, 4096 + 60)],
  ['a flipped bit in the padding', (store, file) => store.flipBit(file, 8191)],
  ['a flipped bit in the header', (store, file) => store.flipBit(file, 100)],
  ['a flipped bit in the footer', (store, file) => store.flipBit(file, store.read(file).length - 4000)],
  ['its footer is missing', (store, file) => store.truncate(file, store.read(file).length - 4096)],
  ['half of its footer is missing', (store, file) => store.truncate(file, store.read(file).length - 2000)],
  ['nothing is left of it', (store, file) => store.truncate(file, 0)],
  ['bytes behind its footer', (store, file) => store.write(file, Buffer.concat([store.read(file), Buffer.alloc(8)]))],
])(`${quarantineRow}%s`, async (_, damage) => {
  const { store, state } = await fiveBlocks();
  const file = await compact(store, 2, 4, 1);
  damage(store, file);
  const bytes = store.read(file);
  await store.start();
  expect(store.state).toEqual(state);
  expect(store.events).toEqual(['warn quarantined']);
  expect(store.warnings[0]).toMatch(
    new RegExp(
      `^${file} is damaged and set aside \\(damage in .*\\); all of its inputs are whole and are used instead$`,
    ),
  );
  expect(store.list()).toEqual([1, 2, 3, 4, 5, 6].map(log).concat(`${file}.quarantined`, 'IDENTITY').toSorted());
  expect(store.read(`${file}.quarantined`)).toEqual(bytes);
  const renamed = store.files.changes().indexOf(`rename ${file} to ${file}.quarantined`);
  expect(store.files.changes()[renamed + 1]).toMatch(/^syncDirectory/);
});

test(`${quarantineRow}an input that is itself compacted`, async () => {
  const { store, state } = await fiveBlocks();
  const file = await compact(store, 1, 4, 2);
  await compact(store, 1, 2, 1);
  for (const block of [1, 2]) store.remove(log(block));
  store.flipBit(file, 4096 + 60);
  await store.start();
  expect(store.state).toEqual(state);
  expect(store.list()).toEqual(
    [cmp(1, 2, 1), `${file}.quarantined`, log(3), log(4), log(5), log(6), 'IDENTITY'].toSorted(),
  );
});

test(`${quarantineRow}but not where it, or an input, cannot be read: refuse`, async () => {
  const { store } = await fiveBlocks();
  const file = await compact(store, 2, 4, 1);
  const refusal = await store.refusal((files) => files.fail({ kind: 'read', file, errno: 'EIO' }));
  expect(refusal.message).toBe(`cannot read ${store.path(file)} at offset 0: EIO`);
  store.flipBit(file, 4096 + 60);
  const other = await store.refusal((files) => files.fail({ kind: 'read', file: log(3), errno: 'EIO' }));
  expect(other.message).toBe(`cannot read ${store.path(log(3))} at offset 0: EIO`);
});

test(`${quarantineRow}but not where an input is missing, damaged, or overlaps with another: refuse`, async () => {
  const changes: ((store: StoreFixture) => unknown)[] = [
    (store) => store.remove(log(2)),
    (store) => store.remove(log(4)),
    (store) => store.flipBit(log(3), 4096 + 60),
    (store) => store.overwrite(log(3), 12288, Buffer.alloc(4096)),
    (store) => compact(store, 2, 3, 1),
  ];
  for (const change of changes) {
    const { store } = await fiveBlocks();
    const file = await compact(store, 2, 4, 2);
    await change(store);
    store.flipBit(file, 4096 + 60);
    await expectDamage(store, {
      file,
      offset: 4096,
      seqs: { first: 3, last: 8 },
      what: 'the block ends without a footer',
    });
  }
});

test('a compacted block that is damaged and whose inputs are gone is refused, and named', async () => {
  const { store } = await compactedStore();
  const file = cmp(1, 3, 1);
  const whole = store.snapshot();
  const footerAt = store.read(file).length - 4096;
  const all = { first: 1, last: 6 };
  for (const [offset, report] of [
    [4096 + 60, { offset: 4096, what: 'a bad batch or footer' }],
    [footerAt, { offset: footerAt, what: 'a bad batch or footer' }],
    [8191, { offset: 0, what: 'its content fails the digest in its footer' }],
    [100, { offset: 0, what: 'its header fails its checksum' }],
  ] as const) {
    store.restore(whole);
    store.flipBit(file, offset);
    await expectDamage(store, { file, seqs: all, ...report });
  }
});

test('a compacted block without footer and without anything behind it is refused, and named', async () => {
  const { store } = await compactedStore();
  const file = cmp(1, 3, 1);
  for (const block of [4, 5, 6]) store.remove(log(block));
  const offset = store.read(file).length - 4096;
  store.truncate(file, offset);
  await expectDamage(store, { file, offset, seqs: { first: 1, last: 6 }, what: 'the block ends without a footer' });
});

test.each<[string, Parameters<typeof compact>[4] & {}, number, string]>([
  [
    'out of order',
    ({ batches }) => ({ batches: [{ payloads: batches[0]!.payloads.toReversed() }] }),
    4096,
    'entries out of order',
  ],
  ['with all keys twice', ({ batches }) => ({ batches: [...batches, ...batches] }), 8192, 'entries out of order'],
  ['with one key twice', () => ({ batches: [entry(5), entry(6)] }), 8192, 'entries out of order'],
  [
    'of a later transaction',
    () => ({ batches: [entry(7)] }),
    4096,
    'an entry of transaction 7, which is not of this block',
  ],
  [
    'that are none',
    () => ({ batches: [{ payloads: [Buffer.from([0xff])] }] }),
    4096,
    'a good checksum over a bad record',
  ],
])('S19: a compacted block with good checksums and entries %s is refused', async (_, change, offset, what) => {
  const { store } = await fiveBlocks();
  const file = await compact(store, 1, 3, 1, change);
  for (const block of [1, 2, 3]) store.remove(log(block));
  const { report } = await store.damage();
  expect(report).toMatchObject({ file: store.path(file), offset, seqs: { first: 1, last: 6 } });
  expect(report.what).toContain(what);
});

test('an entry of a transaction from before the block is refused', async () => {
  const { store } = await fiveBlocks();
  const file = await compact(store, 3, 4, 1, () => ({ batches: [entry(4)] }));
  for (const block of [3, 4]) store.remove(log(block));
  const what = 'an entry of transaction 4, which is not of this block';
  await expectDamage(store, { file, offset: 4096, seqs: { first: 5, last: 8 }, what });
});

test('a key of a compacted block that an earlier block has in the same version is refused', async () => {
  const { store } = await fiveBlocks();
  const payload = encodeEntries([{ seq: 5, key: 'k', version: 2, value: 0 }]);
  const file = await compact(store, 3, 4, 1, () => ({ batches: [{ payloads: [payload] }] }));
  for (const block of [3, 4]) store.remove(log(block));
  const what = 'version 2 of key "k" follows version 2';
  await expectDamage(store, { file, offset: 4096, seqs: { first: 5, last: 8 }, what });
});

test('a compacted block behind another predecessor than it was made from is refused', async () => {
  const { store } = await fiveBlocks();
  const file = await compact(store, 3, 4, 1, ({ previous }) => ({
    previous: { ...previous!, lastSeq: 3 },
    firstSeq: 4,
  }));
  for (const block of [3, 4]) store.remove(log(block));
  const { report } = await store.damage();
  expect(report).toMatchObject({ file: store.path(file), offset: 0, seqs: { first: 4, last: 4 } });
});

test('row "ranges overlap in part": refuse', async () => {
  const { store } = await fiveBlocks();
  await compact(store, 1, 3, 1);
  await compact(store, 3, 4, 2);
  const refusal = await store.refusal();
  expect(refusal.exitCode).toBe(65);
  expect(refusal.message).toBe(
    `in ${store.directory}, ${cmp(1, 3, 1)} and ${cmp(3, 4, 2)} stand for the same log blocks, and neither replaces the other`,
  );
});

function entry(seq: number) {
  return { payloads: [encodeEntries([{ seq, key: 'k', version: 1, value: 0 }])] };
}
