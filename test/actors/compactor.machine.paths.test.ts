/** Every path of the compactor, and what the disk, the log of notices and the store see of it. */
import { type AnyActorLogic, createActor, SimulatedClock } from 'xstate';
import { type CompactionNotice, compactorMachine } from '../../src/actors/compactor.machine.ts';
import { type BlockName, logBlockName } from '../../src/wal/block-name.ts';
import type { SealedBlock } from '../../src/wal/block-writer.ts';
import type { CompactionPorts } from '../../src/wal/compaction-ports.ts';
import { NotPublished } from '../../src/wal/compaction-steps.ts';
import { MergeFailure } from '../../src/wal/merge-failure.ts';
import { recordingActor } from '../support/actor-recorder.ts';
import { HeldCalls } from './path-support/held-calls.ts';
import { type Stage, testPaths } from './path-support/test-paths.ts';

const BACK_OFF_MS = 1000;

/** `3` for log block 3, `1-2` for what two of them were merged into. */
const short = ({ first, last }: BlockName) => (first === last ? `${first}` : `${first}-${last}`);
const shorts = (blocks: readonly SealedBlock[]) => blocks.map(({ name }) => short(name)).join(' ');
const diskError = () => Object.assign(new Error('EIO'), { code: 'EIO' });

/** Two blocks lie there, and two are left alone: one more is one too many. */
function makeStage(logic: AnyActorLogic): Stage {
  const seen: string[] = [];
  const disk = new HeldCalls(seen, 'disk');
  const clock = new SimulatedClock();
  let merged: BlockName | undefined;
  let newest = 2;
  const noteAbort = () => seen.push('disk: merge is aborted');
  const ports: CompactionPorts = {
    noteBacklog: () => {},
    merge: (inputs, signal) => {
      // One signal for all merges; a listener that is given twice is there once.
      signal.addEventListener('abort', noteAbort);
      merged = { first: inputs[0]!.name.first, last: inputs.at(-1)!.name.last, generation: 1 };
      return disk.hold(`merge ${shorts(inputs)}`);
    },
    publish: ({ name }) => disk.hold(`publish ${short(name)}`),
    discard: (inputs) => disk.hold(`discard ${shorts(inputs)}`),
  };
  const actor = createActor(logic, {
    id: 'compactor',
    parent: recordingActor((message) => seen.push(`store: ${message.type}`), clock),
    input: {
      blocks: [logBlock(1), logBlock(2)],
      maxBlocks: 2,
      ports,
      clock: { now: () => clock.now() },
      onNotice: (notice: CompactionNotice) => seen.push(textOf(notice)),
    },
  } as never);
  const seal = () => {
    newest += 1;
    actor.send({ type: 'sealed', block: logBlock(newest) });
  };
  const mergeSucceeds = () =>
    disk.succeed({ name: merged!, temporaryPath: 'x.tmp', bytes: 10, entries: 1, bytesWritten: 10 });
  return {
    actor,
    seen,
    perform: {
      'a block is sealed': seal,
      'it is told to stop': () => actor.send({ type: 'stop' }),
      'the merge succeeds': mergeSucceeds,
      'the merge fails': () => disk.fail(new MergeFailure('noRoom', 'no room to merge blocks')),
      'the merge finds damage': () => disk.fail(new MergeFailure('damagedInput', 'damage in 1.log')),
      'the block is published': () => disk.succeed(undefined),
      'the block definitely is not published': () => disk.fail(new NotPublished(diskError())),
      'nobody knows whether the block is published': () => disk.fail(diskError()),
      'the inputs are discarded': () => disk.succeed(undefined),
      'blocks are sealed, and the inputs are discarded': () => {
        seal();
        seal();
        disk.succeed(undefined);
      },
      'the inputs cannot be discarded': () => disk.fail(diskError()),
      'a second passes': () => {
        clock.increment(BACK_OFF_MS - 1);
        if (seen.length > 0) throw new Error(`before its time: ${seen}`);
        clock.increment(1);
      },
    },
  };
}

