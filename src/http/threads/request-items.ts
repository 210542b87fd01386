/**
 * What an HTTP thread asks of the store, as items:
 *     request   := READ slot key | READ_MANY slot textBytesMax count key[count] | READINESS slot | put
 *     put       := count slot operation[count]                      count is at least 1, which tells a put from the others
 *     operation := key value version
 * The slot comes back with the answer; the asking thread knows by it what was asked.
 */
import type { PutOperation } from '../../outcome.ts';
import type { Item, ItemReader } from './items.ts';
import { readValue, writeValue } from './value-items.ts';

export const READ = 0;
export const READINESS = -1;
export const READ_MANY = -2;

export function writeRead(items: Item[], slot: number, key: string): void {
  items.push(READ, slot, key);
}

export function writeReadMany(items: Item[], slot: number, keys: readonly string[], textBytesMax: number): void {
  items.push(READ_MANY, slot, textBytesMax, keys.length);
  for (const key of keys) items.push(key);
}

/** What follows the slot of such a request. */
export function readReadMany(reader: ItemReader): { readonly keys: readonly string[]; readonly textBytesMax: number } {
  const textBytesMax = reader.number();
  const count = reader.number();
  const keys: string[] = [];
  while (keys.length < count) keys.push(reader.string());
  return { keys, textBytesMax };
}

export function writeReadinessQuestion(items: Item[], slot: number): void {
  items.push(READINESS, slot);
}

export function writePut(items: Item[], slot: number, operations: readonly PutOperation[]): void {
  items.push(operations.length, slot);
  for (const { key, value, version } of operations) {
    items.push(key);
    writeValue(items, value);
    items.push(version);
  }
}

/** What follows the slot of a put. */
export function readOperations(reader: ItemReader, count: number): readonly PutOperation[] {
  const operations: PutOperation[] = [];
  while (operations.length < count)
    operations.push({ key: reader.string(), value: readValue(reader), version: reader.number() });
  return operations;
}
