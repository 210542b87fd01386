import { beforeEach, describe, expect, test } from 'vitest';
import { createActor, SimulatedClock } from 'xstate';
import { type CompactionNotice, compactorMachine } from '../../src/actors/compactor.machine.ts';
import { type BlockName, blockFileName, logBlockName } from '../../src/wal/block-name.ts';
import type { SealedBlock } from '../../src/wal/block-writer.ts';
import type { CompactionPorts } from '../../src/wal/compaction-ports.ts';
import { NotPublished } from '../../src/wal/compaction-steps.ts';
import type { MergeResult } from '../../src/wal/merge.ts';
import { MergeFailure } from '../../src/wal/merge-failure.ts';
import { recordingActor } from '../support/actor-recorder.ts';

/** `3` for log block 3, `1-2` for what two of them were merged into. */
const short = ({ first, last }: BlockName) => (first === last ? `${first}` : `${first}-${last}`);
const shorts = (blocks: readonly SealedBlock[]) => blocks.map(({ name }) => short(name)).join(' ');

/** Ports whose calls end when the test says so. */
class HeldPorts implements CompactionPorts {
  readonly calls: string[] = [];
  readonly backlogs: number[] = [];
  signal: AbortSignal | undefined;
  #pending: { resolve: () => void; reject: (error: unknown) => void } | undefined;

  merge(inputs: readonly SealedBlock[], signal: AbortSignal): Promise<MergeResult> {
    this.signal = signal;
    const name = {
      first: inputs[0]!.name.first,
      last: inputs.at(-1)!.name.last,
      generation: 1 + Math.max(...inputs.map((input) => input.name.generation)),
    };
    const bytes = inputs.reduce((sum, input) => sum + input.bytes, 0);
    const result = { name, temporaryPath: `${blockFileName(name)}.tmp`, bytes, entries: 5, bytesWritten: 2 * bytes };
    return this.#hold(`merge ${shorts(inputs)}`, result);
  }
  noteBacklog(blocks: number): void {
    this.backlogs.push(blocks);
  }
  publish({ name }: MergeResult): Promise<void> {
    return this.#hold(`publish ${short(name)}`, undefined);
  }
  discard(inputs: readonly SealedBlock[]): Promise<void> {
    return this.#hold(`discard ${shorts(inputs)}`, undefined);
  }
  #hold<T>(call: string, result: T): Promise<T> {
    this.calls.push(call);
    if (this.#pending) throw new Error('two calls of the ports at once');
    return new Promise((resolve, reject) => {
      this.#pending = { resolve: () => resolve(result), reject };
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
    if (!pending) throw new Error('no call of the ports under way');
    this.#pending = undefined;
    return pending;
  }
}

/** The promises of one turn have run. */
const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));

const logBlock = (number: number, bytes = 100): SealedBlock => ({ name: logBlockName(number), bytes });
const noRoom = () => new MergeFailure('noRoom', 'no room to merge blocks');
const damaged = () => new MergeFailure('damagedInput', 'damage in 1.log');
const diskError = () => Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });

let ports: HeldPorts;
let clock: SimulatedClock;
let notices: CompactionNotice[];

beforeEach(() => {
  ports = new HeldPorts();
  clock = new SimulatedClock();
  clock.set(5000);
  notices = [];
});

function start({ blocks = 0, maxBlocks = 2, sizes = [] as number[] } = {}) {
  const parent = recordingActor(() => {}, clock);
  const compactor = createActor(compactorMachine, {
    parent,
    input: {
      blocks: Array.from({ length: blocks }, (_, index) => logBlock(index + 1, sizes[index])),
      maxBlocks,
      ports,
      clock: { now: () => clock.now() },
      onNotice: (notice: CompactionNotice) => notices.push(notice),
    },
  } as never);
  let sealedLast = blocks;
  compactor.start();
  return {
    get state() {
      return compactor.getSnapshot().value;
    },
    get blocks() {
      return shorts(compactor.getSnapshot().context.blocks);
    },
    get isClosed() {
      return compactor.getSnapshot().status === 'done';
    },
    seal() {
      sealedLast += 1;
      compactor.send({ type: 'sealed', block: logBlock(sealedLast) });
    },
    stop: () => compactor.send({ type: 'stop' }),
  };
}

