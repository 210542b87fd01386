import { beforeEach, describe, expect, test } from 'vitest';
import { type AnyEventObject, createActor, SimulatedClock } from 'xstate';
import { compileMachine } from '../../src/actors/compile-machine.ts';
import { type FlusherInput, flusherMachine, type Log } from '../../src/actors/flusher.machine.ts';
import { WriteBatch } from '../../src/actors/write-batch.ts';
import { NoRoom } from '../../src/wal/blank-block.ts';
import { recordingActor } from '../support/actor-recorder.ts';

/** A log whose calls end when the test says so. */
class HeldLog implements Log {
  readonly calls: string[] = [];
  #lastSeq = 0;
  #pending: { resolve: () => void; reject: (error: unknown) => void } | undefined;

  append(records: readonly Buffer[]): Promise<number> {
    this.calls.push(`append ${records.map((record) => record.toString()).join(' ')}`);
    const firstSeq = this.#lastSeq + 1;
    return this.#hold(() => {
      this.#lastSeq += records.length;
      return firstSeq;
    });
  }
  mark(): Promise<void> {
    this.calls.push('mark');
    return this.#hold(() => {});
  }
  makeRoom(): Promise<void> {
    this.calls.push('makeRoom');
    return this.#hold(() => {});
  }
  #hold<T>(result: () => T): Promise<T> {
    if (this.#pending) throw new Error('two calls of the log at once');
    return new Promise((resolve, reject) => {
      this.#pending = { resolve: () => resolve(result()), reject };
    });
  }
  async succeeds(): Promise<void> {
    this.#take().resolve();
    await settled();
  }
  async fails(error: unknown): Promise<void> {
    this.#take().reject(error);
    await settled();
  }
  #take() {
    const pending = this.#pending;
    if (!pending) throw new Error('no call of the log under way');
    this.#pending = undefined;
    return pending;
  }
}

/** The promises of one turn have run. */
const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));

const noRoom = () => new NoRoom(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }));
const diskError = () => Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' });

let logic: unknown;
let log: HeldLog;
let clock: SimulatedClock;
let turns: (() => void)[];
let heard: string[];

beforeEach(() => {
  log = new HeldLog();
  clock = new SimulatedClock();
  turns = [];
  heard = [];
});

function start(settings: Partial<FlusherInput> = {}) {
  const parent = recordingActor((message) => heard.push(`store hears ${message.type}`), clock);
  const input: FlusherInput = {
    log,
    batch: new WriteBatch(),
    clock: { now: () => clock.now(), setTimeout: (fn, ms) => clock.setTimeout(fn, ms), clearTimeout: () => {} },
    turns: { nextTurn: (callback) => void turns.push(callback) },
    batchTime: 0,
    maxBatchSize: 8192,
    idleMarkMs: 100,
    ...settings,
  };
  const flusher = createActor(
    logic as typeof flusherMachine,
    {
      parent,
      input,
    } as never,
  );
  flusher.start();
  return {
    get state() {
      return flusher.getSnapshot().value;
    },
    append(
      name: string,
      hear: (message: AnyEventObject) => void = (message) => heard.push(describeReply(name, message)),
    ) {
      const replyTo = recordingActor(hear);
      flusher.send({ type: 'append', record: Buffer.from(name), replyTo });
    },
  };
}

function describeReply(name: string, { type, seq, code }: AnyEventObject): string {
  return [name, type, seq ?? code].filter((part) => part !== undefined).join(' ');
}

async function endTurn(): Promise<void> {
  for (const callback of turns.splice(0)) callback();
  await settled();
}

