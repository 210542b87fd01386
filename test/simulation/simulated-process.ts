/**
 * One process on a simulated machine: the platform contract over disk and scheduler. Every file call waits until the
 * scheduler ends it, and takes effect then; when the process is killed each call under way has happened, or half, or
 * not.
 */
import { basename, dirname } from 'node:path';
import { invariant } from '../../src/invariant.ts';
import type { AppendableFile, Clock, FileSystem, Platform, Randomness, Turns } from '../../src/wal/platform.ts';
import type { Call, CallKind } from '../support/faulty-files.ts';
import type { Random } from '../support/random.ts';
import type { FaultPlan, InjectedFault } from './fault-plan.ts';
import type { Owner, Scheduler } from './scheduler.ts';
import { diskError, type SimulatedDisk, statOf } from './simulated-disk.ts';
import type { SimulatedFile } from './simulated-file.ts';

/** The machine that processes run on, one after the other. */
export interface World {
  readonly disk: SimulatedDisk;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Called for every file call that ends: what a reader of a trace wants to see. */
  readonly note: (line: string) => void;
}

/** How far a call came: the share of its bytes, and whether it was done with, synced if it is a call that syncs. */
interface Progress {
  readonly share: number;
  readonly isDone: boolean;
}

interface CallUnderWay extends Call, OtherEffects {
  /** Takes effect, as far as told. */
  readonly effect: (progress: Progress) => unknown;
}

interface OtherEffects {
  /** Takes effect, in what a failed sync leaves behind. */
  readonly failSync?: () => void;
  /** Takes effect for whoever asks, and not on disk. */
  readonly lie?: () => void;
}

const DONE: Progress = { share: 1, isDone: true };

export class SimulatedProcess implements Platform, Owner {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly turns: Turns;
  readonly random: Randomness;
  readonly #world: World;
  readonly #faults: FaultPlan;
  readonly #underWay = new Set<CallUnderWay>();
  readonly #lockedFiles: Set<string>;
  isDead = false;
  /** Descriptors that were opened and not closed. */
  openFiles = 0;
  /** Calls that failed because the plan said so. */
  faultsInjected = 0;
  lastErrno: string | undefined;
  /**
   * Called whenever a call has changed the cache, and before one makes anything durable: where a crash makes a
   * difference.
   */
  onCrashPoint: (call: Call) => void = () => {};

  constructor(world: World, faults: FaultPlan) {
    this.#world = world;
    this.#faults = faults;
    const { scheduler, random } = world;
    this.clock = scheduler.clockOf(this);
    this.turns = scheduler.turnsOf(this);
    this.random = { bytes: (count) => Uint8Array.from({ length: count }, () => random.integer(0, 255)) };
    this.#lockedFiles = new Set();
    this.files = this.#fileSystem();
  }