const textOf = (notice: CompactionNotice) =>
  notice.event === 'compaction_failed'
    ? `warn: failed ${notice.failures} time, again in ${notice.retryInMs} ms`
    : `${notice.level}: ${notice.event}`;
const logBlock = (number: number): SealedBlock => ({ name: logBlockName(number), bytes: 10 });

/** The blocks, oldest first, as the compactor should have them. */
interface World {
  blocks: string[];
  run: string[];
  hasMerged: boolean;
  isStopping: boolean;
}

const seals = (world: World) => {
  world.blocks.push(String(Number(world.blocks.at(-1)!.split('-').at(-1)) + 1));
  return [];
};
const span = ({ run }: World) => `${run[0]!.split('-')[0]}-${run.at(-1)!.split('-').at(-1)}`;
const tooMany = ['thereAreTooMany'];
const ends = ['store: xstate.done.actor.compactor'];
const stops = ['error: compaction_stopped'];
const sealed = { type: 'sealed' };

testPaths<World>({
  machine: compactorMachine,
  input: { blocks: [] },
  kept: ['isStopping', 'noteStop'],
  memory: ({ isStopping }: { isStopping: boolean }) => isStopping,
  stimuli: [
    { name: 'a block is sealed', events: [{ ...sealed, holds: tooMany }] },
    { name: 'it is told to stop', events: [{ type: 'stop' }] },
    { name: 'the merge succeeds', events: [{ type: 'done(merge)' }] },
    { name: 'the merge fails', events: [{ type: 'error(merge)' }] },
    { name: 'the merge finds damage', events: [{ type: 'error(merge)', holds: ['anInputIsDamaged'] }] },
    { name: 'the block is published', events: [{ type: 'done(publish)' }] },
    {
      name: 'the block definitely is not published',
      events: [{ type: 'error(publish)', holds: ['nothingWasPublished'] }],
    },
    { name: 'nobody knows whether the block is published', events: [{ type: 'error(publish)' }] },
    { name: 'the inputs are discarded', events: [{ type: 'done(discard)' }] },
    {
      name: 'blocks are sealed, and the inputs are discarded',
      events: [sealed, sealed, { type: 'done(discard)', holds: tooMany }],
    },
    { name: 'the inputs cannot be discarded', events: [{ type: 'error(discard)' }] },
    { name: 'a second passes', events: [{ type: 'after(backOff)', holds: tooMany }] },
  ],
  makeWorld: () => ({ blocks: ['1', '2'], run: [], hasMerged: false, isStopping: false }),
  makeStage,
  atStart: [],
  effects: {
    'compactor: sealed → stays': seals,
    'compactor: stop → stays': (world) => {
      const isFirst = world.hasMerged && !world.isStopping;
      world.isStopping = true;
      return isFirst ? ['disk: merge is aborted'] : [];
    },
    'resting: always [isStopping] → closed': ends,
    'resting: always [thereAreTooMany] → merging': (world) => {
      world.run = [...world.blocks];
      world.hasMerged = true;
      return [`disk: merge ${world.run.join(' ')}`];
    },
    'merging: done(merge) → publishing': (world) => [`disk: publish ${span(world)}`],
    'merging: error(merge) [isStopping] → closed': ends,
    'merging: error(merge) [anInputIsDamaged] → stopped': stops,
    'merging: error(merge) → backingOff': ['warn: failed 1 time, again in 1000 ms'],
    'publishing: done(publish) → discarding': (world) => {
      world.blocks = [span(world), ...world.blocks.slice(world.run.length)];
      return [`disk: discard ${world.run.join(' ')}`];
    },
    'publishing: error(publish) [nothingWasPublished] → backingOff': ['warn: failed 1 time, again in 1000 ms'],
    'publishing: error(publish) → stopped': stops,
    'discarding: done(discard) → resting': ['info: compacted'],
    'discarding: error(discard) → stopped': stops,
    'backingOff: always [isStopping] → closed': ends,
    'backingOff: after(backOff) → resting': [],
    'stopped: always [isStopping] → closed': ends,
  },
});