const alarms = () => notices.filter(({ event }) => event === 'compaction_stopped');

describe('when there are too many blocks', () => {
  test('it rests up to maxBlocks and merges above', async () => {
    const compactor = start({ blocks: 1 });
    compactor.seal();
    expect([compactor.state, compactor.blocks, ports.calls]).toEqual(['resting', '1 2', []]);
    compactor.seal();
    expect([compactor.state, compactor.blocks, ports.calls]).toEqual(['merging', '1 2 3', ['merge 1 2 3']]);
  });

  test('merge, publish, discard; then the result stands in the place of its inputs', async () => {
    const compactor = start({ blocks: 3, sizes: [1000, 10, 10] });
    expect(compactor.state).toBe('merging');
    await ports.succeeds();
    expect([compactor.state, compactor.blocks]).toEqual(['publishing', '1 2 3']);
    await ports.succeeds();
    expect([compactor.state, compactor.blocks]).toEqual(['discarding', '1 2-3']);
    await ports.succeeds();
    expect([compactor.state, compactor.blocks]).toEqual(['resting', '1 2-3']);
    expect(ports.calls).toEqual(['merge 2 3', 'publish 2-3', 'discard 2 3']);
    expect(alarms()).toEqual([]);
  });

  test('what merges hears how many there are too many, when it begins and with each block that is sealed meanwhile', async () => {
    const compactor = start({ blocks: 5, maxBlocks: 2, sizes: [1000, 1000, 1000, 10, 10] });
    expect([compactor.state, ports.calls, ports.backlogs]).toEqual(['merging', ['merge 4 5'], [3]]);
    compactor.seal();
    compactor.seal();
    expect(ports.backlogs).toEqual([3, 4, 5]);
    for (let call = 0; call < 3; call += 1) await ports.succeeds();
    expect([compactor.state, compactor.blocks]).toEqual(['merging', '1 2 3 4-5 6 7']);
    expect([ports.calls.at(-1), ports.backlogs]).toEqual(['merge 4-5 6 7', [3, 4, 5, 4]]);
  });

  test('blocks sealed meanwhile are kept behind those being merged, and merged next if they are too many', async () => {
    const compactor = start({ blocks: 3, sizes: [1000, 10, 10] });
    compactor.seal();
    await ports.succeeds();
    compactor.seal();
    await ports.succeeds();
    compactor.seal();
    expect(compactor.blocks).toBe('1 2-3 4 5 6');
    await ports.succeeds();
    expect(compactor.state).toBe('merging');
    expect(ports.calls.at(-1)).toBe('merge 2-3 4 5 6');
  });

  test('too many at the start are merged at once, until maxBlocks are left', async () => {
    const compactor = start({ blocks: 3, maxBlocks: 1, sizes: [1000, 10, 10] });
    for (let step = 0; step < 6; step += 1) await ports.succeeds();
    expect([compactor.state, compactor.blocks]).toEqual(['resting', '1-3']);
    expect(ports.calls.filter((call) => call.startsWith('merge'))).toEqual(['merge 2 3', 'merge 1 2-3']);
  });

  test('a notice says what was merged, how large it is and how long it took', async () => {
    start({ blocks: 3, sizes: [1000, 10, 20] });
    clock.increment(250);
    for (let step = 0; step < 3; step += 1) await ports.succeeds();
    expect(notices).toEqual([
      {
        level: 'info',
        event: 'compacted',
        message: 'merged 2 blocks of 30 bytes into 0000000000000002-0000000000000003.00000001.cmp of 30',
        inputs: ['0000000000000002.log', '0000000000000003.log'],
        output: '0000000000000002-0000000000000003.00000001.cmp',
        bytesBefore: 30,
        bytesAfter: 30,
        bytesWritten: 60,
        keys: 5,
        tookMs: 250,
      },
    ]);
  });

  test('a block that does not follow the newest is a defect', () => {
    const parent = recordingActor(() => {});
    const compactor = createActor(compactorMachine, {
      parent,
      input: { blocks: [logBlock(1)], maxBlocks: 2, ports, clock, onNotice: () => {} },
    } as never);
    const errors: unknown[] = [];
    compactor.subscribe({ error: (error) => errors.push(error) });
    compactor.start();
    compactor.send({ type: 'sealed', block: logBlock(3) });
    expect(String(errors[0])).toContain('0000000000000003.log follows no block');
  });
});

