/**
 * One random run: a seed decides what clients do, what fails, when the store dies and what the disk has then. The
 * whole of it is checked: each answer, the log behind it, and that the store serves again once nothing fails any
 * more.
 */
import { hash } from 'node:crypto';
import type { LogContents } from '../history/read-log.ts';
import { Random } from '../support/random.ts';
import { Clients } from './clients.ts';
import { type FaultPlan, noFaults, randomFaults } from './fault-plan.ts';
import { cutPowerAtRandom } from './power-loss.ts';
import { noCounts, type Report } from './report.ts';
import { Rot } from './rot.ts';
import { describePlan, drawPlan, type RunPlan } from './run-plan.ts';
import { runUntil, Scheduler, settled } from './scheduler.ts';
import type { World } from './simulated-process.ts';
import { DATA_DIR, emptyDisk, SimulatedStore, type SimulatedStoreOptions } from './simulated-store.ts';
import { checkHalt, checkMemory, checkPlainness, checkRefusal, checkRun, Wrong } from './verdict.ts';

export interface RunOptions {
  /** Called with each line of the trace. */
  readonly onTrace?: (line: string) => void;
}

/** Rejects with what is wrong and how to see it again. */
export async function runSeed(seed: number, options: RunOptions = {}): Promise<Report> {
  const run = new Run(seed, options);
  try {
    return await run.execute();
  } catch (error) {
    const replay = `node test/simulation/replay.ts --seed ${seed}`;
    const message = `seed ${seed}: ${(error as Error).message}\nreplay: npx ${replay}\nplan: ${describePlan(run.plan)}`;
    throw new Error(message, { cause: error });
  }
}

const OPENING_STEPS_MAX = 5000;
const CLOSING_STEPS_MAX = 20_000;
/** With the longest back-off of the compactor and the retry for room this is many times what a put can take. */
const LIVENESS_STEPS_MAX = 5000;
const PUTS_UNTIL_ONE_COMMITS_MAX = 50;
/** How long a run waits for a batch under way before it kills the process. */
const APPEND_STEPS_MAX = 30;
const CLOCK_JUMPS_MS = [1, 99, 1000, 9999, 60_000, 10 * 365 * 86_400_000];

class Run {
  readonly plan: RunPlan;
  readonly #seed: number;
  readonly #random: Random;
  readonly #world: World;
  readonly #clients: Clients;
  readonly #rot: Rot;
  readonly #trace: string[] = [];
  readonly #onTrace: (line: string) => void;
  readonly #events = new Map<string, number>();
  /** Whether calls are spared for the rest of this life. */
  #isCalm = false;
  #wasStoppedCleanly = false;
  /** What lay in the directory after each start that succeeded, and at the end. */
  readonly #logs: LogContents[] = [];
  #hasReadEveryLog = true;
  readonly #counts = noCounts();

  constructor(seed: number, { onTrace = () => {} }: RunOptions) {
    this.#seed = seed;
    this.#onTrace = onTrace;
    const random = new Random(seed);
    this.#random = random;
    this.plan = drawPlan(random);
    const scheduler = new Scheduler(
      (count) => random.integer(0, count - 1),
      () => this.#passingMs(),
    );
    const disk = emptyDisk();
    this.#world = { disk, scheduler, random, note: (line) => this.#note(line) };
    this.#clients = new Clients(this.plan.habits, random);
    this.#rot = new Rot(disk, DATA_DIR, random);
  }

