import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockFileName, logBlockName } from '../../src/wal/block-name.ts';
import { floatValue, INT64_MAX, INT64_MIN, integerValue, type Value, WholeFloat } from '../../src/wal/value.ts';
import { newStore, type Put, type StoreFixture } from '../support/store-fixture.ts';
import { compact } from '../wal/support/compact.ts';
import { threeBlocks } from '../wal/support/three-blocks.ts';
import { BadLog } from './log-blocks.ts';
import { DELETED } from './log-records.ts';
import { readFiles, readLog, readLogDirectory } from './read-log.ts';
import { valueText } from './value-text.ts';

/** The state as the fixture, hence `src/wal`, has it. */
function stateOf(store: StoreFixture): Map<string, { value: string; version: number }> {
  return new Map(
    Object.entries(store.state).map(([key, [version, value]]) => [key, { version, value: textOf(value) }]),
  );
}

function textOf(value: Value | undefined): string {
  return value === undefined ? DELETED : valueText(value);
}

const number = fc.oneof(
  fc.bigInt(INT64_MIN, INT64_MAX).map(integerValue),
  fc.maxSafeInteger().map((integer) => integer + 0),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(floatValue),
);
const text = fc.string({ unit: 'binary' });
const value: fc.Arbitrary<Value> = fc.oneof(text, fc.boolean(), number, fc.array(number));
const key = fc.oneof(
  fc.constantFrom('a', 'b', '__proto__', '\ufeffkey', '\0'),
  fc.string({ minLength: 1, unit: 'binary' }),
);
const put = fc
  .uniqueArray(fc.tuple(key, fc.option(value, { nil: undefined, freq: 9 })), {
    minLength: 1,
    maxLength: 4,
    selector: ([name]) => name,
  })
  .map((pairs): Put => Object.fromEntries(pairs));
