/** A line on each state, for people who see the machines for the first time. A state without one is shown by its name alone. */
import type { MachineName, StateName } from '../protocol.ts';

export function stateMeaning(machine: MachineName, state: StateName): string | undefined {
  return MEANINGS[machine][state] ?? MEANINGS[machine][state.slice(state.lastIndexOf('.') + 1)];
}

const MEANINGS: Readonly<Record<MachineName, Readonly<Record<string, string>>>> = {
  transaction: {
    reserving: 'Asks for all of its keys at once.',
    validating: 'Compares the versions that the client expected with the committed ones.',
    staging: 'Encodes its record for the log, and finds room for it in memory.',
    awaitingFlush: 'Waits until the flush that carries it is on disk. Its keys are held.',
    overdue: 'The disk is slow: the client has been told that the outcome is unknown. Its keys stay held.',
    committed: 'On disk, visible, answered with success.',
    rejected: 'Refused before anything was written: stale, in flight, or no room.',
    rolledBack: 'The flush definitely failed: nothing was written.',
    undecided: 'The disk failed, and nobody knows. The keys stay held.',
  },
  keyLocks: { serving: 'Grants all keys of a put or none. No put ever waits for a key.' },
  flusher: {
    idle: 'Nothing waits, and the last batch is marked as the end of the log.',
    gathering: 'Puts gather until the turn ends, or the batch is full.',
    flushing: 'One write and one sync are under way, for a whole batch of puts.',
    flushed: 'The batch is on disk; its puts are told so.',
    unmarked: 'Nothing waits. After a while the end of the log is marked.',
    marking: 'Writes the mark that proves the last batch.',
    marked: 'The mark is on disk.',
    waitingForRoom: 'The disk is full: puts are refused, and room is looked for every second.',
    makingRoom: 'Tries to make the next block.',
    halted: 'A sync failed: nothing is written any more.',
  },
  compactor: {
    resting: 'There are no more blocks than there may be.',
    merging: 'Reads a run of blocks and writes one with the latest versions.',
    publishing: 'Puts the merged block in place, with a rename.',
    discarding: 'Deletes the blocks that were merged.',
    backingOff: 'A merge came to nothing: it is tried again in a while.',
    stopped: 'Merges no more until the next start.',
    closed: 'Has ended.',
  },
  store: {
    recovering: 'Reads the log, and checks every byte of it.',
    running: 'The other machines are there.',
    serving: 'Takes puts and gets.',
    draining: 'Takes no new puts; those under way run to their end.',
    stoppingCompactor: 'Waits for the compactor to end.',
    closingLog: 'Seals the log and lets go of the directory.',
    closed: 'Stopped as it was asked to.',
    refused: 'Could not start.',
    halted: 'The disk failed: the process ends.',
  },
};
