/** Batches on the real engine: each of their requests is answered as it would be alone, and where they meet one wins. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PutOperation, PutOutcome } from '../../src/outcome.ts';
import { valueText } from '../../src/value-text.ts';
import { checkEnd, checkRefusal } from '../model/check-outcome.ts';
import { Specification } from '../model/specification.ts';
import * as values from '../model/values.ts';
import { type HttpFixture, serve } from './support/http-fixture.ts';
import { jsonText } from './support/json-texts.ts';
import { openMemoryStore } from './support/memory-store.ts';
import { putText } from './support/put-texts.ts';
import type { RawClient } from './support/raw-client.ts';
import { expectSchema } from './support/reply-schema.ts';

/** What is put alone as `body`, or got alone by `key`. */
type Request = { readonly body: string } | { readonly key: string };
/** One that touches these keys; a put of which nothing is wrong has its operations. */
type Touching = Request & { readonly keys: readonly string[]; readonly operations?: readonly PutOperation[] };

const operationText = ({ key, value, version }: PutOperation) =>
  `{"key":${JSON.stringify(key)},"value":${valueText(value)},"version":${version}}`;

/** With versions that are right, and now and then one that is not. */
const goodPut = fc
  .uniqueArray(fc.tuple(values.key, values.value, fc.constantFrom(0, 0, 0, 1)), {
    selector: ([key]) => key,
    minLength: 1,
    maxLength: 3,
  })
  .map((drafts) => (versionOf: (key: string) => number): Touching => {
    const operations = drafts.map(([key, value, tooHigh]) => ({ key, value, version: versionOf(key) + tooHigh }));
    return { body: `[${operations.map(operationText).join(' , ')}]`, keys: keysOf(operations), operations };
  });

/** Written in all the ways there are. */
const oddPut = putText.map(
  ({ text, operations }) =>
    (): Touching => ({ body: text, keys: keysOf(operations) }),
);

const wrongOperation = fc.constantFrom(
  '1.5',
  '{}',
  '{"key":"w","value":2.5}',
  '{"key":"w","value":2.5,"version":0,"0":1.5}',
  '{"key":"w","value":[1.5,1e400,2.5],"version":0}',
  '{"key":"w","value":[1.5,"2.5",3.5],"version":0}',
  '{"key":"w","value":9223372036854775808,"version":0}',
  '{"key":"w","version":1.0,"value":[7.5,8.5]}',
  '{"key":"w","value":{"a":[1.5,2.5]},"version":0}',
  '{"key":"","value":1.5,"version":0}',
  '{"key":"\\ud800","value":1.5,"version":0}',
  `{"key":"${'k'.repeat(1025)}","value":1.5,"version":0}`,
  '{"key":"w","value":1.5,"version":0},{"key":"w","value":2.5,"version":0}',
);
const wrongPut = fc
  .oneof(
    wrongOperation.map((operation) => `[{"key":"v","value":1.5,"version":9},${operation},{"key":"x"}]`),
    wrongOperation.map((operation) => `[${operation}]`),
    // Nothing that is right by chance.
    jsonText.map((text) => `[[${text}]]`),
    jsonText.filter((text) => !text.trimStart().startsWith('[')),
  )
  .map((body) => (): Touching => ({ body, keys: [] }));

const get = fc
  .oneof(values.key, fc.constantFrom('', 'k'.repeat(1025), 'never written'))
  .map((key) => (): Touching => ({ key, keys: [key] }));

const request = fc.oneof(
  { weight: 3, arbitrary: goodPut },
  { weight: 2, arbitrary: oddPut },
  { weight: 2, arbitrary: wrongPut },
  { weight: 2, arbitrary: get },
);

test('D12 a batch of any requests that do not meet is answered as each of them alone, on an equal store', async () => {
  const [store, twin] = [await openMemoryStore(), await openMemoryStore()];
  await using http = await serve({ service: store });
  await using alone = await serve({ service: twin });
  const client = await http.connect();
  const single = await alone.connect();
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 10 }), async (makers) => {
      const requests = withoutMeeting(makers.map((make) => make((key) => twin.get(key)?.version ?? 0)));
      const replies: string[] = [];
      for (const request of requests) replies.push(await answerAlone(alone, single, request));
      client.send(http.batch(batchText(requests)));
      const reply = await client.reply();
      expect(reply.text, batchText(requests)).toBe(`[${replies.join()}]`);
      expect(reply.status).toBe(200);
      expectSchema('/v1/batch', reply);
      for (const one of replies) seen.add(/"status":(\d+)/.exec(one)![1]! + (/"code":"(\w+)"/.exec(one)?.[1] ?? ''));
    }),
    // The stores go on from one run to the next: what is left of a failure would make others.
    { numRuns: 300, endOnFailure: true },
  );
  const codes = ['BAD_BODY', 'BAD_MEMBER', 'BAD_KEY', 'BAD_VALUE', 'BAD_VERSION', 'DUPLICATE_KEY', 'LIMIT_EXCEEDED'];
  expect(seen).toEqual(new Set(['200', '404NOT_FOUND', '412STALE_VERSION', ...codes.map((code) => `400${code}`)]));
});