const step = fc.oneof(
  { weight: 9, arbitrary: fc.array(put, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
);

describe('the offline reader', () => {
  it('reads every value as it was written, from any split into batches, blocks and runs', async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const store = await newStore();
      for (const puts of steps)
        if (puts === 'restart') await store.restart();
        else await store.append(...puts);
      const log = readLogDirectory(store.directory);
      expect(log.state).toEqual(stateOf(store));
      const puts = steps.flatMap((taken) => (taken === 'restart' ? [] : taken));
      expect(log.transactions.map(({ writes }) => writes.map(({ key, value }) => [key, value]))).toEqual(
        puts.map((one) => Object.entries(one).map(([name, content]) => [name, textOf(content)])),
      );
      expect(log.transactions.map(({ seq }) => seq)).toEqual(puts.map((_, index) => index + 1));
      expect(log.compactedSeq).toBe(0);
      await store.crash();
    });
    await fc.assert(property, { seed: 4096, numRuns: 60 });
  });

  it('reads compacted blocks, inputs that are left over, and the blocks after them', async () => {
    const store = await threeBlocks();
    const name = await compact(store, 1, 2, 1);
    const both = readLogDirectory(store.directory);
    for (const input of [1, 2]) store.remove(input);
    const alone = readLogDirectory(store.directory);
    expect(both).toEqual(alone);
    expect(alone.state).toEqual(stateOf(store));
    expect([alone.compactedSeq, alone.lastSeq, alone.transactions.map(({ seq }) => seq)]).toEqual([4, 5, [5]]);
    store.flipBit(name, 5000);
    expect(() => readLogDirectory(store.directory)).toThrow(BadLog);
  });

  it('uses the inputs of a compacted block that is damaged', async () => {
    const store = await threeBlocks();
    const name = await compact(store, 1, 2, 1);
    store.flipBit(name, 5000);
    const log = readLogDirectory(store.directory);
    expect([log.compactedSeq, log.transactions.length]).toEqual([0, 5]);
    store.remove(2);
    expect(() => readLogDirectory(store.directory)).toThrow(`${name} at offset 8192: a footer of other content`);
  });

  it('stops at the first batch of the newest block that is not valid', async () => {
    const store = await newStore({ maxBlockSize: 64 * 1024 });
    for (let count = 1; count <= 3; count += 1) await store.append({ k: count });
    await store.crash();
    store.flipBit(1, 4096 * 2 + 40);
    expect(readLogDirectory(store.directory).transactions.map(({ seq }) => seq)).toEqual([1]);
  });

  it('takes an older block without a footer if its successor knows its content', async () => {
    const store = await threeBlocks();
    store.overwrite(2, 12288, Buffer.alloc(4096));
    expect(readLogDirectory(store.directory).lastSeq).toBe(5);
    store.overwrite(2, 8192, Buffer.alloc(4096));
    expect(() => readLogDirectory(store.directory)).toThrow(
      new BadLog(blockFileName(logBlockName(2)), 8192, 'neither a batch nor a footer').message,
    );
  });

  it('ignores unfinished files, and finds an unfinished first start empty', async () => {
    const store = await newStore();
    await store.append({ k: 1 });
    await store.crash();
    const files = new Map(readFiles(store.directory));
    files.set('0000000000000002.log.tmp', Buffer.from('half'));
    expect(readLog(files).lastSeq).toBe(1);
    files.delete('IDENTITY');
    expect(readLog(files).lastSeq).toBe(0);
    expect(readLog(new Map())).toEqual({ state: new Map(), transactions: [], compactedSeq: 0, lastSeq: 0 });
  });

  it('refuses every single missing or foreign file', async () => {
    const store = await threeBlocks();
    const files = readFiles(store.directory);
    const other = readFiles((await threeBlocks()).directory);
    const [first, second, third] = [1, 2, 3].map((number) => blockFileName(logBlockName(number)));
    const without = (name: string) => new Map([...files].filter(([one]) => one !== name));
    expect(() => readLog(without(first!))).toThrow('log block 1 is missing');
    expect(() => readLog(without(second!))).toThrow('log block 2 is missing');
    expect(() => readLog(without(third!))).toThrow('a sealed block without successor');
    expect(() => readLog(without('IDENTITY'))).toThrow('IDENTITY at offset 0: missing, and there are blocks');
    for (const name of [first!, second!, third!])
      expect(() => readLog(new Map(files).set(name, other.get(name)!))).toThrow('a block of another store');
  });

  it('refuses every flipped bit of IDENTITY', async () => {
    const files = readFiles((await threeBlocks()).directory);
    for (let bit = 0; bit < 32 * 8; bit += 1) {
      const identity = Buffer.from(files.get('IDENTITY')!);
      identity[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => readLog(new Map(files).set('IDENTITY', identity))).toThrow(BadLog);
    }
  });

  it('takes no batch of the newest block with a flipped bit in its head or its frames', async () => {
    const store = await newStore({ maxBlockSize: 64 * 1024 });
    for (let count = 1; count <= 2; count += 1) await store.append({ k: count });
    await store.crash();
    const files = readFiles(store.directory);
    const name = blockFileName(logBlockName(1));
    const usedBytes = 32 + files.get(name)!.readUInt32LE(8192 + 8);
    for (let bit = 0; bit < usedBytes * 8; bit += 1) {
      const bytes = Buffer.from(files.get(name)!);
      bytes[8192 + (bit >> 3)]! ^= 1 << (bit & 7);
      expect(readLog(new Map(files).set(name, bytes)).lastSeq).toBe(1);
    }
  });

  it('refuses every flipped bit of a sealed block that is not behind its footer', async () => {
    const store = await threeBlocks();
    const files = readFiles(store.directory);
    const name = blockFileName(logBlockName(2));
    for (let offset = 0; offset < 16384; offset += 1) {
      const bytes = Buffer.from(files.get(name)!);
      bytes[offset]! ^= 1 << (offset % 8);
      const flipped = new Map(files).set(name, bytes);
      // A footer that is no longer one is missing, and the successor knows the content all the same.
      if (offset >= 12288) expect(readLog(flipped).lastSeq).toBe(5);
      else expect(() => readLog(flipped)).toThrow(BadLog);
    }
  });
});

describe('the text of a value', () => {
  it('is the same exactly for values that are the same', () => {
    const texts = [
      2,
      new WholeFloat(2),
      '2',
      2.5,
      new WholeFloat(-0),
      0,
      true,
      'true',
      [2],
      [new WholeFloat(2)],
      '[i:2]',
      [],
    ];
    expect(texts.map(valueText)).toEqual([
      'i:2',
      'f:2.0',
      's:2',
      'f:2.5',
      'f:-0.0',
      'i:0',
      'b:true',
      's:true',
      '[i:2]',
      '[f:2.0]',
      's:[i:2]',
      '[]',
    ]);
    expect(valueText(INT64_MAX)).toBe('i:9223372036854775807');
    expect(valueText(new WholeFloat(1e300))).toBe('f:1e+300');
    expect(valueText(new WholeFloat(9007199254740992))).toBe('f:9007199254740992.0');
  });
});
