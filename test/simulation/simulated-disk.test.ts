import { describe, expect, it } from 'vitest';
import { Random } from '../support/random.ts';
import { noFaults } from './fault-plan.ts';
import { cutPower, type Unsynced, unsyncedOf } from './power-loss.ts';
import { inOrder, runUntil, Scheduler } from './scheduler.ts';
import { loseUnsyncedNames, SimulatedDisk } from './simulated-disk.ts';
import { type SimulatedFile, UNIT_BYTES } from './simulated-file.ts';
import { SimulatedProcess } from './simulated-process.ts';

const page = (byte: number) => Buffer.alloc(UNIT_BYTES, byte);
const random = () => new Random(1);
const nothing = () => false;
const everything = () => true;

function diskWith(...pages: readonly Buffer[]): { disk: SimulatedDisk; file: SimulatedFile } {
  const disk = new SimulatedDisk();
  const file = disk.createFile('/file');
  file.write(Buffer.concat(pages), 0);
  file.sync();
  disk.syncDirectory('/');
  return { disk, file };
}

describe('a power cut', () => {
  it('keeps what was synced and loses what was not', () => {
    const { disk, file } = diskWith(page(1), page(2));
    file.write(page(9), UNIT_BYTES);
    cutPower(disk, nothing, random());
    expect(file.content).toEqual(Buffer.concat([page(1), page(2)]));
  });

  it('S2: keeps any of the units that were not synced, each for itself', () => {
    const { disk, file } = diskWith(page(1), page(2), page(3));
    file.write(Buffer.concat([page(7), page(8), page(9)]), 0);
    cutPower(disk, (thing) => thing.kind === 'unit' && thing.unit === 1, random());
    expect(file.content).toEqual(Buffer.concat([page(1), page(8), page(3)]));
  });

  it('S3: tears a unit into sectors that are new, old, zero or garbage', () => {
    const { disk, file } = diskWith(page(1));
    file.write(page(9), 0);
    cutPower(disk, () => ['kept', 'old', 'zero', 'garbage', 'kept', 'kept', 'kept', 'kept'], random());
    const firstBytes = [0, 512, 1024].map((at) => file.content[at]);
    expect(firstBytes).toEqual([9, 1, 0]);
    expect(new Set(file.content.subarray(1536, 2048)).size).toBeGreaterThan(50);
  });

  it('S5: keeps a length without its data, or data that no length reaches', () => {
    const grown = () => {
      const { disk, file } = diskWith(page(1));
      file.write(page(2), UNIT_BYTES);
      return { disk, file };
    };
    const long = grown();
    cutPower(long.disk, ({ kind }) => kind === 'length', random());
    expect(long.file.content).toEqual(Buffer.concat([page(1), page(0)]));
    const short = grown();
    cutPower(short.disk, ({ kind }) => kind === 'unit', random());
    expect(short.file.content).toEqual(page(1));
  });

  it('S6: keeps any of the names that were changed since the directory was synced, a rename whole', () => {
    const namesAfter = (isKept: (what: string) => boolean) => {
      const { disk } = diskWith(page(1));
      disk.createFile('/other');
      disk.rename('/other', '/renamed');
      disk.unlink('/file');
      loseUnsyncedNames(disk.root, ({ what }) => isKept(what));
      return disk.list('/').toSorted();
    };
    expect(namesAfter(nothing)).toEqual(['file']);
    expect(namesAfter(everything)).toEqual(['renamed']);
    expect(namesAfter((what) => what.startsWith('rename'))).toEqual(['file', 'renamed']);
    expect(namesAfter((what) => what.startsWith('make'))).toEqual(['file', 'other']);
  });

  it('leaves nothing that could be lost', () => {
    const { disk, file } = diskWith(page(1));
    file.write(page(2), UNIT_BYTES);
    disk.createFile('/other');
    expect(unsyncedOf(disk).map(({ kind }: Unsynced) => kind)).toEqual(['name', 'length', 'unit']);
    cutPower(disk, nothing, random());
    expect(unsyncedOf(disk)).toEqual([]);
  });
});

it('S7: a sync that fails leaves the cache as it is, and no later sync writes it', () => {
  const { disk, file } = diskWith(page(1));
  file.write(page(2), 0);
  file.failSync(nothing);
  file.sync();
  expect(file.content).toEqual(page(2));
  cutPower(disk, everything, random());
  expect(file.content).toEqual(page(1));
});

it('a clone shares nothing that changes', () => {
  const { disk, file } = diskWith(page(1));
  file.write(page(2), 0);
  const { hash } = disk;
  const copy = disk.clone();
  expect(copy.hash).toBe(hash);
  copy.openFile('/file').write(page(3), 0);
  copy.unlink('/file');
  expect(disk.hash).toBe(hash);
  expect(copy.hash).not.toBe(hash);
});

describe('a process', () => {
  function processOn(disk: SimulatedDisk) {
    const scheduler = new Scheduler(inOrder);
    const process = new SimulatedProcess({ disk, scheduler, random: random(), note: () => {} }, noFaults);
    async function done<T>(call: Promise<T>): Promise<T> {
      let isOver = false;
      const over = () => {
        isOver = true;
      };
      call.then(over, over);
      await runUntil(scheduler, () => isOver, 10, 'a call');
      return call;
    }
    return { process, scheduler, done };
  }

  it('S5: may append only where there was something written and synced', async () => {
    const disk = new SimulatedDisk();
    const { process, done } = processOn(disk);
    const file = await done(process.files.openToAppend('/file', 'create'));
    await done(file.write(page(0), 0));
    expect(() => file.appendDurably(page(1), 0)).toThrow('behind what was synced');
    await done(file.sync());
    await done(file.appendDurably(page(1), 0));
    expect(unsyncedOf(disk).filter(({ kind }) => kind === 'unit')).toEqual([]);
  });

  it('S13: that meets a full disk half-way has written the first part', async () => {
    const { disk } = diskWith(page(1));
    const { process, done } = processOn(disk);
    disk.leaveRoom(UNIT_BYTES);
    const file = await done(process.files.create('/new'));
    await expect(done(file.write(Buffer.alloc(3 * UNIT_BYTES, 1), 0))).rejects.toMatchObject({ code: 'ENOSPC' });
    expect((await done(file.stat())).bytes).toBe(UNIT_BYTES);
  });

  it('that is killed is never told anything again', async () => {
    const { process, scheduler } = processOn(diskWith(page(1)).disk);
    let isTold = false;
    const told = () => {
      isTold = true;
    };
    process.files.stat('/file').then(told, told);
    process.clock.setTimeout(told, 1);
    process.turns.nextTurn(told);
    process.kill();
    process.files.list('/').then(told, told);
    expect(scheduler.step()).toBe(false);
    expect(isTold).toBe(false);
  });
});