describe('a merge that comes to nothing', () => {
  test('S12: no room: tried again after a second, then two, and so on up to a minute', async () => {
    const compactor = start({ blocks: 3 });
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      await ports.fails(noRoom());
      expect([compactor.state, compactor.blocks]).toEqual(['backingOff', '1 2 3']);
      const from = clock.now();
      while (compactor.state === 'backingOff') clock.increment(500);
      delays.push(clock.now() - from);
      expect(ports.calls).toHaveLength(attempt + 1);
    }
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(notices[1]).toEqual({
      level: 'warn',
      event: 'compaction_failed',
      message: 'could not merge blocks, trying again in 2 s: no room to merge blocks',
      inputs: ['0000000000000001.log', '0000000000000002.log', '0000000000000003.log'],
      failures: 2,
      retryInMs: 2000,
    });
    expect(alarms()).toEqual([]);
  });

  test('after a success the next failure waits for a second again', async () => {
    const compactor = start({ blocks: 3 });
    for (const delay of [1000, 2000]) {
      await ports.fails(diskError());
      clock.increment(delay);
    }
    for (let step = 0; step < 3; step += 1) await ports.succeeds();
    compactor.seal();
    compactor.seal();
    await ports.fails(diskError());
    expect(compactor.state).toBe('backingOff');
    clock.increment(999);
    expect(compactor.state).toBe('backingOff');
    clock.increment(1);
    expect(compactor.state).toBe('merging');
  });

  test('what is sealed while it waits is merged along', async () => {
    const compactor = start({ blocks: 3 });
    await ports.fails(noRoom());
    compactor.seal();
    expect(compactor.state).toBe('backingOff');
    clock.increment(1000);
    expect(ports.calls).toEqual(['merge 1 2 3', 'merge 1 2 3 4']);
  });

  test('a name that could not be given: the log is untouched, so it is tried again', async () => {
    const compactor = start({ blocks: 3 });
    await ports.succeeds();
    await ports.fails(new NotPublished(diskError()));
    expect([compactor.state, compactor.blocks]).toEqual(['backingOff', '1 2 3']);
    expect(notices).toMatchObject([{ event: 'compaction_failed', failures: 1 }]);
    clock.increment(1000);
    expect(ports.calls).toEqual(['merge 1 2 3', 'publish 1-3', 'merge 1 2 3']);
  });

  test('whatever else a merge throws', async () => {
    const compactor = start({ blocks: 3 });
    await ports.fails('no error at all');
    expect(compactor.state).toBe('backingOff');
    expect(notices).toMatchObject([{ message: 'could not merge blocks, trying again in 1 s: no error at all' }]);
  });
});

