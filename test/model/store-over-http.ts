/** The real server as a process of its own, asked over HTTP. */
import assert from 'node:assert/strict';
import type { PutOperation } from '../../src/outcome.ts';
import { numberText, valueText } from '../../src/value-text.ts';
import type { Value } from '../../src/wal/value.ts';
import { ServerProcess } from '../support/server-process.ts';
import { checkGroup } from './check-group.ts';
import { checkEnd, checkRefusal, type SeenOutcome } from './check-outcome.ts';
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
};

export class StoreOverHttp implements Subject {
  readonly figures: Record<string, number> = {};
  readonly #dataDir: string;
  #server!: ServerProcess;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  async start(specification: Specification): Promise<void> {
    this.#server = await ServerProcess.start({ dataDir: this.#dataDir, args: FLAGS });
    for (const key of new Set([...KEYS, ...specification.keys])) await this.get(specification, key);
  }

  /** Sends nothing and leaves no process behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }

  async step(): Promise<void> {}
  async letPass(): Promise<void> {}
  async fillDisk(): Promise<void> {}
  async freeDisk(): Promise<void> {}
  async breakDisk(): Promise<void> {}

  async put(specification: Specification, operations: readonly PutOperation[]): Promise<void> {
    const verdict = specification.begin(operations);
    const outcome = await this.#send(operations);
    if (verdict.code === 'LET_IN') checkEnd(specification, verdict.ticket, outcome, 'sound');
    else checkRefusal(verdict, outcome);
  }

  beginPut(specification: Specification, operations: readonly PutOperation[]): Promise<void> {
    return this.put(specification, operations);
  }

  async putAtOnce(specification: Specification, puts: readonly (readonly PutOperation[])[]): Promise<void> {
    const answered = puts.map(async (operations) => ({ operations, outcome: await this.#send(operations) }));
    checkGroup(specification, await Promise.all(answered));
  }

  async get(specification: Specification, key: string): Promise<void> {
    this.#count('gets');
    const reply = await fetch(`${this.#server.url}/v1/get?key=${encodeURIComponent(key)}`);
    const body = parseExactly(await reply.text());
    const expected = specification.get(key);
    if (expected === undefined) {
      assert.deepStrictEqual([reply.status, body.code], [404, 'NOT_FOUND']);
      return;
    }
    assert.deepStrictEqual([reply.status, reply.headers.get('etag')], [200, `"${expected.version}"`]);
    assert.deepStrictEqual({ ...body }, { key, ...expected });
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
    const before = this.#merges();
    const key = KEYS[0]!;
    for (let value = 0; value < COMPACTION_PUTS; value += 1)
      await this.put(specification, [{ key, value, version: specification.currentVersion(key) }]);
    if (before === 0) await this.#server.waitForEvent('compacted');
    this.#count('compactions');
    for (const known of specification.keys) await this.get(specification, known);
  }

  async #send(operations: readonly PutOperation[]): Promise<SeenOutcome> {
    const texts = operations.map(({ key, value, version }) => {
      return `{"key":${JSON.stringify(key)},"value":${valueText(value)},"version":${numberText(version)}}`;
    });
    const reply = await fetch(`${this.#server.url}/v1/put`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `[${texts.join(',')}]`,
    });
    const { result, error: _, ...members } = JSON.parse(await reply.text()) as Record<string, unknown>;
    const code = result === 'Success' ? 'COMMITTED' : members.code;
    this.#count(String(code));
    assert.deepStrictEqual([code, reply.status], [code, STATUSES[String(code)]]);
    return { ...members, code } as SeenOutcome;
  }

  #merges(): number {
    return this.#server.log.filter(({ event }) => event === 'compacted').length;
  }

  #count(what: string): void {
    this.figures[what] = (this.figures[what] ?? 0) + 1;
  }
}

/** `JSON.parse` with every number of a value as the store means it, told by its text. */
function parseExactly(text: string): { readonly value?: Value; readonly code?: string } {
  return JSON.parse(text, function exact(name: string, value: unknown, context?: { source?: string }) {
    const isVersion = name === 'version' && !Array.isArray(this);
    if (typeof value !== 'number' || isVersion || context?.source === undefined) return value;
    return /^-?\d+$/.test(context.source) ? integerForm(BigInt(context.source)) : floatForm(value);
  } as (this: unknown, name: string, value: unknown) => unknown);
}
