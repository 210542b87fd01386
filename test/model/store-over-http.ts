/** The real server as a process of its own, asked over HTTP. */
import assert from 'node:assert/strict';
import type { PutOperation } from '../../src/outcome.ts';
import { numberText, valueText } from '../../src/value-text.ts';
import { exitCodes } from '../../src/wal/refusal.ts';
import { ServerProcess } from '../support/server-process.ts';
import type { SmallDisk } from '../support/small-disk.ts';
import { until } from '../support/until.ts';
import { checkGroup } from './check-group.ts';
import { checkEnd, checkRefusal, type DiskState, type SeenOutcome } from './check-outcome.ts';
import type { Subject } from './commands.ts';
import type { Specification } from './specification.ts';
import { floatForm, integerForm, KEYS } from './values.ts';

/** Blocks of two batches, few of them: rotation and compaction come soon. */
const FLAGS = ['--max-block-size', '16KiB', '--max-blocks', '2'];
const COMPACTION_PUTS = 8;

const STATUSES: Readonly<Record<string, number>> = {
  COMMITTED: 200,
  DUPLICATE_KEY: 400,
  STALE_VERSION: 412,
  KEY_IN_FLIGHT: 409,
  DISK_FULL: 507,
};

export class StoreOverHttp implements Subject {
  readonly figures: Record<string, number> = {};
  readonly #dataDir: string;
  readonly #smallDisk: SmallDisk | undefined;
  /** What the puts may meet: a disk that is full may have room all the same, in blocks that were made before. */
  #disk: DiskState = 'sound';
  #server!: ServerProcess;
  /** Of puts that were sent at once: every other one is a batch. */
  #groups = 0;

  /** Without a disk of its own the server never meets a full one. */
  constructor(dataDir: string, smallDisk?: SmallDisk) {
    this.#dataDir = dataDir;
    this.#smallDisk = smallDisk;
  }

  /** On a full disk it may be refused, and then only for that. */
  async start(specification: Specification): Promise<void> {
    this.#launch();
    if (this.#disk === 'full' && !(await this.#isStarted())) {
      assert.deepStrictEqual(await this.#server.waitForExit(), { code: exitCodes.inputOutput, signal: null });
      assert.match(this.#server.stderr, /^concave: no room in data directory .*ENOSPC.*\n$/);
      this.#count('starts refused for want of room');
      this.#free();
      this.#launch();
    }
    await this.#server.waitForEvent('ready');
    for (const key of new Set([...KEYS, ...specification.keys])) await this.get(specification, key);
  }

  /** Sends nothing and leaves no process behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }

  async step(): Promise<void> {}
  async letPass(): Promise<void> {}
  async breakDisk(): Promise<void> {}

  async put(specification: Specification, operations: readonly PutOperation[]): Promise<void> {
    const verdict = specification.begin(operations);
    const outcome = await this.#send(operations);
    if (verdict.code === 'LET_IN') checkEnd(specification, verdict.ticket, outcome, this.#disk);
    else checkRefusal(verdict, outcome);
    await this.#getAll(specification, operations);
  }

  beginPut(specification: Specification, operations: readonly PutOperation[]): Promise<void> {
    return this.put(specification, operations);
  }

  async putAtOnce(specification: Specification, puts: readonly (readonly PutOperation[])[]): Promise<void> {
    this.#groups += 1;
    if (this.#groups % 2 === 0) await this.#putInBatch(specification, puts);
    else {
      const answered = puts.map(async (operations) => ({ operations, outcome: await this.#send(operations) }));
      checkGroup(specification, await Promise.all(answered), this.#disk);
    }
    await this.#getAll(specification, puts.flat());
  }

  async get(specification: Specification, key: string): Promise<void> {
    this.#count('gets');
    const { status, headers, text } = await this.#request(`/v1/get?key=${encodeURIComponent(key)}`);
    checkGet(specification, key, status, parseExactly(text));
    if (status === 200) assert.equal(headers.get('etag'), `"${specification.currentVersion(key)}"`);
  }

  async restart(specification: Specification): Promise<void> {
    this.#count('restarts');
    this.#server.kill('SIGTERM');
    assert.deepStrictEqual(await this.#server.waitForExit(), { code: 0, signal: null });
    await this.start(specification);
  }

  async crash(specification: Specification): Promise<void> {
    this.#count('crashes');
    this.#server.kill('SIGKILL');
    await this.#server.waitForExit();
    await this.start(specification);
  }

  async compact(specification: Specification): Promise<void> {
    if (this.#disk === 'full') return; // it would be waited for in vain
    const before = this.#merges();
    const key = KEYS[0]!;
    for (let value = 0; value < COMPACTION_PUTS; value += 1)
      await this.put(specification, [{ key, value, version: specification.currentVersion(key) }]);
    if (before === 0) await this.#server.waitForEvent('compacted');
    this.#count('compactions');
    for (const known of specification.keys) await this.get(specification, known);
  }

  async fillDisk(): Promise<void> {
    if (this.#disk !== 'full') this.#count('disks filled');
    this.#smallDisk!.fill();
    this.#disk = 'full';
  }

  async freeDisk(): Promise<void> {
    if (!(await this.#isReady())) this.#count('disks freed while puts were refused');
    this.#free();
    await until(() => this.#isReady(), 'writing resumes');
  }

  #free(): void {
    this.#smallDisk!.free();
    this.#disk = 'sound';
  }

  #launch(): void {
    this.#server = ServerProcess.launch({ dataDir: this.#dataDir, args: FLAGS, ...this.#smallDisk?.sandbox });
  }

  #isStarted(): Promise<boolean> {
    return this.#server.waitForEvent('ready').then(
      () => true,
      () => false,
    );
  }

  async #isReady(): Promise<boolean> {
    const reply = await fetch(`${this.#server.url}/readyz`);
    await reply.text();
    return reply.status === 200;
  }

  /** What these would have changed: all of it if they were committed, else nothing. */
  async #getAll(specification: Specification, operations: readonly PutOperation[]): Promise<void> {
    for (const key of new Set(operations.map(({ key }) => key))) await this.get(specification, key);
  }

  async #send(operations: readonly PutOperation[]): Promise<SeenOutcome> {
    const { status, text } = await this.#request('/v1/put', putText(operations));
    return this.#outcome(status, JSON.parse(text));
  }