describe('it stops until the next start, and says so', () => {
  const stops = async (compactor: { state: unknown; seal: () => void }, reason: string) => {
    expect(compactor.state).toBe('stopped');
    const message = `blocks are not merged any more until the next start: ${reason}`;
    expect(notices).toEqual([{ level: 'error', event: 'compaction_stopped', message }]);
    const calls = ports.calls.length;
    compactor.seal();
    clock.increment(1_000_000);
    await settled();
    expect([compactor.state, ports.calls.length]).toEqual(['stopped', calls]);
  };

  test('when an input is damaged', async () => {
    const compactor = start({ blocks: 3 });
    await ports.fails(damaged());
    await stops(compactor, 'damage in 1.log');
    expect(compactor.blocks).toBe('1 2 3 4');
  });

  test('when nobody knows whether the merged block has its name: nothing is deleted', async () => {
    const compactor = start({ blocks: 3 });
    await ports.succeeds();
    await ports.fails(diskError());
    await stops(compactor, 'EIO: i/o error, fsync');
    expect(ports.calls).toEqual(['merge 1 2 3', 'publish 1-3']);
  });

  test('when inputs cannot be deleted', async () => {
    const compactor = start({ blocks: 3 });
    await ports.succeeds();
    await ports.succeeds();
    await ports.fails(diskError());
    await stops(compactor, 'EIO: i/o error, fsync');
  });
});

describe('told to stop', () => {
  test('it closes at once while it rests, waits to try again, or has stopped', async () => {
    const resting = start({ blocks: 2 });
    resting.stop();
    expect(resting.isClosed).toBe(true);

    const backingOff = start({ blocks: 3 });
    await ports.fails(noRoom());
    backingOff.stop();
    expect(backingOff.isClosed).toBe(true);
    clock.increment(60_000);

    const stopped = start({ blocks: 3 });
    await ports.fails(damaged());
    expect(stopped.state).toBe('stopped');
    stopped.stop();
    expect(stopped.isClosed).toBe(true);
    expect(ports.calls).toEqual(['merge 1 2 3', 'merge 1 2 3']);
  });

  test('a merge is aborted; it is closed when that has ended, and no failure is told', async () => {
    const compactor = start({ blocks: 3 });
    expect(ports.signal?.aborted).toBe(false);
    compactor.stop();
    expect([compactor.state, compactor.isClosed, ports.signal?.aborted]).toEqual(['merging', false, true]);
    await ports.fails(ports.signal!.reason);
    expect(compactor.isClosed).toBe(true);
    expect(notices).toEqual([]);
  });

  test('a merge that was done before it could be aborted is put in place', async () => {
    const compactor = start({ blocks: 3 });
    compactor.stop();
    for (let step = 0; step < 3; step += 1) await ports.succeeds();
    expect(compactor.isClosed).toBe(true);
    expect(ports.calls).toEqual(['merge 1 2 3', 'publish 1-3', 'discard 1 2 3']);
  });

  test('publishing and discarding run to their end first', async () => {
    const compactor = start({ blocks: 4, maxBlocks: 1, sizes: [1000, 10, 10, 10] });
    await ports.succeeds();
    compactor.stop();
    expect(compactor.state).toBe('publishing');
    await ports.succeeds();
    expect([compactor.state, compactor.isClosed]).toEqual(['discarding', false]);
    await ports.succeeds();
    // Though there still are too many.
    expect([compactor.isClosed, compactor.blocks]).toEqual([true, '1 2-4']);
    expect(ports.calls).toEqual(['merge 2 3 4', 'publish 2-4', 'discard 2 3 4']);
  });

  test('it is closed also where these fail', async () => {
    const publishing = start({ blocks: 3 });
    await ports.succeeds();
    publishing.stop();
    await ports.fails(diskError());
    expect(publishing.isClosed).toBe(true);
    expect(alarms()).toHaveLength(1);

    const notPublished = start({ blocks: 3 });
    await ports.succeeds();
    notPublished.stop();
    await ports.fails(new NotPublished(diskError()));
    expect(notPublished.isClosed).toBe(true);
    expect(alarms()).toHaveLength(1);

    const discarding = start({ blocks: 3 });
    await ports.succeeds();
    await ports.succeeds();
    discarding.stop();
    await ports.fails(diskError());
    expect(discarding.isClosed).toBe(true);
    expect(alarms()).toHaveLength(2);
  });
});