test('of puts that meet the first that may wins, and gets show what was there before', async () => {
  const store = await openMemoryStore();
  await using http = await serve({ service: store });
  const client = await http.connect();
  const specification = new Specification();
  const counts: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(goodPut, get), { minLength: 2, maxLength: 8 }), async (makers) => {
      const requests = makers.map((make) => make((key) => specification.currentVersion(key)));
      client.send(http.batch(batchText(requests)));
      const reply = await client.reply();
      const replies = reply.json as unknown as { status: number; body: Record<string, unknown> }[];
      expect(replies.length).toBe(requests.length);
      // All are decided in the order of the batch before any of them is done.
      const verdicts = requests.map((request) =>
        request.operations ? specification.begin(request.operations) : getReply(specification, request.keys[0]!),
      );
      for (const [index, verdict] of verdicts.entries()) {
        const { status, body } = replies[index]!;
        if ('text' in verdict) {
          expect(status).toBe(verdict.status);
          expect(reply.text).toContain(verdict.text);
          continue;
        }
        const outcome = { ...body, code: body.result === 'Success' ? 'COMMITTED' : body.code } as PutOutcome;
        counts[outcome.code] = (counts[outcome.code] ?? 0) + 1;
        if (verdict.code === 'LET_IN') checkEnd(specification, verdict.ticket, outcome, 'sound');
        else checkRefusal(verdict, outcome);
      }
    }),
    { numRuns: 500, endOnFailure: true },
  );
  expect(Object.keys(counts).sort()).toEqual(['COMMITTED', 'KEY_IN_FLIGHT', 'STALE_VERSION']);
});

test('N3 the puts of a batch beyond queuedPutsMax are refused, each for itself', async () => {
  const store = await openMemoryStore({ queuedPutsMax: 3 });
  await using http = await serve({ service: store });
  const requests = ['a', 'b', 'c', 'd', 'e'].map((key) => ({ put: [{ key, value: key, version: 0 }] }));
  const reply = await http.exchange(http.batch([...requests, { get: 'a' }]));
  const replies = reply.json as unknown as { status: number; body: { code?: string } }[];
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 503, 503, 404]);
  expect(replies[3]!.body).toEqual({
    result: 'Failure',
    error: '3 puts are waiting already (queuedPutsMax)',
    code: 'QUEUE_FULL',
  });
  expect(['a', 'b', 'c', 'd', 'e'].map((key) => store.get(key)?.version)).toEqual([1, 1, 1, undefined, undefined]);
});

function keysOf(operations: readonly PutOperation[]): readonly string[] {
  return operations.map(({ key }) => key);
}

function withoutMeeting(requests: readonly Touching[]): readonly Touching[] {
  const touched = new Set<string>();
  return requests.filter(({ keys }) => {
    if (keys.some((key) => touched.has(key))) return false;
    for (const key of keys) touched.add(key);
    return true;
  });
}

/** What a get is answered of which nothing is wrong, and which comes before all puts. */
function getReply(specification: Specification, key: string): { readonly status: number; readonly text: string } {
  const stored = specification.get(key);
  if (key === '' || key.length > 1024) return { status: 400, text: '' };
  if (stored === undefined) return { status: 404, text: '{"error":"the key does not exist","code":"NOT_FOUND"}' };
  const { value, version } = stored;
  return { status: 200, text: `{"key":${JSON.stringify(key)},"value":${valueText(value)},"version":${version}}` };
}

function batchText(requests: readonly Request[]): string {
  const texts = requests.map((request) =>
    'body' in request ? `{"put":${request.body}}` : `{"get":${JSON.stringify(request.key)}}`,
  );
  return `[${texts.join(' ,\n')}]`;
}

async function answerAlone(http: HttpFixture, client: RawClient, request: Request): Promise<string> {
  client.send('body' in request ? http.put(request.body) : http.get(request.key));
  const { status, text } = await client.reply();
  return `{"status":${status},"body":${text}}`;
}
