/**
 * The store that most recovery tests begin with:
 *
 *     block 1: transaction 1 at 4096, transaction 2 at 8192, footer at 12288
 *     block 2: transaction 3 at 4096, transaction 4 at 8192, footer at 12288
 *     block 3: transaction 5 at 4096, nothing behind it
 */
import { expect } from 'vitest';
import { logBlockName } from '../../../src/wal/block-name.ts';
import type { DamageReport } from '../../../src/wal/refusal.ts';
import { newStore, type StoreFixture } from '../../support/store-fixture.ts';
import { type LaidOut, layOut, type RawBlock } from './raw-block.ts';

/** Every put writes `k`, and a key of its own. */
export async function threeBlocks(): Promise<StoreFixture> {
  const store = await newStore();
  for (let seq = 1; seq <= 5; seq += 1) await store.append({ k: seq, [`k${seq}`]: `value ${seq}` });
  await store.crash();
  expect(store.list()).toEqual(expect.arrayContaining([1, 2, 3].map((block) => `000000000000000${block}.log`)));
  return store;
}

/** What is in the store after these many puts of `threeBlocks`. */
export function stateAfter(puts: number): Record<string, unknown> {
  const own = Array.from({ length: puts }, (_, index) => [`k${index + 1}`, [1, `value ${index + 1}`]]);
  return Object.fromEntries([['k', [puts, puts]], ...own]);
}

/** Starts the store, which must be refused for exactly this damage. */
export async function expectDamage(
  store: StoreFixture,
  report: Omit<DamageReport, 'file'> & { readonly file: string | number },
): Promise<void> {
  const damage = await store.damage();
  const file = store.path(report.file);
  expect(damage.report).toEqual({ ...report, file });
  expect(damage.exitCode).toBe(65);
  // One line for the person who is woken up by it: which file, where, what, and what to do.
  expect(damage.message).toMatch(/^damage in .*; restore this file from a copy$/);
  expect(damage.message).not.toContain('\n');
  expect(damage.message).toContain(`damage in ${file} at offset ${report.offset}, `);
  expect(damage.message).toContain(report.what);
}

/** A store of these blocks, laid out by hand; each follows the one before it unless it says otherwise. */
export async function storeOf(
  ...blocks: readonly ((uuid: Uint8Array, before: LaidOut | undefined) => Partial<RawBlock>)[]
): Promise<StoreFixture> {
  const store = await newStore();
  await store.crash();
  const { uuid } = store.opened;
  let before: LaidOut | undefined;
  for (const [index, block] of blocks.entries()) {
    const follows = before ? { previous: before.link, firstSeq: before.link.lastSeq + 1 } : {};
    const name = logBlockName(index + 1);
    before = layOut({ uuid, name, batches: [], ...follows, ...block(uuid, before) });
    store.write(index + 1, before.bytes);
  }
  return store;
}
