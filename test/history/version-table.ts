/**
 * Which operation made or saw which version of which key, in numbers: the ground on which the black-box check stands.
 *
 * Every version that a key may have had is a *slot*; that of the next version is the slot + 1. A key has as many versions as
 * puts may have written it, so one beyond that is impossible and has slot 0. A *reference* is one key of one operation.
 */
import type { Operation, PutOperation } from './history.ts';

export const role = {
  /** Refused: says only that it was not applied. */
  none: 0,
  committed: 1,
  /** A put of which nobody knows whether it was applied. */
  unknown: 2,
  /** A get, or a put that was refused as stale: it tells the versions that it saw. */
  read: 3,
} as const;

export class VersionTable {
  readonly operations: readonly Operation[];
  /** For each operation, its role. */
  readonly roles: Uint8Array;
  /** References of operation `i` are `firstReference[i]` to `firstReference[i + 1] - 1`, in the order of its keys. */
  readonly firstReference: Int32Array;
  /** For each reference, its operation and the slot that it made or saw. */
  readonly operationOf: Int32Array;
  readonly slotOf: Int32Array;
  readonly slotCount: number;
  /** For each slot, its key; for each key, the slot of version 0. */
  readonly keyOf: Int32Array;
  readonly zeroSlotOf: Int32Array;
  /** Readers of slot `s` are the operations `readers[firstReader[s]]` to `readers[firstReader[s + 1] - 1]`. */
  readonly firstReader: Int32Array;
  readonly readers: Int32Array;
  readonly #keys: readonly string[];

  constructor(operations: readonly Operation[]) {
    const count = operations.length;
    this.operations = operations;
    this.roles = Uint8Array.from(operations, roleOf);
    this.firstReference = new Int32Array(count + 1);
    for (let index = 0; index < count; index += 1)
      this.firstReference[index + 1] = this.firstReference[index]! + keyCount(operations[index]!);
    const references = this.firstReference[count]!;
    this.operationOf = new Int32Array(references);
    this.slotOf = new Int32Array(references);

    const { keys, keyOfReference, mayHaveWritten } = this.#internKeys(references);
    this.#keys = keys;
    // Slot 0 is that of impossible versions. Behind its last version each key has one slot more that nobody makes.
    this.zeroSlotOf = new Int32Array(keys.length);
    let slots = 1;
    for (let key = 0; key < keys.length; key += 1) {
      this.zeroSlotOf[key] = slots;
      slots += mayHaveWritten[key]! + 2;
    }
    this.slotCount = slots;
    this.keyOf = new Int32Array(slots);
    for (let key = 0; key < keys.length; key += 1)
      this.keyOf.fill(key, this.zeroSlotOf[key]!, this.zeroSlotOf[key]! + mayHaveWritten[key]! + 2);
    for (let reference = 0; reference < references; reference += 1) {
      const key = keyOfReference[reference]!;
      const version = this.#versionIn(reference);
      if (version >= 0 && version <= mayHaveWritten[key]!) this.slotOf[reference] = this.zeroSlotOf[key]! + version;
    }
    this.firstReader = new Int32Array(slots + 1);
    this.readers = this.#listReaders();
  }

  keyName(slot: number): string {
    return this.#keys[this.keyOf[slot]!]!;
  }

  version(slot: number): number {
    return slot - this.zeroSlotOf[this.keyOf[slot]!]!;
  }

  /** The text that the put of this reference wrote. */
  valueWritten(reference: number): string {
    const index = this.operationOf[reference]!;
    return (this.operations[index] as PutOperation).writes[reference - this.firstReference[index]!]!.value;
  }

  #internKeys(references: number) {
    const ids = new Map<string, number>();
    const keyOfReference = new Int32Array(references);
    const mayHaveWritten: number[] = [];
    const lastNamedBy: number[] = [];
    let reference = 0;
    const add = (index: number, key: string) => {
      let id = ids.get(key);
      if (id === undefined) {
        id = ids.size;
        ids.set(key, id);
        mayHaveWritten.push(0);
      }
      if (lastNamedBy[id] === index) throw new Error(`operation ${index} names ${JSON.stringify(key)} twice`);
      lastNamedBy[id] = index;
      const itsRole = this.roles[index]!;
      if (itsRole === role.committed || itsRole === role.unknown) mayHaveWritten[id]! += 1;
      keyOfReference[reference] = id;
      this.operationOf[reference] = index;
      reference += 1;
    };
    for (let index = 0; index < this.operations.length; index += 1) {
      const operation = this.operations[index]!;
      if (operation.kind === 'get') add(index, operation.key);
      else for (const { key } of operation.writes) add(index, key);
    }
    return { keys: [...ids.keys()], keyOfReference, mayHaveWritten };
  }

  /** The version that a put made of the key, or that a read saw. */
  #versionIn(reference: number): number {
    const index = this.operationOf[reference]!;
    const operation = this.operations[index]!;
    if (operation.kind === 'get') return operation.found?.version ?? 0;
    const { key, expected } = operation.writes[reference - this.firstReference[index]!]!;
    if (operation.outcome.kind !== 'stale') return expected + 1;
    // A key that was not stale is not in the answer, and was as expected.
    return operation.outcome.current.find((seen) => seen.key === key)?.version ?? expected;
  }

  #listReaders(): Int32Array {
    const { slotOf, operationOf, roles, firstReader } = this;
    const isRead = (reference: number) => roles[operationOf[reference]!] === role.read && slotOf[reference] !== 0;
    for (let reference = 0; reference < slotOf.length; reference += 1)
      if (isRead(reference)) firstReader[slotOf[reference]! + 1]! += 1;
    for (let slot = 0; slot < this.slotCount; slot += 1) firstReader[slot + 1]! += firstReader[slot]!;
    const readers = new Int32Array(firstReader[this.slotCount]!);
    const next = firstReader.slice();
    for (let reference = 0; reference < slotOf.length; reference += 1) {
      if (!isRead(reference)) continue;
      const slot = slotOf[reference]!;
      readers[next[slot]!] = operationOf[reference]!;
      next[slot]! += 1;
    }
    return readers;
  }
}

function roleOf(operation: Operation): number {
  if (operation.kind === 'get') return role.read;
  if (operation.outcome.kind === 'stale') return role.read;
  return role[operation.outcome.kind === 'refused' ? 'none' : operation.outcome.kind];
}

function keyCount(operation: Operation): number {
  return operation.kind === 'get' ? 1 : operation.writes.length;
}
