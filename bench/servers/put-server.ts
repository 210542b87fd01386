/**
 * What the Fastify servers that are measured beside concave have in common: its two routes, their bodies and the sizes of the
 * replies. Their store is all that differs.
 */
import Fastify from 'fastify';

export interface Put {
  readonly key: string;
  readonly value: string;
  /** The one that the key is expected to have, 0 where it does not exist. */
  readonly version: number;
}

export interface Stored {
  readonly key: string;
  readonly value: string;
  readonly version: number;
}

/** `put` and `get` may answer at once or later. */
export interface PutStore {
  /** Whether the version was the expected one. Resolves when what it wrote is on stable storage. */
  put(put: Put): boolean | Promise<boolean>;
  get(key: string): Stored | undefined;
}

const BODY_BYTES_MAX = 8 * 1024 * 1024;
/** Connections wait while others are measured. */
const PATIENCE_MS = 600_000;

const text = { type: 'string' } as const;
const integer = { type: 'integer' } as const;
const putBody = {
  type: 'array',
  items: {
    type: 'object',
    required: ['key', 'value', 'version'],
    properties: { key: text, value: text, version: integer },
  },
} as const;
const putReply = {
  type: 'object',
  properties: { result: text, id: text, seq: integer, versions: { type: 'array', items: integer } },
} as const;
const getReply = { type: 'object', properties: { key: text, value: text, version: integer } } as const;

export function bareServer() {
  const app = Fastify({ bodyLimit: BODY_BYTES_MAX, keepAliveTimeout: PATIENCE_MS });
  app.server.headersTimeout = PATIENCE_MS;
  return app;
}

export const putSchema = { body: putBody, response: { 200: putReply } };
export const getSchema = { response: { 200: getReply } };

/** Serves puts of one object. */
export async function serve(store: PutStore): Promise<void> {
  const app = bareServer();
  let seq = 0;
  app.post<{ Body: Put[] }>('/v1/put', { schema: putSchema }, async ({ body }, reply) => {
    const put = body[0]!;
    if (!(await store.put(put))) return reply.code(412).send({ result: 'Failure' });
    seq += 1;
    return { result: 'Success', id: seq.toString(16).padStart(32, '0'), seq, versions: [put.version + 1] };
  });
  app.get<{ Querystring: { key: string } }>('/v1/get', { schema: getSchema }, async ({ query }, reply) => {
    return store.get(query.key) ?? reply.code(404).send({ error: 'not found' });
  });
  await listen(app);
}

export async function listen(app: ReturnType<typeof bareServer>): Promise<void> {
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  process.stdout.write(`${JSON.stringify({ event: 'ready', url })}\n`);
  process.on('SIGTERM', () => process.exit(0));
}