  /** Around each put stand gets of its keys, which must not see it. */
  async #putInBatch(specification: Specification, puts: readonly (readonly PutOperation[])[]): Promise<void> {
    this.#count('batches');
    const texts: string[] = [];
    const checks: ((status: number, body: object) => void)[] = [];
    const answered: { operations: readonly PutOperation[]; outcome: SeenOutcome }[] = [];
    const addGets = (operations: readonly PutOperation[]) => {
      for (const { key } of operations) {
        texts.push(`{"get":${JSON.stringify(key)}}`);
        checks.push((status, body) => checkGet(specification, key, status, body));
      }
    };
    for (const operations of puts) {
      addGets(operations);
      texts.push(`{"put":${putText(operations)}}`);
      checks.push((status, body) => answered.push({ operations, outcome: this.#outcome(status, body) }));
      addGets(operations);
    }
    const { status, text } = await this.#request('/v1/batch', `[${texts.join(',')}]`);
    assert.equal(status, 200);
    const replies = parseExactly(text) as readonly { readonly status: number; readonly body: object }[];
    assert.equal(replies.length, checks.length);
    for (const [index, { status, body }] of replies.entries()) checks[index]!(status, body);
    checkGroup(specification, answered, this.#disk);
  }

  #outcome(status: number, body: object): SeenOutcome {
    const { result, error: _, ...members } = body as Record<string, unknown>;
    const code = result === 'Success' ? 'COMMITTED' : members.code;
    this.#count(String(code));
    assert.deepStrictEqual([code, status], [code, STATUSES[String(code)]]);
    return { ...members, code } as SeenOutcome;
  }

  async #request(target: string, body?: string) {
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(this.#server.url + target, body === undefined ? {} : { method: 'POST', headers, body });
    return { status: reply.status, headers: reply.headers, text: await reply.text() };
  }

  #merges(): number {
    return this.#server.log.filter(({ event }) => event === 'compacted').length;
  }

  #count(what: string): void {
    this.figures[what] = (this.figures[what] ?? 0) + 1;
  }
}

function putText(operations: readonly PutOperation[]): string {
  const texts = operations.map(({ key, value, version }) => {
    return `{"key":${JSON.stringify(key)},"value":${valueText(value)},"version":${numberText(version)}}`;
  });
  return `[${texts.join(',')}]`;
}

function checkGet(specification: Specification, key: string, status: number, body: object): void {
  const expected = specification.get(key);
  if (expected === undefined) assert.deepStrictEqual([status, (body as { code?: string }).code], [404, 'NOT_FOUND']);
  else assert.deepStrictEqual([status, { ...body }], [200, { key, ...expected }]);
}

/** `JSON.parse` with every number of a value as the store means it, told by its text. */
function parseExactly(text: string): object {
  return JSON.parse(text, function exact(name: string, value: unknown, context?: { source?: string }) {
    const isVersion = name === 'version' && !Array.isArray(this);
    if (typeof value !== 'number' || isVersion || context?.source === undefined) return value;
    return /^-?\d+$/.test(context.source) ? integerForm(BigInt(context.source)) : floatForm(value);
  } as (this: unknown, name: string, value: unknown) => unknown);
}
