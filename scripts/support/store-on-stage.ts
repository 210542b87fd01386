/**
 * A real store (its machines, their supervisor, lock table, batch and index) on a log and a disk that do what a story
 * says. Every message between actors, every state that they enter and every call to the outside is noted as it happens.
 */
import { type AnyActorRef, createActor, fromCallback, fromPromise, type InspectionEvent, SimulatedClock } from 'xstate';
import { KeyIndex } from '../../src/actors/key-index.ts';
import type { Table, TakenTransition } from '../../src/actors/machine-table.ts';
import type { OpenLog, OpenLogInput } from '../../src/actors/open-log.ts';
import { type StoreInput, storeMachine } from '../../src/actors/store.machine.ts';
import type { Transactions } from '../../src/actors/transactions.ts';
import { WriteBatch } from '../../src/actors/write-batch.ts';
import { putReply } from '../../src/http/put-reply.ts';
import { logBlockName } from '../../src/wal/block-name.ts';
import type { SealedBlock } from '../../src/wal/block-writer.ts';
import type { MergeResult } from '../../src/wal/merge.ts';
import { messageRows, type Sender } from './message-words.ts';

export type PutName = `put ${string}`;
/** An actor by the name of its machine, a transaction by the name of its put, or something outside. */
export type Participant = Exclude<Sender, 'transaction'> | PutName | 'caller' | 'log' | 'thread' | 'directory';

export type Happening = Message | { readonly kind: 'state'; readonly of: Participant; readonly state: string };

export interface Message {
  readonly kind: 'message';
  readonly from: Participant;
  readonly to: Participant;
  readonly text: string;
  readonly isReply: boolean;
}

export const PUT_TIMEOUT_MS = 5000;
const BLOCK_BYTES = 4096;
const UNLIMITED = { memoryMax: Number.MAX_SAFE_INTEGER, maxKeys: Number.MAX_SAFE_INTEGER };
const messageTypes = new Set(messageRows().map(({ type }) => type));

export class StoreOnStage {
  readonly happenings: Happening[] = [];
  readonly #clock = new SimulatedClock();
  readonly #root: AnyActorRef;
  readonly #index = new KeyIndex(UNLIMITED);
  readonly #puts = new Map<string, PutName>();
  readonly #tables = new Set<Table>();
  readonly #calls = new Map<Participant, { readonly from: Participant; readonly end: PromiseWithResolvers<never> }>();
  #outsider: Participant | undefined;
  #lastSeq = 0;
  #blocks = 1;
  #noteSealed: ((block: SealedBlock) => void) | undefined;
  #loseDirectory: (() => void) | undefined;

  private constructor() {
    const actors = {
      openLog: fromPromise(({ input }: { input: OpenLogInput }) => this.#openLog(input)),
      closeLog: fromPromise(() => this.#call('store', 'log', 'seal, close, unlock')),
      directoryWatch: fromCallback(({ sendBack }) => {
        this.#loseDirectory = () => sendBack({ type: 'directoryLost', error: new Error('gone') });
      }),
    };
    this.#root = createActor(storeMachine.provide({ actors: actors as never }), {
      input: this.#input(),
      clock: this.#clock,
      inspect: (event) => this.#inspect(event),
    });
  }

  /** A store that serves, with one sealed block, which is all that may be left alone. What led there is not noted. */
  static async open(): Promise<StoreOnStage> {
    const stage = new StoreOnStage();
    stage.#root.start();
    await stage.#settled();
    stage.happenings.length = 0;
    return stage;
  }

