/** Every path of the flusher, and what the log, the puts and the store see of it. */
import { type AnyActorLogic, createActor, SimulatedClock } from 'xstate';
import { compileMachine } from '../../src/actors/compile-machine.ts';
import { flusherMachine } from '../../src/actors/flusher.machine.ts';
import { WriteBatch } from '../../src/actors/write-batch.ts';
import { NoRoom } from '../../src/wal/blank-block.ts';
import { recordingActor } from '../support/actor-recorder.ts';
import { HeldCalls } from './path-support/held-calls.ts';
import { type Stage, testPaths } from './path-support/test-paths.ts';

const IDLE_MARK_MS = 100;
const ROOM_CHECK_MS = 1000;
const MAX_BATCH_SIZE = 64;

const noRoom = () => new NoRoom(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }));
const diskError = () => Object.assign(new Error('EIO'), { code: 'EIO' });

function makeStage(logic: AnyActorLogic): Stage {
  const seen: string[] = [];
  const log = new HeldCalls(seen, 'log');
  const clock = new SimulatedClock();
  const turns: (() => void)[] = [];
  const parent = recordingActor(({ type, error }) => seen.push(`store: ${type} ${error.message}`), clock);
  let lastSeq = 0;
  let puts = 0;
  let carried = 0;
  const actor = createActor(logic, {
    parent,
    input: {
      log: {
        append: (records: readonly Buffer[]) => {
          carried = records.length;
          return log.hold(`append ${records.map((record) => record.toString().trim()).join(' ')}`);
        },
        mark: () => log.hold('mark'),
        makeRoom: () => log.hold('makeRoom'),
      },
      batch: new WriteBatch(),
      clock: { now: () => clock.now(), setTimeout: () => undefined, clearTimeout: () => {} },
      turns: { nextTurn: (callback: () => void) => void turns.push(callback) },
      batchTime: 0,
      maxBatchSize: MAX_BATCH_SIZE,
      idleMarkMs: IDLE_MARK_MS,
    },
  } as never);
  const putComes = (bytes = 0) => {
    puts += 1;
    const name = `p${puts}`;
    const replyTo = recordingActor(({ type, seq, code }) =>
      seen.push(`${name}: ${[type, seq ?? code ?? ''].join(' ')}`),
    );
    actor.send({ type: 'append', record: Buffer.from(name.padEnd(bytes)), replyTo });
  };
  const flushSucceeds = () => {
    log.succeed(lastSeq + 1);
    lastSeq += carried;
  };
  /** Not a moment earlier. */
  const passes = (ms: number) => {
    clock.increment(ms - 1);
    if (seen.length > 0) throw new Error(`before its time: ${seen}`);
    clock.increment(1);
  };
  const afterAPut = (what: () => void) => () => {
    putComes();
    what();
  };
  return {
    actor,
    seen,
    perform: {
      'a put comes': () => putComes(),
      'a put comes that fills the batch': () => putComes(MAX_BATCH_SIZE),
      'the turn ends': () => {
        if (turns.length === 0) throw new Error('nobody waits for the end of the turn');
        for (const callback of turns.splice(0)) callback();
      },
      'the flush succeeds': flushSucceeds,
      'the flush finds no room': () => log.fail(noRoom()),
      'the flush fails': () => log.fail(diskError()),
      'a put comes and the flush succeeds': afterAPut(flushSucceeds),
      'a put comes and the flush finds no room': afterAPut(() => log.fail(noRoom())),
      'a put comes and the flush fails': afterAPut(() => log.fail(diskError())),
      'idleMarkMs pass': () => passes(IDLE_MARK_MS),
      'the mark succeeds': () => log.succeed(undefined),
      'the mark finds no room': () => log.fail(noRoom()),
      'the mark fails': () => log.fail(diskError()),
      'a put comes and the mark succeeds': afterAPut(() => log.succeed(undefined)),
      'a put comes and the mark finds no room': afterAPut(() => log.fail(noRoom())),
      'a put comes and the mark fails': afterAPut(() => log.fail(diskError())),
      'a second passes': () => passes(ROOM_CHECK_MS),
      'there is room again': () => log.succeed(undefined),
      'there still is no room': () => log.fail(noRoom()),
      'the search for room fails': () => log.fail(diskError()),
    },
  };
}

/** The puts that came, by name, and where they are. */
class World {
  #puts = 0;
  #lastSeq = 0;
  #waiting: string[] = [];
  #inFlight: string[] = [];

