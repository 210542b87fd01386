/** What happens to a put and to the store, played by the real machines: the sequence diagrams of docs/state-diagrams. */
import { NoRoom } from '../../src/wal/blank-block.ts';
import { exitCodes } from '../../src/wal/refusal.ts';
import { type Happening, type Participant, PUT_TIMEOUT_MS, StoreOnStage } from './store-on-stage.ts';

interface Story {
  readonly title: string;
  readonly about: string;
  /** Who is drawn, from left to right; what concerns anybody else is left out. */
  readonly cast: readonly Participant[];
  /** Before the story begins. */
  readonly prepare?: (stage: StoreOnStage) => Promise<void>;
  readonly play: (stage: StoreOnStage) => Promise<void>;
}

const EIO = Object.assign(new Error('EIO'), { code: 'EIO' });
const ENOSPC = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });

const stories: readonly Story[] = [
  {
    title: 'A put that succeeds',
    about:
      'The put takes its key, finds the version it expects, encodes its record and hands it to the flusher. When the append has ended, the record is on stable storage; the put then changes the index, answers and gives its key back, all in one turn, so nobody sees half of it.',
    cast: ['caller', 'put A', 'keyLocks', 'flusher', 'log'],
    play: async (stage) => {
      await stage.put('put A', 0);
      await stage.flushSucceeds();
    },
  },
  {
    title: 'A put that is stale',
    about:
      'The key has version 1 already and the put expects 0. Nothing is staged and nothing is written; the answer says which version is current.',
    cast: ['caller', 'put B', 'keyLocks', 'flusher', 'log'],
    prepare: async (stage) => {
      await stage.put('put A', 0);
      await stage.flushSucceeds();
    },
    play: (stage) => stage.put('put B', 0),
  },
  {
    title: 'A put whose key is in flight',
    about:
      'Put A waits for the disk and holds the key that put B asks for. Nobody waits for a key: B is refused at once, and the answer names A as the holder. A goes on as if B had never been.',
    cast: ['caller', 'put A', 'put B', 'keyLocks', 'flusher', 'log'],
    play: async (stage) => {
      await stage.put('put A', 0);
      await stage.put('put B', 0);
      await stage.flushSucceeds();
    },
  },
  {
    title: 'A disk that does not answer in time',
    about: `After ${PUT_TIMEOUT_MS / 1000} s in this run (\`putTimeoutMs\`) the caller is told that nobody knows yet. The put keeps its key and goes on waiting; when the disk answers, the put is committed like any other, but nobody is told a second time.`,
    cast: ['caller', 'supervisor', 'put A', 'keyLocks', 'flusher', 'log'],
    play: async (stage) => {
      await stage.put('put A', 0);
      await stage.passes(PUT_TIMEOUT_MS);
      await stage.flushSucceeds();
    },
  },
  {
    title: 'A flush that fails',
    about: `Put A is in the batch that fails: some of its bytes may have reached the disk, so its outcome is unknown and its key stays held. Put C had gathered for the next batch: it was not written and never will be. The store halts, refuses later puts at the door with 503, and the process exits with ${exitCodes.inputOutput}; the next start finds out what the disk has.`,
    cast: ['caller', 'put A', 'put C', 'keyLocks', 'flusher', 'log', 'store', 'owner'],
    play: async (stage) => {
      await stage.put('put A', 0);
      await stage.put('put C', 0, 'other');
      await stage.fails('log', EIO);
    },
  },
  {
    title: 'A full disk',
    about:
      'There is no room for the next log block, and nothing of the batch was written: a definite failure, after which the store goes on. Puts are refused as they come; every second the flusher looks for room, and once there is some, writing resumes by itself.',
    cast: ['caller', 'put A', 'put B', 'put C', 'keyLocks', 'flusher', 'log'],
    play: async (stage) => {
      await stage.put('put A', 0);
      await stage.fails('log', new NoRoom(ENOSPC));
      await stage.put('put B', 0);
      await stage.passes(1000);
      await stage.succeeds('log', 'there is room');
      await stage.put('put C', 0);
      await stage.flushSucceeds();
    },
  },
  {
    title: 'A compaction',
    about:
      'A block is sealed, and now there is one more than `maxBlocks`. The merge runs in a thread of its own and writes a file under a temporary name; the rename makes it part of the log, and only when that is synced are the blocks deleted that it stands for. A crash at any point leaves a log that the next start understands.',
    cast: ['blockWriter', 'compactor', 'thread', 'directory'],
    play: async (stage) => {
      await stage.sealsBlock();
      await stage.mergeSucceeds();
      await stage.succeeds('directory', 'named, synced');
      await stage.succeeds('directory', 'deleted, synced');
    },
  },
  {
    title: 'A stop',
    about: `Puts under way get their answers first. Then the compactor ends, the flusher is stopped, and the log is sealed and let go of; the process exits with ${exitCodes.stopped}.`,
    cast: ['caller', 'put A', 'flusher', 'log', 'compactor', 'store', 'owner'],
    play: async (stage) => {
      await stage.put('put A', 0);
      await stage.owner('drain');
      await stage.flushSucceeds();
      await stage.owner('close');
      await stage.succeeds('log', 'closed');
    },
  },
  {
    title: 'A data directory that is gone',
    about: `Somebody removed or replaced the data directory, and what is written now may be anywhere. The store halts as after a failed flush, and the process exits with ${exitCodes.inputOutput}.`,
    cast: ['directoryWatch', 'store', 'compactor', 'owner'],
    play: (stage) => stage.losesDirectory(),
  },
];

export interface PlayedStory extends Pick<Story, 'title' | 'about' | 'cast'> {
  /** All that happened, also to those who are not drawn. */
  readonly happenings: readonly Happening[];
}

export async function playStories(): Promise<PlayedStory[]> {
  const played: PlayedStory[] = [];
  for (const story of stories) {
    const stage = await StoreOnStage.open();
    await story.prepare?.(stage);
    const before = stage.happenings.length;
    await story.play(stage);
    played.push({ ...story, happenings: stage.happenings.slice(before) });
    stage.leave();
  }
  return played;
}
