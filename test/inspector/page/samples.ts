/** Frames and records for the tests of the page: nothing happens in them unless a test says so. */
import type { Frame, Hello, Recording, TransactionRecord } from '../../../src/inspector/protocol.ts';

export const hello: Hello = {
  type: 'hello',
  format: 1,
  version: '0.1.0',
  startedAt: '2026-11-30T12:00:00.000Z',
  frameIntervalMs: 100,
  hides: { keys: false, values: false },
  settings: { maxBlocks: 10, maxBlockSize: 4194304, batchTime: 0, queuedPutsMax: 1000 },
  charts: [],
};

export const noPuts = {
  begun: 0,
  committed: 0,
  stale: 0,
  inFlight: 0,
  refused: 0,
  rolledBack: 0,
  undecided: 0,
  underWay: 0,
};

export function frame(number: number, changes: Partial<Frame> = {}): Frame {
  return {
    type: 'frame',
    number,
    atMs: number * 100,
    intervalMs: 100,
    states: { store: {}, transaction: {}, keyLocks: {}, flusher: {}, compactor: {} },
    edges: {},
    puts: noPuts,
    sampling: { oneIn: 1, asked: 'auto', seen: 0, chosen: 0 },
    transactions: [],
    locks: { held: 0, shown: [] },
    hotKeys: [],
    flushes: { count: 0, transactions: 0, bytes: 0, busyMs: 0, longestMs: 0, failed: 0, waiting: 0 },
    flushRecords: [],
    blocks: { sealed: [], sealedCount: 0, sealedBytes: 0, merging: [] },
    compactions: [],
    ...changes,
  };
}

export function transaction(id: string, changes: Partial<TransactionRecord> = {}): TransactionRecord {
  return {
    id,
    startedMs: 100,
    outcome: 'underWay',
    keyCount: 1,
    keys: [],
    steps: [{ atMs: 100, to: 'reserving' }],
    messages: [],
    rivals: [],
    ...changes,
  };
}

export function recordingOf(frames: readonly Frame[]): Recording {
  return { format: 1, hello, frames };
}
