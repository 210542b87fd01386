/**
 * The floor: a bare Fastify server with the same two routes, body and reply schemas and reply sizes as concave's, a
 * constant answer, and nothing else. No check, no engine, no disk.
 */
import Fastify from 'fastify';

const putBody = {
  type: 'array',
  items: {
    type: 'object',
    required: ['key', 'value', 'version'],
    properties: { key: { type: 'string' }, value: { type: 'string' }, version: { type: 'integer' } },
  },
} as const;

const putReply = {
  type: 'object',
  properties: {
    result: { type: 'string' },
    id: { type: 'string' },
    seq: { type: 'integer' },
    versions: { type: 'array', items: { type: 'integer' } },
  },
} as const;

const getReply = {
  type: 'object',
  properties: { key: { type: 'string' }, value: { type: 'string' }, version: { type: 'integer' } },
} as const;

const key = 'key-000000000000-0123456789abcdefghi';
const app = Fastify();
app.post('/v1/put', { schema: { body: putBody, response: { 200: putReply } } }, (_request, reply) => {
  reply.send({ result: 'Success', id: '0'.repeat(32), seq: 1_000_000, versions: [1] });
});
app.get('/v1/get', { schema: { response: { 200: getReply } } }, (_request, reply) => {
  reply.send({ key, value: key, version: 1 });
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify({ event: 'ready', url })}\n`);
process.on('SIGTERM', () => process.exit(0));
