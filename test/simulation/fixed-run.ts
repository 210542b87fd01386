/**
 * One fixed run through all that a store does with files: first start, puts, rotation, idle mark, compaction, a
 * crash, the start after it, clean stops. What goes wrong on the way is mended, and the run goes on: nothing may be
 * lost by it.
 */
import type { PutOutcome } from '../../src/outcome.ts';
import { outcomeSeen, Recorder } from '../history/recorder.ts';
import { textText } from '../history/value-text.ts';
import type { Call } from '../support/faulty-files.ts';
import { Random } from '../support/random.ts';
import type { FaultPlan } from './fault-plan.ts';
import { cutPower } from './power-loss.ts';
import { inOrder, runUntil, Scheduler } from './scheduler.ts';
import type { World } from './simulated-process.ts';
import { emptyDisk, SimulatedStore, smallSettings } from './simulated-store.ts';
import { checkMemory, checkRun, Wrong } from './verdict.ts';

/**
 * How a process that has halted, or did not start, is followed by the next: with the cache as it is, or without
 * power.
 */
export type Ending = 'process' | 'power';

export type Phase = 'opening' | 'serving' | 'closing';

/** What came of a fault for whoever uses the store. */
export type Consequence = 'none' | 'no room' | 'halted' | 'refused';

export interface FixedRun {
  /** Everything that happened to callers and operator, in order. */
  readonly consequences: readonly Consequence[];
  readonly events: ReadonlySet<string>;
}

const STEPS_MAX = 3000;
const KEYS = ['a', 'b', 'c'];
const ROOM_CHECK_MS = 1000;

export interface FixedRunOptions {
  /** As a fault plan, and told in which phase the store is. */
  readonly faultOf: (call: Call, phase: Phase) => ReturnType<FaultPlan>;
  readonly ending: Ending;
}

export async function runFixed(options: FixedRunOptions): Promise<FixedRun> {
  const run = new Run(options);
  await run.life(['a', 'b', 'a+c', 'large', 'a'], 'crash');
  await run.life(['b', 'c', 'a', 'b'], 'stop');
  await run.life(['a', 'a+c'], 'stop');
  run.mend();
  await run.life(['a'], 'stop');
  run.check();
  return run;
}

class Run implements FixedRun {
  readonly consequences: Consequence[] = [];
  readonly events = new Set<string>();
  readonly #options: FixedRunOptions;
  readonly #world: World;
  readonly #recorder = new Recorder();
  readonly #logs: ReturnType<typeof checkMemory>[] = [];
  #subject!: SimulatedStore;
  #phase: Phase = 'opening';
  #isMended = false;
  #lives = 0;
  #values = 0;

  constructor(options: FixedRunOptions) {
    this.#options = options;
    this.#world = { disk: emptyDisk(), scheduler: new Scheduler(inOrder), random: new Random(7), note: () => {} };
  }

  /** Nothing fails from now on. */
  mend(): void {
    this.#isMended = true;
  }

  /**
   * Starts the store, puts, and ends it. What a fault cut short is done again by a new process, with the fault
   * mended.
   */
  async life(puts: readonly string[], end: 'crash' | 'stop'): Promise<void> {
    await this.#start();
    for (const put of puts) await this.#putUntilDone(put);
    await this.#rest();
    if (end === 'stop') await this.#stop();
    else this.#crashInAnAppend();
  }

  check(): void {
    checkRun(this.#recorder.history, this.#logs);
  }

  async #start(): Promise<void> {
    const faults: FaultPlan = (call) => (this.#isMended ? undefined : this.#options.faultOf(call, this.#phase));
    this.#phase = 'opening';
    this.#subject = new SimulatedStore(this.#world, faults, smallSettings, {
      onEvent: (event) => this.events.add(event),
    });
    await this.#until(() => this.#subject.state !== 'opening', 'a start');
    this.#phase = 'serving';
    if (this.#subject.state === 'serving') {
      this.#lives += 1;
      this.#logs.push(checkMemory(this.#subject.store, this.#world.disk, KEYS));
      for (const key of KEYS) this.#get(key);
      return;
    }
    if (this.#isMended) throw new Wrong(`refused with nothing in its way: ${this.#subject.error}`);
    this.consequences.push('refused');
    this.#replaceProcess();
    await this.#start();
  }