  /** The name of the put that comes. */
  comes(): string {
    this.#puts += 1;
    return `p${this.#puts}`;
  }
  gathers(): string[] {
    this.#waiting.push(this.comes());
    return [];
  }
  flushes(): string[] {
    this.#inFlight = this.#waiting.splice(0);
    return [`log: append ${this.#inFlight.join(' ')}`];
  }
  areDurable(): string[] {
    return this.#inFlight.splice(0).map((put) => {
      this.#lastSeq += 1;
      return `${put}: durable ${this.#lastSeq}`;
    });
  }
  inFlightHear(what: string): string[] {
    return this.#inFlight.splice(0).map((put) => `${put}: ${what}`);
  }
  waitingHear(what: string): string[] {
    return this.#waiting.splice(0).map((put) => `${put}: ${what}`);
  }
}

const append = { type: 'append' };
const waits = ['somethingWaits'];
const full = ['thereIsNoRoom'];

testPaths<World>({
  machine: flusherMachine,
  compiled: compileMachine(flusherMachine),
  input: {},
  stimuli: [
    { name: 'a put comes', events: [append] },
    { name: 'a put comes that fills the batch', events: [{ ...append, holds: ['batchIsFull'] }] },
    { name: 'the turn ends', events: [{ type: 'done(waitToFill)' }] },
    { name: 'the flush succeeds', events: [{ type: 'done(flush)' }] },
    { name: 'the flush finds no room', events: [{ type: 'error(flush)', holds: full }] },
    { name: 'the flush fails', events: [{ type: 'error(flush)' }] },
    { name: 'a put comes and the flush succeeds', events: [append, { type: 'done(flush)', holds: waits }] },
    { name: 'a put comes and the flush finds no room', events: [append, { type: 'error(flush)', holds: full }] },
    { name: 'a put comes and the flush fails', events: [append, { type: 'error(flush)' }] },
    { name: 'idleMarkMs pass', events: [{ type: 'after(idleMark)' }] },
    { name: 'the mark succeeds', events: [{ type: 'done(mark)' }] },
    { name: 'the mark finds no room', events: [{ type: 'error(mark)', holds: full }] },
    { name: 'the mark fails', events: [{ type: 'error(mark)' }] },
    { name: 'a put comes and the mark succeeds', events: [append, { type: 'done(mark)', holds: waits }] },
    {
      name: 'a put comes and the mark finds no room',
      events: [append, { type: 'error(mark)', holds: [...full, ...waits] }],
    },
    { name: 'a put comes and the mark fails', events: [append, { type: 'error(mark)' }] },
    { name: 'a second passes', events: [{ type: 'after(roomCheck)' }] },
    { name: 'there is room again', events: [{ type: 'done(makeRoom)' }] },
    { name: 'there still is no room', events: [{ type: 'error(makeRoom)', holds: full }] },
    { name: 'the search for room fails', events: [{ type: 'error(makeRoom)' }] },
  ],
  makeWorld: () => new World(),
  makeStage,
  atStart: [],
  effects: {
    'flusher: append → stays': (world) => world.gathers(),
    'idle: append → gathering': (world) => world.gathers(),
    'gathering: always [batchIsFull] → flushing': (world) => world.flushes(),
    'gathering: done(waitToFill) → flushing': (world) => world.flushes(),
    'flushing: done(flush) → flushed': (world) => world.areDurable(),
    'flushing: error(flush) [thereIsNoRoom] → waitingForRoom': (world) => [
      ...world.inFlightHear('notApplied DISK_FULL'),
      ...world.waitingHear('notApplied DISK_FULL'),
    ],
    'flushing: error(flush) → halted': (world) => [
      ...world.inFlightHear('undecided '),
      ...world.waitingHear('notApplied HALTED'),
      'store: flusherHalted EIO',
    ],
    'flushed: always [somethingWaits] → flushing': (world) => world.flushes(),
    'flushed: always → unmarked': [],
    'unmarked: append → gathering': (world) => world.gathers(),
    'unmarked: after(idleMark) → marking': ['log: mark'],
    'marking: done(mark) → marked': [],
    'marking: error(mark) [thereIsNoRoom] → marked': [],
    'marking: error(mark) → halted': (world) => [...world.waitingHear('notApplied HALTED'), 'store: flusherHalted EIO'],
    'marked: always [somethingWaits] → flushing': (world) => world.flushes(),
    'marked: always → idle': [],
    'waitingForRoom: append → stays': (world) => [`${world.comes()}: notApplied DISK_FULL`],
    'waitingForRoom: after(roomCheck) → makingRoom': ['log: makeRoom'],
    'makingRoom: append → stays': (world) => [`${world.comes()}: notApplied DISK_FULL`],
    'makingRoom: done(makeRoom) → unmarked': [],
    'makingRoom: error(makeRoom) [thereIsNoRoom] → waitingForRoom': [],
    'makingRoom: error(makeRoom) → halted': ['store: flusherHalted EIO'],
    'halted: append → stays': (world) => [`${world.comes()}: notApplied HALTED`],
  },
});