  /** Whether a batch is on its way to the disk. */
  get isAppending(): boolean {
    return [...this.#underWay].some(({ kind }) => kind === 'appendDurably');
  }

  /** Ends the process. What it wrote is in the cache; each call under way has happened, or a part of it, or nothing. */
  kill(): void {
    const { random, scheduler } = this.#world;
    this.isDead = true;
    for (const { kind, effect } of this.#underWay) {
      if (!CHANGING.has(kind)) continue;
      try {
        effect({ share: random.pick([0, 1, random.next()]), isDone: random.chance(0.5) });
      } catch {
        // It would have failed, and nobody would have seen it.
      }
    }
    scheduler.forgetTheDead();
  }

  #fileSystem(): FileSystem {
    const { disk, random } = this.#world;
    const whole = (kind: CallKind, path: string, what: string, work: () => unknown) =>
      this.#call({ kind, file: basename(path), what, effect: ({ isDone }) => (isDone ? work() : undefined) });
    return {
      list: (path) => whole('list', path, '', () => shuffled(disk.list(path), random)) as Promise<string[]>,
      stat: (path) => whole('stat', path, '', () => disk.stat(path)) as never,
      makeDirectory: (path) => whole('makeDirectory', path, '', () => disk.makeDirectory(path)) as Promise<void>,
      freeBytes: (path) => whole('freeBytes', path, '', () => disk.freeBytes) as Promise<number>,
      openToRead: (path) => whole('openToRead', path, '', () => this.#open(disk.openFile(path))) as never,
      openToAppend: (path, mode) =>
        whole('openToAppend', path, mode, () =>
          this.#open(mode === 'create' ? disk.createFile(path) : disk.openFile(path)),
        ) as never,
      create: (path) => whole('create', path, '', () => this.#open(disk.createFile(path))) as never,
      rename: (from, to) => whole('rename', from, `to ${basename(to)}`, () => disk.rename(from, to)) as Promise<void>,
      unlink: (path) => whole('unlink', path, '', () => disk.unlink(path)) as Promise<void>,
      syncDirectory: (path) => whole('syncDirectory', path, '', () => disk.syncDirectory(path)) as Promise<void>,
      lock: (path) => whole('lock', path, '', () => this.#lock(path)) as never,
    };
  }

  #lock(path: string): { release: () => Promise<void> } | undefined {
    const { disk } = this.#world;
    if (disk.find(dirname(path)) === undefined) throw diskError('ENOENT', path);
    if (this.#lockedFiles.has(path)) return undefined;
    if (!disk.find(path)) disk.createFile(path);
    this.#lockedFiles.add(path);
    return { release: async () => void this.#lockedFiles.delete(path) };
  }

  #open(file: SimulatedFile): AppendableFile {
    let isOpen = true;
    this.openFiles += 1;
    const call = (kind: CallKind, what: string, effect: CallUnderWay['effect'], others: OtherEffects = {}) => {
      invariant(isOpen, () => `${kind} on ${file.name}, which is closed`);
      return this.#call({ kind, file: file.name, what, effect, ...others });
    };
    const write = (bytes: Uint8Array, position: number, { share }: Progress) => {
      const wanted = Math.floor(bytes.length * share);
      const room = this.#world.disk.roomFor(file, wanted, position);
      file.write(bytes.subarray(0, room), position);
      if (room < wanted) throw diskError('ENOSPC', file.name);
    };
    const lie = () => file.promise();
    const failSync = () => file.failSync(() => this.#world.random.chance(0.5));
    return {
      read: (into, at) => call('read', extent(into, at), () => file.read(into, at)) as Promise<number>,
      stat: () => call('fstat', '', () => statOf(file)) as never,
      write: (bytes, at) => call('write', extent(bytes, at), (progress) => write(bytes, at, progress)) as Promise<void>,
      sync: () => call('sync', '', ({ isDone }) => isDone && file.sync(), { failSync, lie }) as Promise<void>,
      appendDurably: (bytes, at) => {
        // Space that was only promised may be missing after a power cut, with the batch that was written into it.
        invariant(at + bytes.length <= file.promisedBytes, () => `an append to ${file.name} behind what was synced`);
        const append = (progress: Progress) => {
          write(bytes, at, progress);
          if (!progress.isDone) return;
          this.onCrashPoint({ kind: 'appendDurably', file: file.name, what: extent(bytes, at) });
          file.syncRange(at, bytes.length);
        };
        return call('appendDurably', extent(bytes, at), append, { failSync }) as Promise<void>;
      },
      close: () => {
        const closed = call('close', '', () => {
          this.openFiles -= 1;
        });
        isOpen = false;
        return closed as Promise<void>;
      },
    };
  }

  #call(call: CallUnderWay): Promise<unknown> {
    // The dead do nothing and are told nothing.
    if (this.isDead) return new Promise(() => {});
    this.#underWay.add(call);
    const fault = this.#faults(call);
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#underWay.delete(call);
        try {
          resolve(this.#take(call, fault));
          this.#note(call, 'ok');
        } catch (error) {
          this.#note(call, (error as { code?: string }).code ?? 'broken');
          reject(error);
        }
      };
      this.#world.scheduler.whenever(this, end, fault?.hangMs);
    });
  }

  #take(call: CallUnderWay, fault: InjectedFault | undefined): unknown {
    if (fault?.errno === undefined && !fault?.isLie && !fault?.readsShort) return this.#perform(call);
    this.faultsInjected += 1;
    if (fault.readsShort) return Math.floor((call.effect(DONE) as number) / 2);
    this.lastErrno = fault.errno;
    if (fault.isLie) return call.lie?.() ?? call.effect({ share: 1, isDone: false });
    call.effect({ share: fault.share ?? 0, isDone: fault.happened ?? false });
    call.failSync?.();
    throw diskError(fault.errno!, `injected, ${call.kind} ${call.file}`);
  }

  #perform(call: CallUnderWay): unknown {
    const { kind, effect } = call;
    if (SYNCING.has(kind)) this.onCrashPoint(call);
    const result = effect(DONE);
    if (CHANGING.has(kind) && !SYNCING.has(kind) && kind !== 'appendDurably') this.onCrashPoint(call);
    return result;
  }

  #note({ kind, file, what }: Call, result: string): void {
    this.#world.note(`${kind} ${file} ${what} ${result}`);
  }
}

export const CHANGING: ReadonlySet<CallKind> = new Set<CallKind>([
  'makeDirectory',
  'openToAppend',
  'create',
  'write',
  'sync',
  'appendDurably',
  'rename',
  'unlink',
  'syncDirectory',
]);

const SYNCING: ReadonlySet<CallKind> = new Set<CallKind>(['sync', 'syncDirectory']);

function extent(bytes: Uint8Array, position: number): string {
  return `${position}+${bytes.length}`;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