  async put(name: PutName, version: number, key = 'k'): Promise<void> {
    const { system } = this.#root;
    const ref = system.get('transactions') as AnyActorRef;
    const id = String(this.#puts.size + 1).padStart(32, '0');
    this.#puts.set(id, name);
    this.#note('caller', name, `POST /v1/put, ${key} at version ${version}`);
    (ref.getSnapshot() as unknown as { transactions: Transactions }).transactions.start(ref, {
      id,
      operations: [{ key, value: 'value', version }],
      keyLocks: system.get('keyLocks') as never,
      flusher: system.get('flusher') as never,
      index: this.#index,
      answer: (outcome) => {
        const what = outcome.code === 'COMMITTED' ? `seq ${outcome.seq}` : outcome.code;
        this.#note(name, 'caller', `${putReply(outcome).status} ${what}`, true);
      },
    });
    await this.#settled();
  }

  /** The call under way ends well. */
  async succeeds(at: Participant, text: string, result?: unknown): Promise<void> {
    this.#end(at, text).resolve(result as never);
    await this.#settled();
  }

  async fails(at: Participant, error: Error): Promise<void> {
    this.#end(at, error.message).reject(error);
    await this.#settled();
  }

  /** The flush under way is on stable storage. */
  async flushSucceeds(): Promise<void> {
    this.#lastSeq += 1;
    await this.succeeds('log', 'on stable storage', this.#lastSeq);
  }

  async mergeSucceeds(): Promise<void> {
    const name = { first: 1, last: this.#blocks, generation: 1 };
    const result: MergeResult = { name, temporaryPath: '', bytes: BLOCK_BYTES, entries: 1, bytesWritten: BLOCK_BYTES };
    await this.succeeds('thread', 'one block, under a temporary name', result);
  }

  passes(ms: number): Promise<void> {
    return this.#from('supervisor', () => this.#clock.increment(ms));
  }

  sealsBlock(): Promise<void> {
    this.#blocks += 1;
    return this.#from('blockWriter', () => this.#noteSealed!(sealedBlock(this.#blocks)));
  }

  losesDirectory(): Promise<void> {
    return this.#from('directoryWatch', () => this.#loseDirectory!());
  }

  owner(type: 'drain' | 'close'): Promise<void> {
    return this.#from('owner', () => this.#root.send({ type }));
  }

  /** Ends the store without any more notes. */
  leave(): void {
    for (const { watchers } of this.#tables) watchers.delete(this.#noteTransition);
    this.#root.stop();
  }

  #input(): StoreInput {
    return {
      platform: { clock: this.#clock, turns: { nextTurn: setImmediate } } as never,
      open: {} as never,
      batch: new WriteBatch(),
      flushing: { batchTime: 0, maxBatchSize: BLOCK_BYTES, idleMarkMs: 60_000 },
      compaction: ({ sealed }) => ({
        blocks: sealed,
        maxBlocks: 1,
        ports: {
          noteBacklog: () => {},
          merge: (inputs) => this.#call('compactor', 'thread', `merge ${inputs.length} blocks`),
          publish: () => this.#call('compactor', 'directory', 'rename it, sync'),
          discard: (inputs) => this.#call('compactor', 'directory', `unlink ${inputs.length} blocks, sync`),
        },
        clock: this.#clock,
        onNotice: () => {},
      }),
      putTimeoutMs: PUT_TIMEOUT_MS,
      onHalt: (error) => this.#note('store', 'owner', `halted: ${(error as Error).message}`),
      onBug: (error) => {
        throw error;
      },
    };
  }

  async #openLog({ onSealed }: OpenLogInput): Promise<OpenLog> {
    this.#noteSealed = onSealed;
    const writer = {
      append: (records: readonly Buffer[]) => this.#call('flusher', 'log', `append ${count(records.length, 'record')}`),
      mark: () => this.#call('flusher', 'log', 'mark'),
      makeRoom: () => this.#call('flusher', 'log', 'make room'),
    };
    return { writer, index: this.#index, sealed: [sealedBlock(1)] } as unknown as OpenLog;
  }

  #call(from: Participant, to: Participant, text: string): Promise<never> {
    const end = Promise.withResolvers<never>();
    this.#note(from, to, text);
    this.#calls.set(to, { from, end });
    return end.promise;
  }

  #end(at: Participant, text: string): PromiseWithResolvers<never> {
    const { from, end } = this.#calls.get(at)!;
    this.#calls.delete(at);
    this.#note(at, from, text, true);
    return end;
  }

  /** What is sent meanwhile and by no actor comes from this one. */
  async #from(outsider: Participant, act: () => void): Promise<void> {
    this.#outsider = outsider;
    act();
    this.#outsider = undefined;
    await this.#settled();
  }

  #inspect(inspected: InspectionEvent): void {
    const { actorRef } = inspected;
    if (inspected.type === '@xstate.actor') this.#watchTable(actorRef as AnyActorRef);
    if (inspected.type === '@xstate.microstep' && inspected._transitions.some(({ target }) => target)) {
      const { value } = inspected.snapshot as unknown as { value: string };
      this.happenings.push({ kind: 'state', of: this.#nameOf(actorRef as AnyActorRef), state: stateName(value) });
    }
    if (inspected.type !== '@xstate.event' || !messageTypes.has(inspected.event.type)) return;
    const to = this.#nameOf(actorRef as AnyActorRef);
    const from = inspected.sourceRef ? this.#nameOf(inspected.sourceRef as AnyActorRef) : this.#outsider;
    const { type } = inspected.event;
    if (!from) throw new Error(`nobody sends ${type} to ${to}`);
    this.#note(from, to, type, to.startsWith('put ') && type !== 'overdue');
  }

  /** Compiled machines tell of their transitions through their table. */
  #watchTable(ref: AnyActorRef): void {
    const { table } = (ref as unknown as { readonly logic: { readonly table?: Table } }).logic;
    if (!table || this.#tables.has(table)) return;
    this.#tables.add(table);
    table.watchers.add(this.#noteTransition);
  }

  readonly #noteTransition = ({ self, from, to }: TakenTransition): void => {
    // Tables are shared by all stores of the process.
    if (from !== to && self.system === this.#root.system)
      this.happenings.push({ kind: 'state', of: this.#nameOf(self), state: to });
  };

  #note(from: Participant, to: Participant, text: string, isReply = false): void {
    this.happenings.push({ kind: 'message', from, to, text, isReply });
  }

  #nameOf(ref: AnyActorRef): Participant {
    if (ref === this.#root) return 'store';
    const { systemId, src } = ref as unknown as { systemId?: Participant; src: unknown };
    if (systemId) return systemId;
    return this.#puts.get(ref.id) ?? (src as Participant);
  }

  /** Promises and the turns that the flusher waits for have run. */
  async #settled(): Promise<void> {
    for (let turn = 0; turn < 4; turn += 1) await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}

function sealedBlock(number: number): SealedBlock {
  return { name: logBlockName(number), bytes: BLOCK_BYTES };
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The innermost state. */
function stateName(value: string | Readonly<Record<string, string>>): string {
  return typeof value === 'string' ? value : Object.values(value)[0]!;
}