  async #putUntilDone(what: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const { code } = await this.#put(what);
      if (code === 'COMMITTED') return;
      if (attempt > 3) throw new Wrong(`a put was answered ${code} for the fourth time`);
      if (code === 'DISK_FULL') await this.#waitForRoom();
      else await this.#afterHalt(code);
    }
  }

  async #put(what: string): Promise<PutOutcome> {
    const { store } = this.#subject;
    this.#values += 1;
    const keys = what === 'large' ? ['b'] : what.split('+');
    const operations = keys.map((key) => ({
      key,
      value: what === 'large' ? `v${this.#values}`.padEnd(5000, '.') : `v${this.#values}`,
      version: store.get(key)?.version ?? 0,
    }));
    const writes = operations.map(({ key, value, version }) => ({ key, expected: version, value: textText(value) }));
    const done = this.#recorder.put(this.#values, writes);
    let outcome: PutOutcome | undefined;
    void store.put(operations).then((answer) => {
      outcome = answer;
      done(outcomeSeen(answer));
    });
    await this.#until(() => outcome !== undefined, 'a put');
    return outcome!;
  }

  /** The store goes on by itself once there is room. */
  async #waitForRoom(): Promise<void> {
    this.consequences.push('no room');
    this.mend();
    const { scheduler } = this.#world;
    const retriedMs = scheduler.nowMs + 2 * ROOM_CHECK_MS;
    await this.#until(() => scheduler.nowMs > retriedMs, 'waiting for room');
  }

  async #afterHalt(code: PutOutcome['code']): Promise<void> {
    if (code !== 'OUTCOME_UNKNOWN' && code !== 'HALTED') throw new Wrong(`a put was answered ${code}`);
    const then = await this.#put('c');
    if (then.code !== 'HALTED') throw new Wrong(`after ${code} a put was answered ${then.code}`);
    if (this.#subject.state !== 'halted') throw new Wrong(`after ${code} the store is ${this.#subject.state}`);
    this.consequences.push('halted');
    this.#replaceProcess();
    await this.#start();
  }

  /** Lets the mark be written and the compactor come to rest. */
  async #rest(): Promise<void> {
    const { scheduler } = this.#world;
    const restedMs = scheduler.nowMs + 2 * smallSettings.idleMarkMs;
    await this.#until(() => scheduler.isIdle && scheduler.nowMs > restedMs, 'coming to rest');
    if (this.#subject.state !== 'halted') return;
    await this.#afterHalt((await this.#put('c')).code);
  }

  async #stop(): Promise<void> {
    this.#phase = 'closing';
    this.#subject.close();
    await this.#until(() => this.#subject.state !== 'serving', 'a clean stop');
    if (this.#subject.state === 'halted') this.consequences.push('halted');
    if (this.#subject.state === 'halted') this.mend();
    this.#end('process');
  }

  #crashInAnAppend(): void {
    void this.#subject.store.put([{ key: 'd', value: 'lost', version: 0 }]);
    this.#end(this.#options.ending);
  }

  #replaceProcess(): void {
    this.mend();
    this.#end(this.#options.ending);
  }

  #end(ending: Ending): void {
    const { disk, random } = this.#world;
    if (this.#subject.isOpen || this.#subject.state === 'closed') this.#recorder.restart();
    this.#subject.process.kill();
    if (ending === 'power') cutPower(disk, () => random.chance(0.5), random);
  }

  #get(key: string): void {
    const done = this.#recorder.get(-this.#lives, key);
    const found = this.#subject.store.get(key);
    done(found && { value: textText(found.value as string), version: found.version });
  }

  async #until(isDone: () => boolean, what: string): Promise<void> {
    await runUntil(this.#world.scheduler, isDone, STEPS_MAX, what);
    this.#subject.throwIfBroken();
  }
}
