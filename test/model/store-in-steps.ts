/** The real store on a disk in memory, every file call and turn of which comes when the scheduler says. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type fc from 'fast-check';
import type { PutOperation } from '../../src/outcome.ts';
import { PAGE_BYTES } from '../../src/wal/format.ts';
import { exitCodes, StartRefusal } from '../../src/wal/refusal.ts';
import { checkEnd, checkRefusal, type DiskState } from './check-outcome.ts';
import type { Subject } from './commands.ts';
import { MemoryDisk } from './memory-disk.ts';
import type { Specification } from './specification.ts';
import { type Sizes, SteppedProcess } from './stepped-process.ts';
import { KEYS } from './values.ts';

/** Blocks of two batches, few of them: rotation and compaction come soon. */
const SMALL: Sizes = { batchTime: 0, maxBlockSize: 4 * PAGE_BYTES, maxBlocks: 2 };
/** The store looks for room every second, and makes it. */
const ROOM_WITHIN_MS = 1100;

export class StoreInSteps implements Subject {
  /** What was done and answered, counted. */
  readonly figures: Record<string, number> = {};
  readonly #scheduler: fc.Scheduler;
  readonly #memory: MemoryDisk;
  #processes = 0;
  #process!: SteppedProcess;
  readonly #sizes: Sizes;
  #isDiskFull = false;
  /** What the puts may meet. It is full also when there is room again that the store has not found yet. */
  #disk: DiskState = 'sound';
  readonly #underWay = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(scheduler: fc.Scheduler, sizes = SMALL, disk = new MemoryDisk()) {
    this.#scheduler = scheduler;
    this.#sizes = sizes;
    this.#memory = disk;
  }

  /** The first start, or one after another process. On a full disk it may be refused, and then only for that. */
  async start(specification: Specification): Promise<void> {
    try {
      await this.#open();
    } catch (error) {
      if (!this.#isDiskFull || !(error instanceof StartRefusal)) throw error;
      assert.equal(error.exitCode, exitCodes.inputOutput);
      this.#count('starts refused for want of room');
      await this.#process.die();
      this.#isDiskFull = false;
      await this.#open();
    }
    this.#disk = this.#isDiskFull ? 'full' : 'sound';
    const { store } = this.#process;
    const states = specification.atStart();
    const survivors = states.findIndex((state) => state.keys.length === store.recovered.keys && this.#has(state));
    const found = states[survivors];
    assert(found, 'what was found at start is no prefix of the commit order with every acknowledged put');
    this.#count('puts without an answer that were found at a start', survivors);
    this.#count('puts without an answer that were not', states.length - 1 - survivors);
    specification.become(found);
  }

  async step(count: number): Promise<void> {
    await this.#process.platform.step(count);
    this.#throwFailure();
  }

  async put(specification: Specification, operations: readonly PutOperation[]): Promise<void> {
    await this.#untilSettled(this.#send(specification, operations), 'the answer to a put');
  }

  async beginPut(specification: Specification, operations: readonly PutOperation[]): Promise<void> {
    void this.#send(specification, operations);
    this.#throwFailure();
  }

  async putAtOnce(specification: Specification, puts: readonly (readonly PutOperation[])[]): Promise<void> {
    const sent: Promise<void>[] = [];
    for (const operations of puts) {
      sent.push(this.#send(specification, operations));
      await Promise.resolve(); // a put that is refused at once has its answer before the next is sent
    }
    await this.#untilSettled(Promise.all(sent), 'the answers to puts at once');
  }

  async get(specification: Specification, key: string): Promise<void> {
    this.#count('gets');
    assert.deepStrictEqual(this.#process.store.get(key), specification.get(key));
  }

  async restart(specification: Specification): Promise<void> {
    this.#count('restarts');
    await this.#process.stop();
    this.#throwFailure();
    assert.deepStrictEqual(specification.inFlight, [], 'puts without an answer at a clean stop');
    await this.start(specification);
  }

  async crash(specification: Specification): Promise<void> {
    this.#count('crashes');
    await this.#process.die();
    this.#underWay.clear();
    await this.start(specification);
  }

  async compact(specification: Specification): Promise<void> {
    if (this.#disk === 'full') return; // it would be waited for in vain
    await this.settle();
    const process = this.#process;
    const before = process.compactions;
    const key = KEYS[0]!;
    const { maxBlocks, maxBlockSize } = this.#sizes;
    const batches = (maxBlocks + 2) * (maxBlockSize / PAGE_BYTES - 2);
    for (let value = 0; value < batches; value += 1)
      await this.put(specification, [{ key, value, version: specification.currentVersion(key) }]);
    await process.platform.until(() => process.compactions > before, 'a merge of blocks');
    this.#count('compactions');
    assert(this.#has(specification), 'another state than before the merge');
  }

  async letPass(ms: number): Promise<void> {
    await this.#process.platform.letPass(ms);
    this.#throwFailure();
  }

  async fillDisk(): Promise<void> {
    this.#isDiskFull = true;
    this.#disk = 'full';
    this.#process.fillDisk();
  }

  async freeDisk(): Promise<void> {
    this.#isDiskFull = false;
    this.#process.files.heal();
    await this.settle();
    const { platform, store } = this.#process;
    await platform.until(() => store.readiness().ready, 'room on a disk that has it', ROOM_WITHIN_MS);
    this.#disk = 'sound';
  }

  async breakDisk(specification: Specification, afterBytes: number): Promise<void> {
    if (this.#disk === 'full') await this.freeDisk();
    this.#count('broken disks');
    this.#disk = 'broken';
    this.#process.breakDisk(afterBytes);
    const key = KEYS[0]!;
    const another = () => this.#send(specification, [{ key, value: 0, version: specification.currentVersion(key) }]);
    void another();
    await this.settle();
    // What was under way may have been in time; then this one is the first that fails.
    void another();
    await this.settle();
    assert.equal(this.#process.store.refusesPuts()?.code, 'HALTED');
    assert(this.#has(specification), 'reads show what is not durable');
    await this.crash(specification);
  }

  /** Every put under way gets its answer. */
  async settle(): Promise<void> {
    await this.#untilSettled(Promise.all(this.#underWay), 'the answers to all puts');
  }

  async #open(): Promise<void> {
    this.#processes += 1;
    this.#process = new SteppedProcess(this.#scheduler, this.#memory, this.#processes, this.#sizes);
    if (this.#isDiskFull) this.#process.fillDisk();
    await this.#process.open(
      (error) => this.#fail(error),
      (error) => this.#disk === 'broken' || this.#fail(error),
    );
  }

  /** The specification decides in the turn in which the put is sent, as the store does. */
  #send(specification: Specification, operations: readonly PutOperation[]): Promise<void> {
    const process = this.#process;
    const verdict = specification.begin(operations);
    const answered = process.store.put(operations).then((outcome) => {
      if (process.isDead) return;
      this.#count(outcome.code);
      if (verdict.code === 'LET_IN') checkEnd(specification, verdict.ticket, outcome, this.#disk);
      else if (outcome.code !== 'HALTED' || this.#disk !== 'broken') checkRefusal(verdict, outcome);
    });
    const noted = answered.catch((error) => this.#fail(error));
    this.#underWay.add(noted);
    void noted.then(() => this.#underWay.delete(noted));
    return noted;
  }

  async #untilSettled(work: Promise<unknown>, what: string): Promise<void> {
    await this.#process.platform.untilSettled(work, what);
    this.#throwFailure();
  }

  #has(specification: Specification): boolean {
    const keys = new Set([...KEYS, ...specification.keys]);
    return [...keys].every((key) => isDeepStrictEqual(this.#process.store.get(key), specification.get(key)));
  }

  #count(what: string, count = 1): void {
    this.figures[what] = (this.figures[what] ?? 0) + count;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