  async execute(): Promise<Report> {
    for (let life = 1; life <= this.plan.lives; life += 1) await this.#live(life);
    await this.#proveLiveness();
    checkRun(this.#clients.recorder.history, this.#hasReadEveryLog ? this.#logs : this.#logs.slice(-1));
    const { committed } = this.#clients;
    return {
      seed: this.#seed,
      counts: { ...this.#counts, operations: this.#clients.operations, committed },
      events: this.#events,
      traceHash: hash('sha256', this.#trace.join('\n')).slice(0, 32),
      diskHash: this.#world.disk.hash,
    };
  }

  get #storeOptions(): SimulatedStoreOptions {
    return { onEvent: (event) => this.#count(event), sortedBytesMax: this.plan.sortedBytesMax };
  }

  /** From a start to its end: stopped, killed, or without power. */
  async #live(life: number): Promise<void> {
    const { troubles, troubleOneIn, settings, stepsMax, endInRecoveryShare } = this.plan;
    const random = this.#random;
    this.#note(`life ${life}`);
    const drawn = troubles.size > 0 ? randomFaults(random, troubles, troubleOneIn) : noFaults;
    const faults: FaultPlan = (call) => (this.#isCalm ? undefined : drawn(call));
    this.#isCalm = false;
    const subject = new SimulatedStore(this.#world, faults, settings, this.#storeOptions);
    const patience = random.chance(endInRecoveryShare) ? random.integer(0, 60) : OPENING_STEPS_MAX;
    await this.#steps(subject, patience, () => subject.state !== 'opening');
    if (subject.state === 'serving') {
      this.#lookAtAll(subject);
      await this.#serve(subject, random.integer(0, stepsMax));
    } else if (subject.state === 'refused') {
      this.#counts.refusals += 1;
      checkRefusal(subject, this.#world.disk, this.#rot.isThere);
      if (this.#rot.isThere) this.#rot.heal();
    } else if (patience === OPENING_STEPS_MAX) throw new Wrong(`a start took more than ${patience} steps`);
    else this.#counts.crashesInRecovery += 1;
    this.#end(subject);
  }

  async #serve(subject: SimulatedStore, steps: number): Promise<void> {
    await this.#steps(subject, steps, () => subject.state !== 'serving');
    if (subject.state === 'serving' && this.#random.chance(0.3)) await this.#proveThatItResumes(subject);
    if (subject.state === 'serving' && this.#random.chance(0.2)) {
      this.#note('close');
      subject.close();
      const patience = this.#random.chance(0.5) ? CLOSING_STEPS_MAX : this.#random.integer(0, 60);
      await this.#steps(subject, patience, () => subject.state !== 'serving');
      if (subject.state === 'serving' && patience === CLOSING_STEPS_MAX) throw new Wrong('a clean stop never ended');
    }
    if (subject.state === 'halted') {
      checkHalt(subject);
      // What is told in the second that the process has left.
      await this.#steps(subject, this.#random.integer(0, 20), () => false);
    }
    // The moment that matters most.
    const waits = subject.state === 'serving' && this.#random.chance(0.5);
    if (waits) await this.#steps(subject, APPEND_STEPS_MAX, () => subject.process.isAppending);
    this.#checkPlainness(subject);
  }

  /** Nothing fails any more from now on: what this very process waits for must come, and it must take a put. */
  async #proveThatItResumes(subject: SimulatedStore): Promise<void> {
    this.#note('calm');
    this.#isCalm = true;
    this.#world.disk.makeRoom();
    const { scheduler } = this.#world;
    const { committed } = this.#clients;
    const isProved = () => subject.state !== 'serving' || this.#clients.committed > committed;
    // A put that was given up still holds its keys until the call that hangs has ended, and room is looked for once a
    // second.
    for (let attempt = 1; attempt <= PUTS_UNTIL_ONE_COMMITS_MAX && !isProved(); attempt += 1) {
      if (this.#clients.someoneIsIdle) this.#clients.putRight(subject.store);
      const nextMs = scheduler.nowMs + 1000;
      const isOver = () => isProved() || scheduler.nowMs >= nextMs;
      await runUntil(scheduler, isOver, LIVENESS_STEPS_MAX, 'a second in which nothing fails');
    }
    if (!isProved())
      throw new Wrong(`nothing fails any more, and of ${PUTS_UNTIL_ONE_COMMITS_MAX} puts none was committed`);
  }

  /** Something ended it. What was under way has happened, or half of it, or nothing. */
  #end(subject: SimulatedStore): void {
    const random = this.#random;
    const { process } = subject;
    const { disk } = this.#world;
    if (subject.state === 'closed') {
      if (process.openFiles > 0) throw new Wrong(`${process.openFiles} files are open after a clean stop`);
      this.#counts.cleanStops += 1;
    }
    process.kill();
    this.#counts.faults += process.faultsInjected;
    // Without an answer to anybody there is nothing to tell lives apart by.
    if (subject.isOpen || subject.state === 'closed') this.#clients.processEnded();
    disk.makeRoom();
    disk.hasBeenFull = false;
    const losesPower = random.chance(0.75);
    // A footer that was being written in a crash is seen, relied on and perhaps never on disk: its successor vouches
    // for the block, and a start after a power cut writes it again.
    this.#wasStoppedCleanly = subject.state === 'closed' && !losesPower;
    if (losesPower) {
      this.#note('power loss');
      this.#counts.powerLosses += 1;
      cutPowerAtRandom(disk, random);
      if (this.plan.troubles.has('rot') && random.chance(0.3)) this.#rot.flipSomewhere();
    } else {
      this.#note('process gone');
      if (subject.state !== 'closed') this.#counts.processCrashes += 1;
      if (this.plan.troubles.has('evict')) for (const file of disk.files) if (random.chance(0.5)) file.evict();
    }
  }

  /** Nothing fails any more: whatever happened before, the store must start, take a put, and show what it showed. */
  async #proveLiveness(): Promise<void> {
    const { scheduler } = this.#world;
    this.#note('liveness');
    this.#rot.heal();
    const subject = new SimulatedStore(this.#world, noFaults, this.plan.settings, this.#storeOptions);
    await runUntil(scheduler, () => subject.state !== 'opening', OPENING_STEPS_MAX, 'the last start');
    if (subject.state === 'refused') throw subject.error;
    this.#lookAtAll(subject);
    await this.#proveThatItResumes(subject);
    if (subject.state !== 'serving') throw new Wrong(`the last life ended: ${subject.error}`);
    this.#checkPlainness(subject);
    this.#lookAtAll(subject);
    subject.process.kill();
  }

  /** While no put is under way: what is in memory, what is in the files, and what clients see. */
  #lookAtAll({ store }: SimulatedStore): void {
    if (this.#rot.isThere) this.#hasReadEveryLog = false;
    else this.#logs.push(checkMemory(store, this.#world.disk, this.plan.habits.keys));
    this.#clients.readAll(store);
  }

  async #steps(subject: SimulatedStore, stepsMax: number, isDone: () => boolean): Promise<void> {
    await settled();
    for (let steps = 0; steps < stepsMax && !isDone(); steps += 1) {
      this.#counts.steps += 1;
      this.#fillOrEmptyTheDisk();
      const mayAct = subject.state !== 'opening' && this.#clients.someoneIsIdle && subject.isOpen;
      if (mayAct && this.#random.chance(this.plan.clientShare)) this.#clients.act(subject.store);
      else this.#world.scheduler.step();
      await settled();
      subject.throwIfBroken();
    }
  }

  #fillOrEmptyTheDisk(): void {
    const { disk } = this.#world;
    if (!this.plan.troubles.has('full') || this.#isCalm || !this.#random.chance(0.02)) return;
    if (this.#random.chance(0.5)) disk.makeRoom();
    else disk.leaveRoom(this.#random.integer(0, 40_000));
  }

  #passingMs(): number {
    if (this.#isCalm || this.#random.chance(0.97)) return 0.05;
    return this.plan.troubles.has('jump') ? this.#random.pick(CLOCK_JUMPS_MS) : this.#random.pick([1, 120]);
  }

  #checkPlainness({ events }: SimulatedStore): void {
    if (this.plan.troubles.size === 0) checkPlainness(this.#clients.outcomes, events, this.#wasStoppedCleanly);
  }

  #count(event: string): void {
    this.#note(`store: ${event}`);
    this.#events.set(event, (this.#events.get(event) ?? 0) + 1);
  }

  #note(line: string): void {
    this.#trace.push(line);
    this.#onTrace(`${this.#world.scheduler.nowMs.toFixed(2).padStart(10)}  ${line}`);
  }
}
