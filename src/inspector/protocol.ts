/**
 * What the inspector tells its page, over the socket and in recordings: one `Hello`, then a `Frame` every
 * `frameIntervalMs`. A recording is the same, in a file. Types alone: the page is typed by them as well.
 *
 * Times are milliseconds on the server's monotonic clock, from the moment at which this watch began, with fractions.
 * Versions and seqs are exact as JSON numbers (at most 2^53 − 1); values are JSON texts.
 */

export type MachineName = 'store' | 'transaction' | 'keyLocks' | 'flusher' | 'compactor';

/** The path of a state within its machine, joined by dots: `running.serving`. */
export type StateName = string;

/** A transition as the machine defines it: `flushing: done(flush) → flushed`. Unique within its machine. */
export type EdgeName = string;

/** From the server, once, before the first frame. */
export interface Hello {
  readonly type: 'hello';
  /** Of this protocol and of recordings; a page refuses what it does not know. */
  readonly format: 1;
  /** Of concave. */
  readonly version: string;
  /** Wall clock at time 0, ISO 8601, for people. */
  readonly startedAt: string;
  readonly frameIntervalMs: number;
  readonly hides: { readonly keys: boolean; readonly values: boolean };
  /** Settings that the page shows beside what they bound. */
  readonly settings: {
    readonly maxBlocks: number;
    readonly maxBlockSize: number;
    readonly batchTime: number;
    readonly queuedPutsMax: number;
  };
  readonly charts: readonly Chart[];
}

/** All that is told of one interval. */
export interface Frame {
  readonly type: 'frame';
  /** Dense from 1 for each watch; who comes later begins later. What is missing in between was dropped for a slow viewer. */
  readonly number: number;
  readonly atMs: number;
  /** Since the frame before; counts of this frame are of this time. */
  readonly intervalMs: number;
  /** Actors in each state at this moment; in a final state, those that ended there since the watch began. Zeros are left out. */
  readonly states: Readonly<Record<MachineName, Readonly<Record<StateName, number>>>>;
  /** How often each transition was taken in the interval. Zeros are left out. */
  readonly edges: Readonly<Partial<Record<MachineName, Readonly<Record<EdgeName, number>>>>>;
  /** Of all puts, shown or not. */
  readonly puts: PutCounts;
  readonly sampling: Sampling;
  /** Those shown that changed in the interval, each whole; the last of an id is the one that holds. */
  readonly transactions: readonly TransactionRecord[];
  readonly locks: Locks;
  /** The keys of which most puts were seen in the last while, most first; at most 20. Estimates where there are very many keys. */
  readonly hotKeys: readonly HotKey[];
  readonly flushes: FlushTotals;
  /** Those of the interval that carried a transaction shown, and the slowest. */
  readonly flushRecords: readonly FlushRecord[];
  readonly blocks: Blocks;
  readonly compactions: readonly CompactionRecord[];
}

/** How many puts began and ended in the interval, by outcome. */
export interface PutCounts {
  readonly begun: number;
  readonly committed: number;
  /** Refused: a version was another than expected. */
  readonly stale: number;
  /** Refused: a key was being written by another put. */
  readonly inFlight: number;
  /** Refused for another reason, such as memory. */
  readonly refused: number;
  /** The flush definitely failed. */
  readonly rolledBack: number;
  /** The disk failed and nobody knows. */
  readonly undecided: number;
  /** Under way now. */
  readonly underWay: number;
}

export interface Sampling {
  /** One in so many puts is chosen to be shown, at its start. */
  readonly oneIn: number;
  /** The least that any of the viewers asked for; `oneIn` is larger when that would be too many. They share one sample. */
  readonly asked: number | 'auto';
  /** Puts begun in the interval, and how many of them were chosen. */
  readonly seen: number;
  readonly chosen: number;
  /** Records that must wait for the next frame because this one would have become too large; missing if none must. */
  readonly withheld?: number;
  /** All puts on these keys are chosen, as far as the budget goes; missing if there are none. */
  readonly keys?: readonly string[];
}

export type Outcome = 'underWay' | 'committed' | 'stale' | 'inFlight' | 'refused' | 'rolledBack' | 'undecided';

export interface TransactionRecord {
  /** 32 hexadecimal digits, as the client is told. */
  readonly id: string;
  readonly startedMs: number;
  readonly endedMs?: number;
  readonly outcome: Outcome;
  /** The code of the answer, such as `STALE_VERSION`; the caller has it even where the outcome is still open (`OUTCOME_UNKNOWN`). */
  readonly code?: string;
  readonly error?: string;
  readonly seq?: number;
  readonly keyCount: number;
  /** The first of them, and all that stood against the put, up to 50. */
  readonly keys: readonly KeyRecord[];
  /** In order; the first is its beginning and has no edge. */
  readonly steps: readonly Step[];
  readonly messages: readonly Message[];
  /** The `FlushRecord` that carried it. */
  readonly flush?: number;
  /** Who held its keys when it asked for them. */
  readonly rivals: readonly Rival[];
}

export interface Step {
  readonly atMs: number;
  readonly edge?: EdgeName;
  readonly to: StateName;
}

