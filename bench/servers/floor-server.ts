/**
 * The floor: a bare Fastify server with the same two routes, body and reply schemas and reply sizes as concave's, a
 * constant answer, and nothing else. No check, no engine, no disk.
 */
import { bareServer, getSchema, listen, type Put, putSchema } from './put-server.ts';

const key = 'key-000000000000-0123456789abcdefghi';
/** By the number of objects in a put. */
const versions = new Map<number, readonly number[]>();

const app = bareServer();
app.post<{ Body: Put[] }>('/v1/put', { schema: putSchema }, ({ body }, reply) => {
  reply.send({ result: 'Success', id: '0'.repeat(32), seq: 1_000_000, versions: versionsOf(body.length) });
});
app.get('/v1/get', { schema: getSchema }, (_request, reply) => {
  reply.send({ key, value: key, version: 1 });
});
await listen(app);

function versionsOf(objects: number): readonly number[] {
  const list = versions.get(objects) ?? new Array<number>(objects).fill(1);
  versions.set(objects, list);
  return list;
}