// Interpreted, as it is written, and compiled, as it runs in production.
describe.each([
  ['interpreted', flusherMachine],
  ['compiled', compileMachine(flusherMachine)],
])('%s', (_, chosen) => {
  beforeEach(() => {
    logic = chosen;
  });

  describe('group commit', () => {
    test('puts of one turn go out in one flush, and are durable in order', async () => {
      const flusher = start();
      flusher.append('a');
      flusher.append('b');
      expect(log.calls).toEqual([]);
      await endTurn();
      expect(log.calls).toEqual(['append a b']);
      expect(heard).toEqual([]);
      await log.succeeds();
      expect(heard).toEqual(['a durable 1', 'b durable 2']);
    });

    test('what gathers during a flush goes out as soon as it is done, without waiting for the end of the turn', async () => {
      const flusher = start();
      flusher.append('a');
      await endTurn();
      flusher.append('b');
      flusher.append('c');
      expect(log.calls).toEqual(['append a']);
      await log.succeeds();
      expect(log.calls).toEqual(['append a', 'append b c']);
      await log.succeeds();
      expect(heard).toEqual(['a durable 1', 'b durable 2', 'c durable 3']);
    });

    test('batchTime holds a batch open', async () => {
      const flusher = start({ batchTime: 5 });
      flusher.append('a');
      clock.increment(4);
      await settled();
      expect(log.calls).toEqual([]);
      flusher.append('b');
      clock.increment(1);
      await settled();
      expect(log.calls).toEqual(['append a b']);
    });

    test('maxBatchSize bytes waiting end batchTime', async () => {
      const flusher = start({ batchTime: 5, maxBatchSize: 20 });
      flusher.append('a');
      await settled();
      expect(log.calls).toEqual([]);
      flusher.append('a-longer-one');
      await settled();
      expect(log.calls).toEqual(['append a a-longer-one']);
    });
  });

  describe('the mark', () => {
    test('is written once nothing was flushed for idleMarkMs, and once only', async () => {
      const flusher = start();
      flusher.append('a');
      await endTurn();
      await log.succeeds();
      clock.increment(99);
      expect(log.calls).toEqual(['append a']);
      clock.increment(1);
      expect(log.calls).toEqual(['append a', 'mark']);
      await log.succeeds();
      clock.increment(10_000);
      expect(log.calls).toEqual(['append a', 'mark']);
      expect(flusher.state).toBe('idle');
    });

    test('is not written while puts come', async () => {
      const flusher = start();
      for (const name of ['a', 'b', 'c']) {
        flusher.append(name);
        await endTurn();
        await log.succeeds();
        clock.increment(60);
      }
      expect(log.calls).toEqual(['append a', 'append b', 'append c']);
    });

    test('holds up a put that comes meanwhile no longer than it takes', async () => {
      const flusher = start();
      flusher.append('a');
      await endTurn();
      await log.succeeds();
      clock.increment(100);
      flusher.append('b');
      await log.succeeds();
      expect(log.calls).toEqual(['append a', 'mark', 'append b']);
    });

    test('without room is left out: nobody waits for it', async () => {
      const flusher = start();
      flusher.append('a');
      await endTurn();
      await log.succeeds();
      clock.increment(100);
      await log.fails(noRoom());
      expect(flusher.state).toBe('idle');
    });

    test('that fails halts', async () => {
      const flusher = start();
      flusher.append('a');
      await endTurn();
      await log.succeeds();
      clock.increment(100);
      flusher.append('b');
      await log.fails(diskError());
      expect(flusher.state).toBe('halted');
      expect(heard).toEqual(['a durable 1', 'b notApplied HALTED', 'store hears flusherHalted']);
    });
  });

  describe('a full disk', () => {
    test('refuses the batch and everything gathered behind it, definitely', async () => {
      const flusher = start();
      flusher.append('a');
      await endTurn();
      flusher.append('b');
      await log.fails(noRoom());
      expect(heard).toEqual(['a notApplied DISK_FULL', 'b notApplied DISK_FULL']);
      flusher.append('c');
      expect(heard.at(-1)).toBe('c notApplied DISK_FULL');
    });

    test('is tried again every second, and writing resumes by itself with the next seq', async () => {
      const flusher = start();
      flusher.append('a');
      await endTurn();
      await log.fails(noRoom());
      clock.increment(1000);
      expect(log.calls.at(-1)).toBe('makeRoom');
      flusher.append('refused meanwhile');
      await log.fails(noRoom());
      expect(flusher.state).toBe('waitingForRoom');
      clock.increment(1000);
      await log.succeeds();
      flusher.append('b');
      await endTurn();
      await log.succeeds();
      expect(heard).toEqual(['a notApplied DISK_FULL', 'refused meanwhile notApplied DISK_FULL', 'b durable 1']);
    });

    test('that turns out to be a broken one halts', async () => {
      const flusher = start();
      flusher.append('a');
      await endTurn();
      await log.fails(noRoom());
      clock.increment(1000);
      await log.fails(diskError());
      expect(flusher.state).toBe('halted');
      expect(heard.at(-1)).toBe('store hears flusherHalted');
    });
  });

  test('S7: a failed flush is final: the batch is undecided, what gathered is refused, and nothing is written any more', async () => {
    const flusher = start();
    flusher.append('a');
    flusher.append('b');
    await endTurn();
    flusher.append('c');
    await log.fails(diskError());
    flusher.append('d');
    clock.increment(60_000);
    await endTurn();
    expect(heard).toEqual([
      'a undecided',
      'b undecided',
      'c notApplied HALTED',
      'store hears flusherHalted',
      'd notApplied HALTED',
    ]);
    expect(log.calls).toEqual(['append a b']);
  });

  test.each([
    [diskError(), 'EIO: i/o error, write'],
    ['no error at all', 'no error at all'],
  ])('S7: callers of a failed flush are told what failed: %s', async (error, words) => {
    const told: unknown[] = [];
    const flusher = start();
    flusher.append('a', (message) => told.push(message.error));
    await endTurn();
    await log.fails(error);
    expect(told).toEqual([expect.stringContaining(`(${words})`)]);
  });
});
