/** Sends the corpus to the real server, byte for byte, and sees to it that no refusal leaves a trace. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TEMPORARY_SUFFIX } from '../../../src/wal/block-name.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';
import { servesOnThreads } from '../support/http-fixture.ts';
import { RawClient } from '../support/raw-client.ts';
import type { RawReply } from '../support/raw-reply.ts';
import { corpus } from './index.ts';
import { type CorpusEntry, get, HOST, operation, put } from './request.ts';

/** No mark is written while the corpus runs: what changes a file is a put. */
const args = ['--max-block-size', '64 KiB', '--max-blocks', '1000', '--idle-mark-ms', '60000'];
if (servesOnThreads) args.push('--threads', '2');

let server: ServerProcess;
beforeAll(async () => {
  server = await ServerProcess.start({ args });
});
afterAll(() => server[Symbol.asyncDispose]());

test('the corpus has 300 requests and more, no two of them the same', () => {
  expect(new Set(corpus.map(({ bytes }) => bytes)).size).toBe(corpus.length);
  expect(corpus.length).toBeGreaterThanOrEqual(300);
});

describe.each([...Map.groupBy(corpus, ({ row }) => row)])('%s', (_row, entries) => {
  test.each(entries.map((entry) => [entry.status, entry.code ?? '', brief(entry.what), entry] as const))(
    '%i %s: %s',
    (_status, _code, _what, entry) => check(entry),
  );
});

test('D16: a client that goes in the middle of a put, at any byte, has done nothing', async () => {
  const bytes = put(`[${operation({ key: '"cut off"' })}]`);
  const before = filesHash();
  for (let length = 0; length < bytes.length; length += 1) {
    const client = await connect();
    await client.sent(Buffer.from(addressed(bytes.slice(0, length)), 'latin1'));
    client.destroy();
  }
  expect((await exchange(get('/v1/get?key=cut+off'))).status).toBe(404);
  expect(filesHash()).toBe(before);
});

test('D16: a put that came whole is done, though its client has gone', async () => {
  const client = await connect();
  await client.sent(Buffer.from(addressed(put(`[${operation({ key: '"gone"' })}]`)), 'latin1'));
  client.destroy();
  await until(async () => (await exchange(get('/v1/get?key=gone'))).status === 200, 'it is done');
});

async function check(entry: CorpusEntry): Promise<void> {
  const { bytes, status, code, answers, ends, isHead = false, stores } = entry;
  const before = filesHash();
  const client = await connect();
  client.send(addressed(bytes));
  // The headers that every reply must have are checked where it is read (N9).
  const reply = await client.reply({ isHead });
  expect(reply.status, reply.text).toBe(status);
  if (!isHead) expect(reply.json?.code).toBe(code);
  if (answers) expect(answersIn(reply)).toEqual(answers);
  if (ends) expect(await client.ended()).toBe('');
  else await expectServed(client);
  client.destroy();
  if (stores) await expectStored(stores);
  else expect(filesHash(), 'the files of the store').toBe(before);
}

/** The reply to a batch, in brief. */
function answersIn({ json }: RawReply): string[] {
  const replies = json as unknown as { status: number; body: { code?: string } }[];
  return replies.map(({ status, body: { code } }) => (code === undefined ? String(status) : `${status} ${code}`));
}

/** The connection serves on, and nothing of the request before is taken for a part of this one. */
async function expectServed(client: RawClient): Promise<void> {
  client.send(addressed(get('/healthz')));
  expect((await client.reply()).status).toBe(200);
}

async function expectStored({ key, value }: NonNullable<CorpusEntry['stores']>): Promise<void> {
  const { text } = await exchange(get(`/v1/get?key=${encodeURIComponent(key)}`));
  expect(text).toBe(`{"key":${JSON.stringify(key)},"value":${value},"version":1}`);
}

async function exchange(bytes: string): Promise<RawReply> {
  const client = await connect();
  client.send(addressed(bytes));
  const reply = await client.reply();
  client.destroy();
  return reply;
}

function connect(): Promise<RawClient> {
  return RawClient.connect(Number(new URL(server.url).port));
}

function addressed(bytes: string): string {
  const { host, port } = new URL(server.url);
  return bytes.replaceAll(HOST, host).replaceAll('{PORT}', port);
}

/** Of every byte that the store has on disk. The next block, made ahead of need whatever is asked, must be nothing but zeros. */
function filesHash(): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(server.dataDir).toSorted()) {
    const bytes = readFileSync(join(server.dataDir, file));
    if (file.endsWith(TEMPORARY_SUFFIX)) expect(bytes.equals(Buffer.alloc(bytes.length)), file).toBe(true);
    else hash.update(file).update(bytes);
  }
  return hash.digest('hex');
}

function brief(what: string): string {
  return JSON.stringify(what.length < 60 ? what : `${what.slice(0, 60)}…`);
}