export type Lifeline = 'http' | 'transaction' | 'keyLocks' | 'flusher' | 'disk';

export interface Message {
  readonly atMs: number;
  readonly from: Lifeline;
  readonly to: Lifeline;
  /** `reserve`, `granted`, `denied`, `append`, `write`, `synced`, `durable`, `release`, `answer` … */
  readonly type: string;
  /** A few words: `3 keys`, `412 STALE_VERSION`, `seq 81`. */
  readonly detail?: string;
}

export interface KeyRecord {
  /** The key, or where keys are hidden a label that is the same for the same key until the server stops: `key#9f3a21c0`. */
  readonly key: string;
  readonly expected: number;
  /** The committed version when the put was validated; missing before that. */
  readonly current?: number;
  /** The version that the put gave it. */
  readonly written?: number;
  /** A JSON text, cut off after 200 characters; missing where values are hidden. */
  readonly value?: string;
  readonly conflict?: 'stale' | 'inFlight';
  /** Of a key in flight: the transaction that held it. */
  readonly holder?: string;
  /** Of a stale key: who wrote its current version, if that was seen. */
  readonly writer?: { readonly id: string; readonly atMs: number };
}

export interface Rival {
  readonly id: string;
  /** Its state when it stood in the way, and how long it had been under way; missing if it had just ended. */
  readonly state?: StateName;
  readonly ageMs?: number;
  readonly keyCount?: number;
}

export interface Locks {
  /** Keys held now. */
  readonly held: number;
  /** The oldest of them, at most 50. */
  readonly shown: readonly {
    readonly key: string;
    readonly holder: string;
    /** Missing where the holder has ended undecided: its keys stay held until the server stops. */
    readonly ageMs?: number;
  }[];
}

/** Counts since the watch began, fading with a half-life of a minute, so that the list shows what is hot now. */
export interface HotKey {
  readonly key: string;
  readonly wins: number;
  readonly stale: number;
  readonly inFlight: number;
}

/** Flushes that ended in the interval. */
export interface FlushTotals {
  readonly count: number;
  readonly transactions: number;
  readonly bytes: number;
  /** Their durations added up, and the longest. */
  readonly busyMs: number;
  readonly longestMs: number;
  readonly failed: number;
  /** Waiting for the next flush now. */
  readonly waiting: number;
}

export interface FlushRecord {
  /** Dense from 1 for each watch. */
  readonly number: number;
  readonly startedMs: number;
  readonly tookMs: number;
  readonly transactions: number;
  readonly bytes: number;
  /** Missing if it failed. */
  readonly firstSeq?: number;
  readonly error?: string;
}

export interface Blocks {
  /** Sealed blocks, oldest first; at most the newest 100. */
  readonly sealed: readonly { readonly name: string; readonly bytes: number; readonly kind: 'log' | 'compacted' }[];
  readonly sealedCount: number;
  readonly sealedBytes: number;
  /** Of the sealed ones, the names being merged now. */
  readonly merging: readonly string[];
}

export interface CompactionRecord {
  readonly endedMs: number;
  readonly tookMs: number;
  readonly inputs: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** What went wrong, if anything did. */
  readonly error?: string;
}

/** How a machine is drawn. Made by `npm run diagrams` from the machine itself; lengths in pixels from the upper left corner. */
export interface Chart {
  readonly machine: MachineName;
  readonly title: string;
  /** One or two sentences on what the machine is for. */
  readonly about: string;
  readonly width: number;
  readonly height: number;
  /** Parents before their children. */
  readonly states: readonly ChartState[];
  readonly edges: readonly ChartEdge[];
}

export interface ChartState {
  readonly name: StateName;
  readonly label: string;
  readonly kind: 'atomic' | 'compound' | 'final' | 'initial';
  readonly parent?: StateName;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Transitions that leave it as it is, listed inside its box; of the machine itself: in its frame. */
  readonly inner: readonly { readonly edge: EdgeName; readonly label: string }[];
}

export interface ChartEdge {
  /** Missing on the arrow to the initial state. */
  readonly name?: EdgeName;
  readonly from: StateName;
  readonly to: StateName;
  /** A polyline, orthogonal; the arrow head is at its end. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Lines of text, the event first, then `[guard]`. */
  readonly label: readonly string[];
  readonly labelBox?: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** From the page: first of all its token, then what it wants to see, at any time. Nothing else is understood. */
export type ViewerMessage =
  | { readonly type: 'open'; readonly token?: string }
  | { readonly type: 'watch'; readonly oneIn: number | 'auto'; readonly key?: string };

/** From the server, before it closes the socket: why. */
export interface Goodbye {
  readonly type: 'goodbye';
  readonly code: 'UNAUTHORIZED' | 'BAD_MESSAGE' | 'TOO_MANY_VIEWERS' | 'STOPPING' | 'FAILED';
  readonly error: string;
}

export type ServerMessage = Hello | Frame | Goodbye;

/** What "save" writes and "open" reads. */
export interface Recording {
  readonly format: 1;
  readonly hello: Hello;
  readonly frames: readonly Frame[];
}
