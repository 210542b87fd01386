/**
 * The floor with a disk: bare Fastify that writes a page with `O_DSYNC` before each answer, into space that was written before. What
 * a put takes at least, however the store behind it is made. For one client at a time.
 *
 *     node writing-server.ts FILE    the file that is written, page after page and over again
 */
import { constants, openSync, write, writeFileSync } from 'node:fs';
import { bareServer, listen, type Put, putSchema } from './put-server.ts';

const PAGE_BYTES = 4096;
const PAGES = 2048;

const file = process.argv[2]!;
writeFileSync(file, Buffer.alloc(PAGES * PAGE_BYTES), { flush: true });
const descriptor = openSync(file, constants.O_RDWR | constants.O_DSYNC);
const page = Buffer.alloc(PAGE_BYTES, 'x');
let puts = 0;

const app = bareServer();
app.post<{ Body: Put[] }>('/v1/put', { schema: putSchema }, ({ body }, reply) => {
  const position = (puts % PAGES) * PAGE_BYTES;
  puts += 1;
  write(descriptor, page, 0, PAGE_BYTES, position, (error) => {
    if (error) throw error;
    reply.send({ result: 'Success', id: '0'.repeat(32), seq: 1_000_000, versions: body.map(() => 1) });
  });
});
await listen(app);
